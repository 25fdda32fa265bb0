import { placeFields, usedBits, type Engine, type InstructionField, type PlacedField } from '@autodnnchip/core/engine';

/**
 * Where every unit's instructions have their fields: encoder, decoder, SystemVerilog package and cost of queues read
 * this.
 */
export interface InstructionFormat {
  readonly header: readonly PlacedField[];
  /** Fields beyond the header, by unit. */
  readonly units: readonly (readonly PlacedField[])[];
  /** Code of the instruction that ends the program. */
  readonly haltCode: number;
}

/** Waits are compared modulo 2^waitBits. */
export const waitBits = 16;

/** Bits that tell `count` codes apart, at least `least`. */
function codeBits(count: number, least: number): number {
  return Math.max(least, Math.ceil(Math.log2(count)));
}

const boxFields: readonly InstructionField[] = [
  { name: 'address', bits: 32 },
  { name: 'rowWords', bits: 20 },
  { name: 'rowCount', bits: 16 },
  { name: 'rowStride', bits: 32 },
  { name: 'planeCount', bits: 16 },
  { name: 'planeStride', bits: 32 },
];

interface KnownFormat {
  readonly engines: readonly Pick<Engine, 'unit' | 'fields'>[];
  readonly targets: number;
  readonly sources: number;
  readonly format: InstructionFormat;
}

/** Formats that were asked for last: sizes of engines do not change them, and a search asks for very many sizes. */
const knownFormats: KnownFormat[] = [];
const mostKnownFormats = 16;

/** The format of a chip with these engines, so many targets of loads and sources of stores. */
export function instructionFormat(engines: readonly Engine[], targets: number, sources: number): InstructionFormat {
  const isOfThese = (known: KnownFormat): boolean =>
    known.targets === targets &&
    known.sources === sources &&
    known.engines.length === engines.length &&
    known.engines.every(({ unit, fields }, index) => unit === engines[index].unit && fields === engines[index].fields);
  let known = knownFormats.find(isOfThese);
  if (known === undefined) {
    known = {
      engines: engines.map(({ unit, fields }) => ({ unit, fields })),
      targets,
      sources,
      format: placeFormat(engines, targets, sources),
    };
    knownFormats.push(known);
    if (knownFormats.length > mostKnownFormats) knownFormats.shift();
  }
  return known.format;
}

function placeFormat(engines: readonly Engine[], targets: number, sources: number): InstructionFormat {
  const unitNames = ['load', ...engines.map(({ unit }) => unit), 'store'];
  const header = placeFields(
    [
      { name: 'unit', bits: codeBits(unitNames.length + 1, 3) },
      { name: 'layerEnd', bits: 1 },
      { name: 'layer', bits: 12 },
      ...unitNames.map(name => ({ name: waitField(name), bits: waitBits })),
    ],
    0,
  );
  const body = usedBits(header);
  return {
    header,
    units: [
      placeFields(
        [
          { name: 'target', bits: codeBits(targets, 3) },
          { name: 'bufferBase', bits: 20 },
          ...boxFields,
          { name: 'planeWords', bits: 24 },
        ],
        body,
      ),
      ...engines.map(({ fields }) => placeFields(fields, body)),
      placeFields(
        [
          { name: 'source', bits: codeBits(sources, 1) },
          { name: 'bufferBase', bits: 20 },
          ...boxFields,
          { name: 'words', bits: 24 },
        ],
        body,
      ),
    ],
    haltCode: unitNames.length,
  };
}

/** Header field of the wait for a unit. */
export function waitField(unit: string): string {
  return `wait${unit[0].toUpperCase()}${unit.slice(1)}`;
}
