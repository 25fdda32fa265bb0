import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readInputFileSync, readInputJsonSync } from '@autodnnchip/core';
import type { EngineDefinition } from '@autodnnchip/core/engine';

import type { Findings } from '../findings.js';

/** Licence and README of the package that the engine comes in. */
export function checkPackage(directory: string, { parameters }: EngineDefinition, findings: Findings): void {
  const manifest = join(directory, 'package.json');
  const named = existsSync(manifest)
    ? (readInputJsonSync(manifest, 'pluginManifest') as { readonly license?: unknown }).license
    : undefined;
  const files = readdirSync(directory);
  const hasFile = files.some(name => /^licen[cs]e(\.|$)/i.test(name));
  findings.expect(
    'package.licence',
    hasFile || (typeof named === 'string' && named !== '')
      ? undefined
      : `${directory} has no LICENSE file, and package.json no licence`,
  );
  const readme = files.find(name => /^readme(\.|$)/i.test(name));
  if (readme === undefined) return findings.fail('package.readme', `${directory} has no README`);
  const text = Buffer.from(readInputFileSync(join(directory, readme), 'pluginManifest')).toString();
  for (const { name } of parameters)
    findings.expect(
      'package.readme',
      text.includes(name) ? undefined : `${readme} does not name the parameter ${name}`,
    );
}
