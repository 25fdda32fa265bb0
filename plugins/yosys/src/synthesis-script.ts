import { ChipError, largestFlipFlopMemoryWords, type SynthesisTarget } from '@autodnnchip/core';

export interface ScriptRequest {
  /** Staged names, packages before what uses them. */
  readonly sources: readonly string[];
  readonly top: string;
  readonly parameters: Readonly<Record<string, number | string>>;
  readonly target: SynthesisTarget;
  /** Synthesises across module borders, as vendors' tools do. */
  readonly flatten: boolean;
  /** Staged name of the Liberty file. */
  readonly libertyFile?: string;
  /** Writes the netlist of an FPGA family as JSON as well. */
  readonly writesNetlist?: boolean;
}

/** Files that the script leaves in its working directory. */
export const scriptOutputs = {
  statistics: 'statistics.json',
  /** `stat` as text: Yosys 0.23 gives the area nowhere else. */
  area: 'area.txt',
  memories: 'memories.txt',
  multipliers: 'multipliers.txt',
  flipFlops: 'flip-flops.txt',
  netlist: 'netlist.json',
  ports: 'ports.txt',
} as const;

/** Memories that stay memories for `asic` get this cell type. */
export const sramCellType = 'autodnnchip_sram';

/** The Yosys script for a synthesis run: readable by Yosys 0.23 and later. */
export function synthesisScript(request: ScriptRequest): string {
  const { sources, top, parameters, target } = request;
  const lines = [
    ...elaboration(sources, top, parameters),
    ...targetCommands(request),
    ...(request.writesNetlist === true ? [`write_json ${scriptOutputs.netlist}`] : []),
  ];
  return `${lines.map(line => line.trim()).join('\n')}\n# ${target}\n`;
}

/** The script that lists the ports of a module. */
export function portScript(
  sources: readonly string[],
  top: string,
  parameters: Readonly<Record<string, number | string>>,
): string {
  return `${[...elaboration(sources, top, parameters), `tee -q -o ${scriptOutputs.ports} portlist ${top}`].join('\n')}\n`;
}

/** Deferred: only modules that are used get elaborated, with the parameters that they are used with. */
function elaboration(
  sources: readonly string[],
  top: string,
  parameters: Readonly<Record<string, number | string>>,
): string[] {
  checkIdentifier('top module', top);
  return [
    `read_verilog -sv -defer ${sources.join(' ')}`,
    `hierarchy -check -top ${top}${Object.entries(parameters)
      .map(([name, value]) => ` -chparam ${parameter(name, value)}`)
      .join('')}`,
  ];
}

function targetCommands({ top, target, flatten, libertyFile }: ScriptRequest): string[] {
  const statistics = `tee -q -o ${scriptOutputs.statistics} stat -top ${top} -json`;
  switch (target) {
    case 'xcup':
      return [`synth_xilinx -family xcup -noiopad -noclkbuf${flatten ? ' -flatten' : ''} -top ${top}`, statistics];
    case 'ecp5':
      return [`synth_ecp5${flatten ? '' : ' -noflatten'} -top ${top}`, statistics];
    case 'ice40':
      // No -dsp: most of the family has no multiplier blocks, and Yosys 0.23 loses multipliers whose registers it
      // packs.
      return [`synth_ice40${flatten ? '' : ' -noflatten'} -top ${top}`, statistics];
    case 'asic':
      return asicCommands(top, statistics, libertyFile);
  }
}

function asicCommands(top: string, statistics: string, libertyFile: string | undefined): string[] {
  const isDeep = `t:$mem_v2 r:SIZE>${largestFlipFlopMemoryWords} %i`;
  return [
    'proc',
    'flatten',
    `tee -q -o ${scriptOutputs.multipliers} select -count t:$mul`,
    `synth -flatten -top ${top} -run begin:fine`,
    `tee -q -o ${scriptOutputs.memories} dump ${isDeep}`,
    `setattr -set keep 1 ${isDeep}`,
    `chtype -set ${sramCellType} ${isDeep}`,
    'synth -run fine:check',
    `tee -q -o ${scriptOutputs.flipFlops} select -count t:$_*DFF*_`,
    ...(libertyFile === undefined
      ? ['abc -g cmos', 'opt_clean', `tee -q -o ${scriptOutputs.area} stat -top ${top} -tech cmos`]
      : [
          `dfflibmap -liberty ${libertyFile}`,
          `abc -liberty ${libertyFile}`,
          'opt_clean',
          `tee -q -o ${scriptOutputs.area} stat -top ${top} -liberty ${libertyFile}`,
        ]),
    statistics,
  ];
}

function parameter(name: string, value: number | string): string {
  checkIdentifier('parameter', name);
  if (typeof value === 'string') {
    const bits = [...Buffer.from(value, 'latin1')].map(byte => byte.toString(2).padStart(8, '0')).join('');
    return `${name} ${bits.length}'b${bits === '' ? '0' : bits}`;
  }
  if (!Number.isInteger(value)) {
    throw new ChipError('ADC4012', `Parameter ${name} cannot be ${value}`, {
      hint: 'RTL parameters are whole numbers or text.',
    });
  }
  return `${name} ${value}`;
}

function checkIdentifier(what: string, name: string): void {
  if (/^[A-Za-z_][A-Za-z0-9_$]*$/.test(name)) return;
  throw new ChipError('ADC4012', `${JSON.stringify(name)} cannot be the name of a ${what}`, {
    hint: 'Give a SystemVerilog identifier.',
  });
}
