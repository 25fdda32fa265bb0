import {
  hookTable,
  networkJsonSchema,
  platformJsonSchema,
  technologyJsonSchemas,
  type HookName,
} from '@autodnnchip/core';
import { jsonSchemas } from '@autodnnchip/plugin-cli';

import { controlRegisterFiles } from './control-register-files.js';

/** Files that are committed and written from code, by path; `npm run docs` writes them, a test holds them current. */
export function generatedFiles(): ReadonlyMap<string, string> {
  const files = new Map([['docs/hooks.md', hooksDocument()]]);
  files.set('core/schemas/network.schema.json', `${JSON.stringify(networkJsonSchema(), undefined, 2)}\n`);
  files.set('core/schemas/platform.schema.json', `${JSON.stringify(platformJsonSchema(), undefined, 2)}\n`);
  for (const [name, schema] of Object.entries(technologyJsonSchemas()))
    files.set(`core/schemas/${name}`, `${JSON.stringify(schema, undefined, 2)}\n`);
  for (const [name, content] of jsonSchemas()) files.set(`plugins/cli/schemas/${name}`, content);
  for (const [name, content] of controlRegisterFiles()) files.set(name, content);
  return files;
}

function hooksDocument(): string {
  const names = Object.keys(hookTable) as HookName[];
  const sections = names.map((name, index) => {
    const { kind, type, calledBy, purpose, since } = hookTable[name];
    const rows = [
      ['Type', type.replaceAll('|', '\\|')],
      ['Kind', kind],
      ['Called by', calledBy],
      ['Previous', link(names[index - 1])],
      ['Next', link(names[index + 1])],
      ['Since', since],
    ];
    return `## ${name}\n\n${purpose}\n\n| | |\n| --- | --- |\n${rows.map(([title, value]) => `| ${title} | ${value} |`).join('\n')}\n`;
  });
  return `# Hooks

Written from \`core/src/hooks/hook-table.ts\` by \`npm run docs\`.

Every extension point of AutoDNNchip, in the order in which data flows. A plugin taps them in its \`apply(chip)\`, by \`chip.hooks.<name>.tap\` where the kind is
sync and \`.tapPromise\` where it is async; afterwards they are frozen. The types of the payloads are in \`core/src/hooks/payloads.ts\`.
An error that is thrown in a tap names the plugin and the hook.

${sections.join('\n')}`;
}

function link(name: HookName | undefined): string {
  return name === undefined ? '-' : `[${name}](#${name.toLowerCase()})`;
}
