import {
  controlRegisters,
  countersAddress,
  hexadecimal,
  markdownCode,
  printableName,
  recordsAddress,
  registerAddress,
  statusBits,
  type Prediction,
} from '@autodnnchip/core';

import { chipOf } from '../chip/chip.js';
import { registerMap } from '../chip/register-map.js';
import type { AccelSharedConfiguration } from '../configuration.js';
import type { Manifest } from './manifest.js';

/** README of a bundle: what is in it, how to run it, what was predicted. */
export function bundleReadme(
  manifest: Manifest,
  configuration: AccelSharedConfiguration,
  prediction: Prediction,
): string {
  const { resources } = prediction;
  const chip = chipOf(configuration);
  const { liveCounters, recordWords } = registerMap(chip);
  const counts = Object.entries(resources).map(
    ([name, value]) =>
      `${name} ${typeof value === 'number' && !Number.isInteger(value) ? value.toFixed(2) : String(value)}`,
  );
  return [
    `# ${markdownCode(manifest.network.name)} on ${manifest.platform}`,
    '',
    `A DNN accelerator with ${chip.engines.reduce((sum, { multipliers }) => sum + multipliers, 0)} multipliers, made by AutoDNNchip from ${markdownCode(manifest.network.source)}.`,
    '',
    '| file | what |',
    '| --- | --- |',
    '| `rtl/` | SystemVerilog; top module `accel_top` (AXI4 to memory, AXI4-Lite control) |',
    '| `program.bin` | the descriptors that the chip executes |',
    '| `weights.bin` | weights, biases, scales and tables |',
    '| `manifest.json` | memory layout, inputs, outputs, layers, configuration |',
    ...(manifest.host === undefined ? [] : ['| `host/` | the operators that the host runs, with their constants |']),
    '| `sim/`, `Makefile` | a Verilator test bench with a memory model; `sim/control_registers.h` is for drivers in C |',
    '| `checksums.txt` | SHA-256 of all files, for `sha256sum --check` |',
    '',
    '## Running it',
    `1. Put \`program.bin\` at byte address ${manifest.memory.program.address} of external memory and \`weights.bin\` at ${manifest.memory.weights.address}; the chip uses ${manifest.memory.totalBytes} bytes.`,
    '2. Write each input at its region, in the layout that the manifest gives: blocks of channels, rows, columns, channels of the block. Where it gives `moves`, the array, seen in the shape of each, gets its dimensions in the order of `permutation` first; outputs are rearranged so after reading.',
    `3. Write ${manifest.memory.program.address} to register ${hexadecimal(registerAddress('PROGRAM_ADDRESS'))} (PROGRAM_ADDRESS) and 1 to register ${hexadecimal(registerAddress('CONTROL'))} (CONTROL).`,
    `4. Wait for \`irq\`, or for bit ${statusBits.done} of register ${hexadecimal(registerAddress('STATUS'))} (STATUS); read the outputs from their regions.`,
    '',
    '| register | offset | meaning |',
    '| --- | --- | --- |',
    ...controlRegisters.map(({ name, address, meaning }) => `| ${name} | ${hexadecimal(address)} | ${meaning} |`),
    `| counters | ${hexadecimal(countersAddress)} to ${hexadecimal(countersAddress + 4 * (liveCounters - 1))} | busy, waiting for input, waiting for output: ${chip.units.map(({ name }) => name).join(', ')} |`,
    `| records | ${hexadecimal(recordsAddress)} + ${4 * recordWords} * layer | cycle stamp and the same counters at the end of each layer |`,
    '',
    `\`autodnnchip simulate\` does all of this: \`npx autodnnchip simulate . --input input.npz\`.`,
    '',
    ...hostSection(manifest.host),
    '## Predicted',
    `${prediction.latencyCycles} cycles (${(prediction.latencySeconds * 1e3).toFixed(3)} ms at ${prediction.clockMegahertz} MHz), ${(prediction.energyPicojoules * 1e-9).toFixed(3)} mJ per inference; ${counts.join(', ')}.${manifest.host === undefined || manifest.host.operators.length === 0 ? '' : " The host's operators are not in these figures."}`,
    '',
  ].join('\n');
}

/** What runs beside the chip: a driver must do it, `autodnnchip simulate` does. */
function hostSection(host: Manifest['host']): string[] {
  if (host === undefined) return [];
  return [
    '## On the host',
    host.operators.length === 0
      ? 'Some outputs of the network are inputs or constants of it: the host hands them on. Values go by name:'
      : `The chip computes the middle of the network; the host runs ${host.operators.length} operators around it. Values go by name:`,
    '',
    `1. The network's inputs are ${names(host.inputs)}.`,
    host.leading === undefined
      ? '2. Nothing runs before the chip.'
      : `2. \`${host.leading.network.file}\` runs on them before the chip; its constants are in \`${host.leading.constants.file}\`.`,
    '3. The chip takes its inputs and gives its outputs as the manifest says.',
    host.trailing === undefined
      ? '4. Nothing runs after the chip.'
      : `4. \`${host.trailing.network.file}\` runs after the chip on all of these; its constants are in \`${host.trailing.constants.file}\`.`,
    `5. The network's outputs are ${names(host.outputs)}.`,
    '',
    ...host.operators.map(
      ({ name, operator, reason }) => `- ${markdownCode(name)} (${markdownCode(operator)}) ${printableName(reason)}`,
    ),
    '',
  ];
}

function names(tensors: readonly string[]): string {
  return tensors.map(markdownCode).join(', ');
}
