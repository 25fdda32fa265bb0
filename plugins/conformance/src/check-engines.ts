import { Definitions, FrameworkFactory, PluginLoader, type CommandInvocation } from '@autodnnchip/core';

import { checkBids } from './checks/bid-checks.js';
import { checkChips, type ChipCheckOptions } from './checks/chip-checks.js';
import { checkBounds, checkDefinition, checkFigures } from './checks/definition-checks.js';
import { checkPackage } from './checks/package-checks.js';
import { checkRtl } from './checks/rtl-checks.js';
import { enginesOf, type EnginesUnderTest, type RecordedBid } from './engines-under-test.js';
import { createFindings } from './findings.js';
import { drawFromSeed } from './random/draw.js';
import { randomNetwork } from './random/random-network.js';
import type { ConformanceReport, EngineReport } from './report.js';

export interface CheckOptions extends ChipCheckOptions {
  /** Path of a plugin, of a packed package, or name of an installed one. */
  readonly plugin: string;
  readonly seed: number;
}

/** Holds every engine of a plugin against the contract. Throws ADC2008 and ADC2010 where there is none. */
export async function checkEngines(get: CommandInvocation['get'], options: CheckOptions): Promise<ConformanceReport> {
  const loaded = await get(PluginLoader).load(options.plugin);
  const engines = enginesOf(loaded, get(FrameworkFactory));
  const reports: EngineReport[] = [];
  for (const { id } of engines.definitions) reports.push(await checkEngine(id, loaded.directory, engines, options));
  return { plugin: options.plugin, seed: options.seed, engines: reports };
}

async function checkEngine(
  id: string,
  directory: string,
  engines: EnginesUnderTest,
  options: CheckOptions,
): Promise<EngineReport> {
  const findings = createFindings();
  const engine = engines.definitions.find(definition => definition.id === id)!;
  const answers: RecordedBid[] = [];
  const framework = engines.favouring(engine, answer => answers.push(answer));
  const { platforms, templates } = framework.get(Definitions);
  const targets = platforms.list().filter(({ accelerator }) => accelerator === undefined);
  const draw = drawFromSeed(options.seed);
  checkPackage(directory, engine, findings);
  const sizes = checkDefinition(engine, targets, findings);
  checkFigures(engine, sizes, targets, findings);
  checkBounds(engine, templates.get('accel-shared'), randomNetwork(draw).network, platforms.get('ultra96'), findings);
  if (sizes.length > 0) {
    checkRtl(engine, sizes[0], findings);
    if (!findings.hasFailed('rtl.files') && !findings.hasFailed('rtl.harmless'))
      await checkChips(framework, engine, sizes, draw, options, findings);
  }
  const forms = checkBids(answers, findings);
  const checks = findings.results();
  return { engine: id, passed: checks.every(({ status }) => status !== 'failed'), forms, checks };
}
