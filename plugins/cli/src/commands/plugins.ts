import { Definitions, parseOptions, pluginApiVersion, type CommandDefinition } from '@autodnnchip/core';
import { z } from 'zod';
import type { DocumentOf } from '../documents/documents.js';
import { formatTable } from '../table.js';

export const pluginsCommand: CommandDefinition = {
  id: 'plugins',
  summary: 'List the plugins, the hooks that they tap, and what they define.',
  arguments: [],
  options: [],
  examples: ['autodnnchip plugins --plugin ./my-plugin.js'],
  run(invocation) {
    parseOptions('plugins', z.object({}), invocation.options);
    const definitions = invocation.get(Definitions);
    const providers = definitions.providers();
    const plugins = definitions.plugins.map(plugin => ({
      ...plugin,
      taps: definitions.taps.filter(record => record.plugin === plugin.name).map(({ hook, tap }) => ({ hook, tap })),
      services: [...providers].filter(([, provider]) => provider === plugin.name).map(([service]) => service),
    }));
    const titled = (
      items: readonly { readonly id: string; readonly title: string }[],
    ): readonly { readonly id: string; readonly title: string }[] => items.map(({ id, title }) => ({ id, title }));
    const document: DocumentOf<'plugins'> = {
      pluginApiVersion,
      plugins,
      engines: titled(definitions.engines.list()),
      templates: definitions.templates.list().map(({ id, title, parameters }) => ({
        id,
        title,
        parameters: parameters.map(({ name, description, candidates }) => ({ name, description, candidates })),
      })),
      acceleratorModels: titled(definitions.acceleratorModels.list()),
      platforms: titled(definitions.platforms.list()),
      commands: definitions.commands.list().map(({ id }) => id),
    };
    return Promise.resolve({ document, text: toText(document) });
  },
};

function toText(document: DocumentOf<'plugins'>): string {
  const plugins = formatTable(
    [{ title: 'plugin' }, { title: 'version' }, { title: 'hooks' }, { title: 'services' }],
    document.plugins.map(({ name, version, taps, services }) => [
      name,
      version ?? '',
      [...new Set(taps.map(({ hook }) => hook))].join(', '),
      services.join(', '),
    ]),
  );
  const sections = [plugins];
  for (const [title, items] of [
    ['platform', document.platforms],
    ['model of accelerators', document.acceleratorModels],
    ['template', document.templates],
    ['engine', document.engines],
  ] as const) {
    if (items.length > 0)
      sections.push(
        formatTable(
          [{ title }, { title: 'title' }],
          items.map(item => [item.id, item.title]),
        ),
      );
  }
  for (const { id, parameters } of document.templates) {
    if (parameters.length === 0) continue;
    sections.push(
      formatTable(
        [{ title: `--set of ${id}` }, { title: 'tried' }, { title: 'meaning' }],
        parameters.map(({ name, description, candidates }) => [name, candidates.join(' '), description]),
      ),
    );
  }
  return sections.join('\n\n');
}
