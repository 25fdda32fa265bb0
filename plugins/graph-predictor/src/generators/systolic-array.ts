import {
  buildChipGraph,
  hold,
  quantity,
  type ChipGraphBuilder,
  type GraphResource,
  type GraphState,
  type IpClass,
} from '@autodnnchip/core';

/**
 * Clock and power of the released simulator's examples: every instance takes 0.5 W at 1 GHz, hence 0.5 nJ a busy cycle.
 */
export const placeholderClock = quantity(1, 'GHz');
const placeholderPower = quantity(
  0.5,
  'W',
  'estimate: the placeholder of the released simulator, the same for every IP',
);

/** An instance with placeholder power. */
export function placeholderResource(id: string, ipClass: IpClass): GraphResource {
  return { id, class: ipClass, power: placeholderPower };
}

/**
 * Instances of an output-stationary array of `rows` x `columns`: buffers and readers at two sides, a MAC, a writer and
 * a result buffer per place.
 */
export function buildSystolicArray(name: string, title: string, rows: number, columns: number): ChipGraphBuilder {
  const builder = buildChipGraph({ name, title, clock: placeholderClock });
  for (let row = 0; row < rows; row++) {
    builder
      .resource(placeholderResource(`A buffer ${row}`, 'memory'))
      .resource(placeholderResource(`row reader ${row}`, 'datapath'));
  }
  for (let column = 0; column < columns; column++) {
    builder
      .resource(placeholderResource(`B buffer ${column}`, 'memory'))
      .resource(placeholderResource(`column reader ${column}`, 'datapath'));
  }
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const place = `(${row},${column})`;
      builder
        .resource(placeholderResource(`MAC ${place}`, 'compute'))
        .resource(placeholderResource(`array writer ${place}`, 'datapath'))
        .resource(placeholderResource(`result buffer ${place}`, 'memory'));
    }
  }
  return builder;
}

/** States of reading a value into the array: from the buffer, then through the reader. */
export function readSteps(side: 'A' | 'B', index: number): readonly GraphState[] {
  return [hold(`${side} buffer ${index}`, 1), hold(`${side === 'A' ? 'row' : 'column'} reader ${index}`, 1)];
}

/** States of writing a result: through the writer, then into the buffer. */
export function writeSteps(row: number, column: number): readonly GraphState[] {
  return [hold(`array writer (${row},${column})`, 1), hold(`result buffer (${row},${column})`, 1)];
}
