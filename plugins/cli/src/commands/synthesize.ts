import {
  BundleStore,
  cellAreaHolds,
  ChipError,
  ChipPlacer,
  ChipSynthesizer,
  Definitions,
  highestClockText,
  parseOptions,
  placeableTargets,
  predictedAreaHolds,
  synthesisTargets,
  wholeNumber,
  type CommandDefinition,
  type PlaceResponse,
  type SynthesisTarget,
} from '@autodnnchip/core';
import { z } from 'zod';
import { areaFacts } from '../area-text.js';
import type { DocumentOf } from '../documents/documents.js';
import { formatResources } from '../prediction-text.js';
import { formatFacts, formatQuantity } from '../table.js';

const optionsSchema = z.object({
  target: z.enum(synthesisTargets).optional(),
  liberty: z.string().optional(),
  placeAndRoute: z.boolean().default(false),
  seeds: wholeNumber(1, 100, undefined),
});

export const synthesizeCommand: CommandDefinition = {
  id: 'synthesize',
  summary: 'Synthesise a bundle and count what it takes, or place it and find its clock; compare with the prediction.',
  arguments: [{ name: 'DIR', description: 'folder of a bundle', required: true }],
  options: [
    {
      name: 'target',
      value: synthesisTargets.join('|'),
      description: "family to synthesise for (default: that of the bundle's platform)",
    },
    { name: 'liberty', value: 'file.lib', description: 'standard cells for the target asic' },
    {
      name: 'place-and-route',
      description: 'place and route with nextpnr as well, for the highest clock (ecp5, ice40)',
    },
    { name: 'seeds', value: 'count', description: 'placements to try with --place-and-route (default: 3)' },
  ],
  examples: ['autodnnchip synthesize chip/ --target ecp5', 'autodnnchip synthesize chip/ --place-and-route --seeds 5'],
  async run(invocation) {
    const options = parseOptions('synthesize', optionsSchema, invocation.options);
    if (options.seeds !== undefined && !options.placeAndRoute) {
      throw new ChipError('ADC6001', '--seeds: only placements have seeds', {
        hint: 'Give --place-and-route as well.',
      });
    }
    const bundle = await invocation.get(BundleStore).read(invocation.arguments['dir'] ?? '');
    const family = options.target ?? invocation.get(Definitions).platforms.find(bundle.manifest.platform)?.family;
    // Before the work, not after it.
    if (options.placeAndRoute && family !== undefined) placeable(family);
    const { target, tool, version, resources, predicted, cells, wallSeconds } = await invocation
      .get(ChipSynthesizer)
      .synthesize({
        bundle,
        signal: invocation.signal,
        ...(options.target === undefined ? {} : { target: options.target }),
        ...(options.liberty === undefined ? {} : { libertyPath: options.liberty }),
      });
    const placed = options.placeAndRoute
      ? await invocation
          .get(ChipPlacer)
          .place({ bundle, target: placeable(target), seeds: options.seeds ?? defaultSeeds, signal: invocation.signal })
      : undefined;
    const areaHolds = cellAreaHolds(resources, options.liberty);
    const predictedHolds =
      predicted === undefined
        ? undefined
        : predictedAreaHolds(predicted, invocation.get(Definitions).platforms.find(bundle.manifest.platform));
    const document: DocumentOf<'synthesize'> = {
      target,
      tool,
      version,
      resources,
      cells,
      wallSeconds,
      ...(areaHolds === undefined ? {} : { areaHolds }),
      ...(predicted === undefined ? {} : { predicted }),
      ...(predictedHolds === undefined ? {} : { predictedAreaHolds: predictedHolds }),
      ...(placed === undefined ? {} : { placeAndRoute: placed }),
    };
    const text = formatFacts([
      ['target', target],
      ['resources', formatResources(resources)],
      ...areaFacts('area', areaHolds),
      ...(predicted === undefined
        ? []
        : [
            ['predicted', formatResources(predicted)] as const,
            ...areaFacts('predicted area', predictedHolds),
            ['predicted clock', highestClockText(predicted)] as const,
          ]),
      ['tool', `${tool} ${version}, ${formatQuantity(wallSeconds, 's')}`],
      ...(placed === undefined ? [] : placementFacts(placed)),
    ]);
    return { document, text };
  },
};

const defaultSeeds = 3;

function placeable(target: SynthesisTarget): PlaceResponse['target'] {
  const found = placeableTargets.find(candidate => candidate === target);
  if (found !== undefined) return found;
  throw new ChipError('ADC4012', `There is no place and route for ${target}`, {
    hint: `Only ${placeableTargets.join(' and ')} have open tools for it. Leave out --place-and-route; for ${target} the highest clock is not known.`,
  });
}

function placementFacts({
  fmaxMegahertz,
  seeds,
  device,
  tool,
  version,
}: PlaceResponse): readonly (readonly [string, string])[] {
  const { median, minimum, maximum } = fmaxMegahertz;
  const megahertz = (value: number): string => `${value.toFixed(1)} MHz`;
  const slowest = seeds.reduce((worst, placed) => (placed.fmaxMegahertz < worst.fmaxMegahertz ? placed : worst));
  const { from, to, logicNanoseconds, routingNanoseconds } = slowest.criticalPath;
  return [
    [
      'highest clock',
      seeds.length === 1
        ? megahertz(median)
        : `${megahertz(median)}, median of ${seeds.length} seeds; ${megahertz(minimum)} to ${megahertz(maximum)}`,
    ],
    [
      'critical path',
      `${from} to ${to}: logic ${logicNanoseconds.toFixed(2)} ns, routing ${routingNanoseconds.toFixed(2)} ns`,
    ],
    ['placed by', `${tool} ${version} on ${device}`],
  ];
}
