import pc from 'picocolors';

/** Colours for one stream; the identity where it takes none. */
export type Paint = Pick<ReturnType<typeof pc.createColors>, 'bold' | 'dim' | 'red' | 'green' | 'yellow'>;

/** Colours unless `--no-color`, NO_COLOR, or a stream that is not a terminal; FORCE_COLOR insists. */
export function createPaint(wanted: boolean, stream: { readonly isTTY?: boolean }): Paint {
  const { NO_COLOR: refused, FORCE_COLOR: forced } = process.env;
  const isForced = forced !== undefined && forced !== '' && forced !== '0';
  const isRefused = refused !== undefined && refused !== '';
  return pc.createColors(wanted && !isRefused && (isForced || stream.isTTY === true));
}
