/**
 * Options of Verilator for speed. Warnings stay errors: generated RTL has none. `-CFLAGS -O3` would be overridden by
 * Verilator's own make file, hence OPT_FAST.
 */
export function verilatorOptions(trace: boolean): readonly string[] {
  return [
    '--cc', '--exe', '--top-module', 'accel_top', '-Wall', '-O3', '--x-assign', 'fast', '--x-initial', 'fast', '--noassert',
    ...(trace ? ['--trace'] : []),
  ];
}

/** Options that reach make. */
export const verilatorMakeFlags = 'OPT_FAST=-O3';

/** Options that reach the C++ compiler; `harnessFolder` holds the harness's headers. */
export function compilerFlags(harnessFolder: string): string {
  return `-std=c++17 -I${harnessFolder}`;
}
