import { ChipError, type Configuration, type Network, type Platform, type TemplateDefinition } from '@autodnnchip/core';
import { proposedSizes, type EngineDefinition, type EngineValues, type SizeRequest } from '@autodnnchip/core/engine';

import type { Findings } from '../findings.js';

/** Words and sizes of buffers that engines are asked for. */
const channelBlocks = [4, 8, 12, 16, 24, 32];
const bufferScales = [0.25, 1];

/** Every size that the engine proposes for a platform, with the chassis' values. */
export function proposals(engine: EngineDefinition, platform: Platform): readonly EngineValues[] {
  return channelBlocks.flatMap(channelBlock =>
    bufferScales.flatMap(bufferScale =>
      [true, false].flatMap(depthwise => {
        const request: SizeRequest = {
          chassis: { channelBlock, busBytes: 4, burstBeats: 64, outstandingReads: 8, queueDepth: 4, programBlock: 32 },
          platform,
          multipliers: Infinity,
          bufferScale,
          depthwise,
        };
        return proposedSizes(engine, request).map(values => ({ ...request.chassis, ...values }));
      }),
    ),
  );
}

/** What a definition says of itself. */
export function checkDefinition(
  engine: EngineDefinition,
  platforms: readonly Platform[],
  findings: Findings,
): readonly EngineValues[] {
  for (const { name, unit, description, candidates } of engine.parameters) {
    findings.expect('definition.fields', isText(unit) ? undefined : `the parameter ${name} has no unit`);
    findings.expect('definition.fields', isText(description) ? undefined : `the parameter ${name} has no description`);
    findings.expect(
      'definition.fields',
      candidates.length > 0 ? undefined : `the parameter ${name} has no value to try`,
    );
  }
  const sizes: EngineValues[] = [];
  for (const platform of platforms) {
    const proposed = findings.attempt('definition.sizes', `sizes for ${platform.id}`, () =>
      proposals(engine, platform),
    );
    for (const values of proposed ?? []) {
      const fault = findings.attempt('definition.sizes', `check of ${JSON.stringify(values)}`, () =>
        engine.check?.(values),
      );
      if (fault === undefined) sizes.push(values);
      else if (!isText(fault)) findings.fail('definition.sizes', `a fault of ${JSON.stringify(values)} is no sentence`);
      findings.pass('definition.sizes');
    }
  }
  if (sizes.length === 0) findings.fail('definition.sizes', 'no size that the engine proposes is accepted');
  for (const values of sizes.slice(0, 4)) checkPurity(engine, values, findings);
  return sizes;
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '';
}

/** Two instances of the same values say the same of themselves. */
function checkPurity(engine: EngineDefinition, values: EngineValues, findings: Findings): void {
  const facts = (): string => {
    const { unit, multipliers, buffers, memories, fields, rtl } = engine.create(values);
    return JSON.stringify({ unit, multipliers, buffers, memories, fields, rtl });
  };
  const both = findings.attempt('definition.pure', `an instance of ${JSON.stringify(values)}`, () => [
    facts(),
    facts(),
  ]);
  if (both === undefined) return;
  findings.expect(
    'definition.pure',
    both[0] === both[1] ? undefined : `two instances of ${JSON.stringify(values)} differ: ${both.join(' and ')}`,
  );
}

/** Values beyond each parameter's bounds, on a chip of the template. */
export function checkBounds(
  { id, parameters }: EngineDefinition,
  template: TemplateDefinition,
  network: Network,
  platform: Platform,
  findings: Findings,
): void {
  for (const { name, minimum, maximum } of parameters) {
    for (const value of [minimum - 1, maximum + 1, minimum + 0.5]) {
      const settings: Configuration = { [id]: 1, [`${id}.${name}`]: value };
      let message: string | undefined = `${name} = ${value} is accepted`;
      try {
        template.configure(settings, network, platform);
      } catch (error) {
        const isRefused = error instanceof ChipError && error.code === 'ADC3003' && error.message.includes(name);
        message = isRefused ? undefined : `${name} = ${value} is refused with ${String(error)}`;
      }
      findings.expect('definition.bounds', message);
    }
  }
}

/** Resources and paths of every size on every platform. */
export function checkFigures(
  engine: EngineDefinition,
  sizes: readonly EngineValues[],
  platforms: readonly Platform[],
  findings: Findings,
): void {
  for (const values of sizes) {
    for (const platform of platforms) {
      const resources = findings.attempt('resources.figures', `resources on ${platform.id}`, () =>
        engine.resources(values, platform),
      );
      for (const [figure, value] of Object.entries(resources ?? {}) as [string, number | undefined][])
        findings.expect(
          'resources.figures',
          value === undefined || (Number.isFinite(value) && value >= 0)
            ? undefined
            : `${figure} is ${value} on ${platform.id} for ${JSON.stringify(values)}`,
        );
    }
    if (engine.paths === undefined) findings.skip('paths.figures', 'the engine declares no paths');
    for (const path of engine.paths?.(values) ?? [])
      findings.expect(
        'paths.figures',
        isText(path.title) && path.product.every(bits => Number.isInteger(bits) && bits > 0)
          ? undefined
          : `a path has no title, or an operand without bits: ${JSON.stringify(path)}`,
      );
  }
}
