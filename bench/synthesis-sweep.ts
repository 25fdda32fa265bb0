/**
 * Measures how Yosys maps memories and multipliers onto each family, and records the counts in
 * `synthesis-sweep.results.json`. The rules in `core/src/cost` are held against that file by `test/platforms`.
 *
 *     node --import tsx bench/synthesis-sweep.ts [--yosys EXECUTABLE] [--out FILE] [--family xcup]… [--part block]…
 *
 * Takes about 15 minutes on one core; `--family` and `--part` (a memory style or `multipliers`) measure a part and keep
 * the rest of the file when the version is the same. Run it again when the supported Yosys version changes.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

type Cells = Record<string, number>;

interface MemoryPoint {
  readonly widthBits: number;
  readonly depth: number;
  readonly cells: Cells;
}

interface MultiplierPoint {
  readonly leftBits: number;
  readonly rightBits: number;
  readonly cells: Cells;
}

const families = {
  xcup: 'synth_xilinx -family xcup -noiopad -noclkbuf -top top',
  ecp5: 'synth_ecp5 -noflatten -top top',
  ice40: 'synth_ice40 -noflatten -top top',
} as const;
type Family = keyof typeof families;

/** Attributes of the memory, by the name of the sweep that uses them. */
const memoryStyles = {
  block: '(* ram_style = "block", no_rw_check *)',
  blockOddDepth: '(* ram_style = "block", no_rw_check *)',
  blockChecked: '(* ram_style = "block" *)',
  distributed: '(* ram_style = "distributed", no_rw_check *)',
  auto: '(* no_rw_check *)',
  autoChecked: '',
} as const;
type MemoryStyle = keyof typeof memoryStyles;

const widths = [
  8, 9, 12, 16, 18, 20, 24, 27, 32, 36, 40, 48, 64, 72, 80, 96, 100, 128, 144, 160, 192, 256, 288, 320, 384, 512, 576,
  768, 1024, 1536, 2048,
];
const depths = [
  16, 17, 32, 48, 64, 100, 128, 256, 300, 512, 600, 1000, 1024, 1500, 2048, 3000, 4096, 5000, 8192, 10000, 16384,
];
/** Larger memories than this fit neither device; only their block RAM would be of interest. */
const largestMemoryBits = 2048 * 16384;

function* pairs(first: readonly number[], second: readonly number[], limit: number): Iterable<[number, number]> {
  for (const a of first) for (const b of second) if (a * b <= limit) yield [a, b];
}

/** Where block RAM, LUT RAM and flip-flops compete. */
const autoPoints = [
  ...pairs(
    [1, 4, 8, 16, 32, 36, 64, 72, 128, 256, 512],
    [2, 4, 8, 16, 20, 32, 48, 64, 96, 128, 256, 512, 1024, 2048],
    2 ** 18,
  ),
];

const memoryPoints: Record<MemoryStyle, [number, number][]> = {
  block: [...pairs(widths, depths, largestMemoryBits)],
  // Depths that no narrow word suits: many slices.
  blockOddDepth: [...pairs([72, 108], [4601, 6649], 2 ** 20)],
  blockChecked: [...pairs([8, 16, 36, 64, 72, 128, 512], [16, 64, 512, 1024, 2048, 4096], 2 ** 20)],
  auto: autoPoints,
  autoChecked: autoPoints,
  distributed: [...pairs([4, 7, 8, 14, 16, 32, 36, 64, 72, 128, 256], [4, 8, 16, 17, 32, 64, 100, 128, 256], 2 ** 14)],
};

const multiplierBits = [
  2, 3, 4, 7, 8, 9, 10, 12, 16, 17, 18, 19, 20, 24, 25, 26, 27, 28, 32, 33, 34, 35, 36, 37, 38, 45,
];
const multiplierPoints = [...pairs(multiplierBits, multiplierBits, Infinity)];

function memoryModule(style: MemoryStyle, widthBits: number, depth: number): string {
  const addressBits = Math.max(1, Math.ceil(Math.log2(depth)));
  return `
module ram_${widthBits}_${depth} (input logic clk, we, input logic [${addressBits - 1}:0] waddr, raddr,
    input logic [${widthBits - 1}:0] wdata, output logic [${widthBits - 1}:0] rdata);
  ${memoryStyles[style]} logic [${widthBits - 1}:0] mem [0:${depth - 1}];
  logic [${widthBits - 1}:0] rdata_q;
  always_ff @(posedge clk) begin
    if (we) mem[waddr] <= wdata;
    rdata_q <= mem[raddr];
    rdata <= rdata_q;
  end
endmodule
`;
}

function multiplierModule(leftBits: number, rightBits: number): string {
  return `
module mul_${leftBits}_${rightBits} (input logic clk, input logic signed [${leftBits - 1}:0] a,
    input logic signed [${rightBits - 1}:0] b, output logic signed [${leftBits + rightBits - 1}:0] p);
  logic signed [${leftBits - 1}:0] a_q;
  logic signed [${rightBits - 1}:0] b_q;
  logic signed [${leftBits + rightBits - 1}:0] p_q;
  always_ff @(posedge clk) begin
    a_q <= a;
    b_q <= b;
    p_q <= a_q * b_q;
    p <= p_q;
  end
endmodule
`;
}

