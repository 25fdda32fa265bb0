import { z } from 'zod';
import type { LayerMapping } from '../chip/index.js';
import { ChipError } from '../errors/index.js';
import { inputFileKinds, readInputJsonSync } from '../files/index.js';

const fileSchema = z.record(z.string(), z.record(z.string(), z.number()));

/**
 * Mappings of layers from a JSON file, `{ "CONV2": { "m": 64, "n": 1, ... } }`. Throws ADC6001 naming the file and the
 * place in it.
 */
export function readLayerMappings(file: string): Readonly<Record<string, LayerMapping>> {
  const parsed = fileSchema.safeParse(readInputJsonSync(file, 'mapping'));
  if (parsed.success) return parsed.data;
  const [{ path, message }] = parsed.error.issues;
  throw new ChipError('ADC6001', `${path.length === 0 ? 'The mapping file' : path.join('.')} in ${file}: ${message}`, {
    location: { file },
    hint: inputFileKinds.mapping.hint,
  });
}
