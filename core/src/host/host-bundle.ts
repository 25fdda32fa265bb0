import { z } from 'zod';
import type { BundleFile, BundleReader, HostParts } from '../chip/index.js';
import { ChipError } from '../errors/index.js';
import type { Network } from '../network/index.js';
import { checkHostParts } from './host-values.js';
import { readNetworkFiles, writeNetworkFiles } from './network-file.js';

const folder = 'host';

/** A file of the folder `host`. */
const file = z.strictObject({ file: z.string().regex(/^host\/\w[\w.-]*$/) });
const part = z.strictObject({ network: file, constants: file });

/**
 * The field `host` of a bundle's manifest: what the host runs before and after the chip. Absent when it runs nothing.
 */
export const hostManifestSchema = z.strictObject({
  /** The whole network's, in its order. */
  inputs: z.array(z.string()).min(1),
  outputs: z.array(z.string()).min(1),
  /** Files of the operators before and after the chip. */
  leading: part.exactOptional(),
  trailing: part.exactOptional(),
  operators: z.array(z.strictObject({ name: z.string(), operator: z.string(), reason: z.string() })),
});
export type HostManifest = z.infer<typeof hostManifestSchema>;

/** The bundle's files for what the host runs, and the manifest's field that names them. */
export function hostBundleFiles(host: HostParts): {
  readonly manifest: HostManifest;
  readonly files: readonly BundleFile[];
} {
  const files: BundleFile[] = [];
  const write = (name: 'leading' | 'trailing', network: Network | undefined): Partial<HostManifest> => {
    if (network === undefined) return {};
    const { description, constants } = writeNetworkFiles(network);
    const add = (path: string, content: string | Uint8Array): z.infer<typeof file> => {
      files.push({ path, content });
      return { file: path };
    };
    return {
      [name]: {
        network: add(`${folder}/${name}.json`, description),
        constants: add(`${folder}/${name}.npz`, constants),
      },
    };
  };
  const manifest: HostManifest = {
    inputs: [...host.inputs],
    outputs: [...host.outputs],
    ...write('leading', host.leading),
    ...write('trailing', host.trailing),
    operators: host.operators.map(({ name, operator, reason }) => ({ name, operator, reason })),
  };
  return { manifest, files };
}

/**
 * Reads back what `hostBundleFiles` wrote.
 * @param chip names of the chip's own inputs and outputs
 * @throws ChipError ADC6005 where a file is missing or damaged, or the parts do not fit together
 */
export async function openHostParts(
  bundle: BundleReader,
  manifest: HostManifest,
  chip: { readonly inputs: readonly string[]; readonly outputs: readonly string[] },
): Promise<HostParts> {
  const read = async (record: z.infer<typeof part> | undefined): Promise<Network | undefined> => {
    if (record === undefined) return undefined;
    const [description, constants] = await Promise.all([
      bundle.readFile(record.network.file),
      bundle.readFile(record.constants.file),
    ]);
    return readNetworkFiles({ description, constants }, record.network.file);
  };
  const [leading, trailing] = await Promise.all([read(manifest.leading), read(manifest.trailing)]);
  const host: HostParts = {
    inputs: manifest.inputs,
    outputs: manifest.outputs,
    operators: manifest.operators,
    ...(leading === undefined ? {} : { leading }),
    ...(trailing === undefined ? {} : { trailing }),
  };
  const problem = checkHostParts(host, chip);
  if (problem === undefined) return host;
  throw new ChipError('ADC6005', `What the bundle's host runs does not fit its chip: ${problem}.`, {
    location: { file: 'manifest.json' },
    hint: 'Build the chip again.',
  });
}