/** One module with free-standing instances of all modules in the source, so that one run of Yosys maps many. */
function topModule(names: readonly string[]): string {
  return `module top; ${names.map(name => `(* keep *) ${name} i_${name} ();`).join('\n')} endmodule\n`;
}

function synthesize(yosys: string, family: Family, source: string): Map<string, Cells> {
  const folder = mkdtempSync(join(tmpdir(), 'synthesis-sweep-'));
  try {
    writeFileSync(join(folder, 'sweep.sv'), source);
    const script = `read_verilog -sv sweep.sv; ${families[family]}; tee -o stat.json stat -json`;
    execFileSync('nice', [yosys, '-q', '-p', script], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
      maxBuffer: 2 ** 28,
    });
    const text = readFileSync(join(folder, 'stat.json'), 'utf8');
    const statistics = JSON.parse(text.slice(text.indexOf('{'))) as {
      modules: Record<string, { num_cells_by_type: Cells }>;
    };
    return new Map(
      Object.entries(statistics.modules).map(([name, module]) => [name.replace('\\', ''), module.num_cells_by_type]),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function* batches<Item>(items: readonly Item[], size: number): Iterable<readonly Item[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}

function sweepMemories(yosys: string, family: Family, style: MemoryStyle): MemoryPoint[] {
  const results: MemoryPoint[] = [];
  const points = memoryPoints[style].filter(
    ([width, depth]) => family !== 'ice40' || width * depth <= largestIce40MemoryBits,
  );
  for (const batch of batches(points, 32)) {
    const names = batch.map(([width, depth]) => `ram_${width}_${depth}`);
    const source = batch.map(([width, depth]) => memoryModule(style, width, depth)).join('') + topModule(names);
    const cells = synthesize(yosys, family, source);
    for (const [widthBits, depth] of batch)
      results.push({ widthBits, depth, cells: cells.get(`ram_${widthBits}_${depth}`) ?? {} });
    process.stderr.write(`${family} ${style} ${results.length}/${points.length}\n`);
  }
  return results;
}

function sweepMultipliers(yosys: string, family: Family): MultiplierPoint[] {
  const results: MultiplierPoint[] = [];
  const points = multiplierPoints.filter(
    ([left, right]) => family !== 'ice40' || Math.max(left, right) <= largestIce40OperandBits,
  );
  for (const batch of batches(points, 64)) {
    const names = batch.map(([left, right]) => `mul_${left}_${right}`);
    const source = batch.map(([left, right]) => multiplierModule(left, right)).join('') + topModule(names);
    const cells = synthesize(yosys, family, source);
    for (const [leftBits, rightBits] of batch)
      results.push({ leftBits, rightBits, cells: cells.get(`mul_${leftBits}_${rightBits}`) ?? {} });
    process.stderr.write(`${family} multipliers ${results.length}/${points.length}\n`);
  }
  return results;
}

interface FamilyResults {
  command: string;
  memories: Partial<Record<MemoryStyle, MemoryPoint[]>>;
  multipliers?: MultiplierPoint[];
}

interface SweepResults {
  tool: string;
  version: string;
  memoryStyles: typeof memoryStyles;
  families: Partial<Record<Family, FamilyResults>>;
}

/** No iCE40 has more block RAM than this. */
const largestIce40MemoryBits = 2 ** 18;

/** Its multipliers are LUTs: few have multiplier blocks. */
const largestIce40OperandBits = 18;

/** Styles that a family has anything to map to. */
function stylesOf(family: Family): readonly MemoryStyle[] {
  return family === 'ice40' ? ['block', 'blockOddDepth'] : (Object.keys(memoryStyles) as MemoryStyle[]);
}

/** One measured point per line: small differences between two recordings then show as such. */
function compactJson(document: unknown): string {
  return `${JSON.stringify(document, null, 1).replace(/\{\s*("(?:widthBits|leftBits)"[^}]*\{[^}]*\})\s*\}/g, point => point.replace(/\s+/g, ' '))}\n`;
}

const { values } = parseArgs({
  options: {
    yosys: { type: 'string', default: 'yosys' },
    out: { type: 'string' },
    family: { type: 'string', multiple: true },
    part: { type: 'string', multiple: true },
  },
});
const out = values.out ?? fileURLToPath(new URL('synthesis-sweep.results.json', import.meta.url));
const version = execFileSync(values.yosys, ['-V'], { encoding: 'utf8' }).trim();
const results: SweepResults = { tool: 'yosys', version, memoryStyles, families: {} };
if (existsSync(out)) {
  const previous = JSON.parse(readFileSync(out, 'utf8')) as SweepResults;
  if (previous.version === version) results.families = previous.families;
}
for (const family of Object.keys(families) as Family[]) {
  if (values.family !== undefined && !values.family.includes(family)) continue;
  const measured: FamilyResults = { memories: {}, ...results.families[family], command: families[family] };
  results.families[family] = measured;
  for (const style of stylesOf(family)) {
    if (values.part === undefined || values.part.includes(style))
      measured.memories[style] = sweepMemories(values.yosys, family, style);
  }
  if (values.part === undefined || values.part.includes('multipliers')) {
    measured.multipliers = sweepMultipliers(values.yosys, family);
  }
  writeFileSync(out, compactJson(results));
}
