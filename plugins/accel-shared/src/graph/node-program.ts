import { quantity, repeat, type GraphNode, type GraphState, type GraphStep, type IpClass } from '@autodnnchip/core';

/** A state that is still being given its tokens. */
export interface StateDraft {
  readonly cycles: number;
  readonly consumes: Record<string, number>;
  readonly produces: Record<string, number>;
  readonly energyPicojoules: number;
}

/** A node of the graph whose states are added one after another. */
export class NodeProgram {
  readonly states: StateDraft[] = [];

  /** `period`: every how many states the same ones may come again, beside at once. */
  constructor(
    readonly id: string,
    private readonly ipClass: IpClass,
    private readonly period = 1,
  ) {}

  add(cycles: number, energyPicojoules = 0): StateDraft {
    const state: StateDraft = { cycles, consumes: {}, produces: {}, energyPicojoules };
    this.states.push(state);
    return state;
  }

  node(cost: Pick<GraphNode, 'staticPower' | 'attributes'> = {}): GraphNode {
    return { id: this.id, class: this.ipClass, steps: fold(this.states, this.period), ...cost };
  }
}

function toState({ cycles, consumes, produces, energyPicojoules }: StateDraft): GraphState {
  return {
    cycles,
    ...(Object.keys(consumes).length === 0 ? {} : { consumes }),
    ...(Object.keys(produces).length === 0 ? {} : { produces }),
    ...(energyPicojoules === 0 ? {} : { energy: quantity(energyPicojoules, 'pJ') }),
  };
}

/** Equal neighbours become a loop, and so do equal runs of `period` states. */
function fold(states: readonly StateDraft[], period: number): readonly GraphStep[] {
  const steps = states.map(toState);
  const keys = steps.map(step => JSON.stringify(step));
  const times = (from: number, length: number): number => {
    let end = from + length;
    while (end < keys.length && keys[end] === keys[end - length]) end++;
    return Math.floor((end - from) / length);
  };
  const folded: GraphStep[] = [];
  for (let index = 0; index < steps.length;) {
    const [single, several] = [times(index, 1), period > 1 ? times(index, period) : 1];
    const length = several > 1 && several * period > single ? period : 1;
    const count = length === 1 ? single : several;
    if (count > 1) folded.push(repeat(count, ...steps.slice(index, index + length)));
    else folded.push(steps[index]);
    index += count > 1 ? count * length : 1;
  }
  return folded;
}
