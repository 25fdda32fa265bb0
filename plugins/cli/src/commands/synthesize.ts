import { BundleStore, ChipSynthesizer, parseOptions, synthesisTargets, type CommandDefinition } from '@autodnnchip/core';
import { z } from 'zod';
import type { DocumentOf } from '../documents/documents.js';
import { formatResources } from '../prediction-text.js';
import { formatFacts, formatQuantity } from '../table.js';

const optionsSchema = z.object({
  target: z.enum(synthesisTargets).optional(),
  liberty: z.string().optional(),
});

export const synthesizeCommand: CommandDefinition = {
  id: 'synthesize',
  summary: 'Synthesise a bundle and count what it takes; compare with the prediction.',
  arguments: [{ name: 'DIR', description: 'folder of a bundle', required: true }],
  options: [
    { name: 'target', value: synthesisTargets.join('|'), description: 'family to synthesise for (default: that of the bundle\'s platform)' },
    { name: 'liberty', value: 'file.lib', description: 'standard cells for the target asic' },
  ],
  examples: ['autodnnchip synthesize chip/ --target ecp5'],
  async run(invocation) {
    const options = parseOptions('synthesize', optionsSchema, invocation.options);
    const bundle = await invocation.get(BundleStore).read(invocation.arguments['dir'] ?? '');
    const { target, tool, version, resources, predicted, cells, wallSeconds } = await invocation.get(ChipSynthesizer).synthesize({
      bundle, signal: invocation.signal,
      ...(options.target === undefined ? {} : { target: options.target }),
      ...(options.liberty === undefined ? {} : { libertyPath: options.liberty }),
    });
    const document: DocumentOf<'synthesize'> = {
      target, tool, version, resources, cells, wallSeconds,
      ...(predicted === undefined ? {} : { predicted }),
    };
    const text = formatFacts([
      ['target', target],
      ['resources', formatResources(resources)],
      ...(predicted === undefined ? [] : [['predicted', formatResources(predicted)] as const]),
      ['tool', `${tool} ${version}, ${formatQuantity(wallSeconds, 's')}`],
    ]);
    return { document, text };
  },
};
