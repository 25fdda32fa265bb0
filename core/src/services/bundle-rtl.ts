import { screenRtl, type RtlText } from '../chip/index.js';
import { ChipError } from '../errors/index.js';
import { readBundleFile } from './bundle-reader.js';
import type { Bundle } from './bundle.js';

/** What tools compile, and what they read only when one of those asks for it. */
const compiled = /\.(sv|v)$/;
const included = /\.(svh|vh|hex|mem)$/;

/**
 * The RTL of a bundle: `files` in their order, then what they may include or read. Nothing else of the bundle is ever
 * compiled. Throws ADC6005 to ADC6007: a file that is missing, is no RTL, was changed since it was built, or does more
 * than describe hardware.
 */
export async function readBundleRtl(bundle: Bundle, files: readonly string[]): Promise<readonly RtlText[]> {
  const foreign = files.find(path => !compiled.test(path));
  if (foreign !== undefined) {
    throw new ChipError('ADC6007', `The bundle's file ${foreign} is to be compiled, and is not SystemVerilog`, {
      location: { file: foreign },
      hint: 'Only files that end in .sv or .v are compiled.',
    });
  }
  const others = [...bundle.checksums.keys()].filter(path => path.startsWith('rtl/') && included.test(path));
  const texts = await Promise.all(
    [...files, ...others].map(async (path): Promise<RtlText> => ({
      path,
      text: new TextDecoder().decode(await readBundleFile(bundle, path)),
    })),
  );
  screenRtl(texts.filter(({ path }) => !/\.(hex|mem)$/.test(path)));
  return texts;
}
