/**
 * Options of Verilator for speed. Warnings do not stop a simulation, for every version of Verilator has others; where
 * they must, `strict` makes all of them errors.
 */
export function verilatorOptions({
  trace,
  strict,
}: {
  readonly trace: boolean;
  readonly strict: boolean;
}): readonly string[] {
  return [
    '--cc',
    '--exe',
    '--top-module',
    'accel_top',
    strict ? '-Wall' : '-Wno-fatal',
    '-O3',
    '--x-assign',
    'fast',
    '--x-initial',
    'fast',
    '--noassert',
    ...(trace ? ['--trace'] : []),
  ];
}

/** Options that reach make. `-CFLAGS -O3` would be overridden by Verilator's own make file. */
export const verilatorMakeFlags = 'OPT_FAST=-O3';

/** Options that reach the C++ compiler; `harnessFolder` holds the harness's headers. */
export function compilerFlags(harnessFolder: string): string {
  return `-std=c++17 -I${harnessFolder}`;
}
