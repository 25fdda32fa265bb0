import { screenRtl } from '@autodnnchip/core';
import type { EngineDefinition, EngineValues } from '@autodnnchip/core/engine';

import { describeError, type Findings } from '../findings.js';

/** Files of an engine's RTL, and the module that an instance names. */
export function checkRtl(engine: EngineDefinition, values: EngineValues, findings: Findings): void {
  const files = findings.attempt('rtl.files', 'rtl()', () => engine.rtl());
  if (files === undefined) return;
  if (files.length === 0) return findings.fail('rtl.files', 'the engine has no RTL file');
  const modules = files.flatMap(({ path, content }) => {
    const text = withoutComments(String(content));
    const found = [...text.matchAll(/^\s*module\s+(\w+)/gm)].map(match => match[1]);
    const file = path.split('/').at(-1) ?? path;
    findings.expect(
      'rtl.files',
      found.length === 1 && file.startsWith(`${found[0]}.`)
        ? undefined
        : `${path} has ${found.length === 1 ? `the module ${found[0]}` : `${found.length} modules`}: one module a file, named after it`,
    );
    return found;
  });
  const { module } = engine.create(values).rtl;
  findings.expect(
    'rtl.files',
    modules.includes(module) ? undefined : `no file has the module ${module}, which an instance names`,
  );
  try {
    screenRtl(files.map(({ path, content }) => ({ path, text: String(content) })));
    findings.pass('rtl.harmless');
  } catch (error) {
    findings.fail('rtl.harmless', describeError(error));
  }
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, ' ').replaceAll(/\/\/[^\n]*/g, '');
}
