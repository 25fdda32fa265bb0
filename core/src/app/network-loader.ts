import { stat } from 'node:fs/promises';
import { ChipError, errorMessage } from '../errors/index.js';
import type { Hooks } from '../hooks/index.js';
import type { Network } from '../network/index.js';
import type { Log, NetworkLoader, NetworkPurpose } from '../services/index.js';

/** What a front end assumed goes to the log of whoever reads the network, and stays in its `notes`. */
export function createNetworkLoader(hooks: Hooks, log: Log): NetworkLoader {
  const read = async (path: string, purpose: NetworkPurpose): Promise<Network> => {
    await checkModelFile(path);
    const network = await hooks.loadNetwork.promise({ path, weights: purpose === 'build' });
    if (network !== undefined) {
      for (const note of network.notes ?? []) log.info(`note: ${note}`);
      return network;
    }
    throw new ChipError('ADC1002', `No front end reads ${path}`, {
      location: { file: path },
      hint: 'Give a model in a format that a plugin reads, such as ONNX; `autodnnchip plugins` lists the plugins.',
    });
  };
  return {
    read,
    async load({ path, purpose, calibration, hostFallback = false }) {
      const network = await read(path, purpose);
      const transformed = await hooks.transformNetwork.promise({
        network,
        purpose,
        hostFallback,
        ...(calibration === undefined ? {} : { calibration }),
      });
      return transformed.network;
    },
  };
}

async function checkModelFile(path: string): Promise<void> {
  const location = { file: path };
  let isFile: boolean;
  try {
    isFile = (await stat(path)).isFile();
  } catch (error) {
    throw new ChipError('ADC1001', `Model file ${path} cannot be opened: ${errorMessage(error)}`, {
      location,
      cause: error,
      hint: 'Check the path and the permissions.',
    });
  }
  if (!isFile) {
    throw new ChipError('ADC1001', `${path} is not a file`, {
      location,
      hint: 'Give the model file itself, for instance model.onnx.',
    });
  }
}
