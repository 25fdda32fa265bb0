/** Longest line of generated SystemVerilog, columns. */
const lineColumns = 120;

/** Declares a signal of so many bits. */
export function signal(name: string, bits = 1): string {
  return `  logic${bits === 1 ? '' : ` [${bits - 1}:0]`} ${name};`;
}

/** A port's name, which is also the signal's, or name and signal. */
export type Connection = string | readonly [port: string, signal: string];

/** An instance of a module, as lines; values of parameters as SystemVerilog writes them. */
export function instance(
  module: string,
  name: string,
  parameters: Readonly<Record<string, number | string>>,
  connections: readonly Connection[],
): string[] {
  const values = Object.entries(parameters).map(([parameter, value]) => `.${parameter}(${value})`);
  const ports = connections.map(connection =>
    typeof connection === 'string' ? `.${connection}` : `.${connection[0]}(${connection[1]})`,
  );
  return [
    values.length === 0 ? `  ${module} ${name} (` : `  ${module} #(`,
    ...(values.length === 0 ? [] : [...wrapped(values), `  ) ${name} (`]),
    ...wrapped(ports),
    '  );',
  ];
}

/** Items of a list with commas between them, as lines inside of brackets. */
export function wrapped(items: readonly string[]): string[] {
  const lines: string[] = [];
  for (const [index, item] of items.entries()) {
    const text = index === items.length - 1 ? item : `${item},`;
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + text.length <= lineColumns) lines[lines.length - 1] = `${last} ${text}`;
    else lines.push(`    ${text}`);
  }
  return lines;
}

/** Numbers of the same width side by side, the first lowest. */
export function packed(bits: number, values: readonly number[]): string {
  const number = values.reduce((sum, value, index) => sum + (BigInt(value) << BigInt(bits * index)), 0n);
  return `${bits * values.length}'h${number.toString(16)}`;
}
