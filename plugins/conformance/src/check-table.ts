/** What each check holds an engine to, in the order of the report; `docs/conformance.md` says more of each. */
export const checkTable = {
  'package.licence': 'package.json names a licence, or the package has a LICENSE file',
  'package.readme': "the README names the engine's parameters",
  'definition.fields': 'parameters have a unit, a description and values to try within their bounds',
  'definition.values': 'values to try and bounds make an instance, or are refused with a sentence',
  'definition.sizes': 'sizes that the engine proposes are whole, within bounds and accepted',
  'definition.bounds': 'values out of bounds are refused with a code that names the parameter',
  'definition.pure': 'the same values give the same answers',
  'definition.tasks': 'fields have names of their own and widths that hold what is addressed',
  'bids.answers': 'bids are finite cycles from 0 on, refusals are sentences, nothing is thrown',
  'bids.bound': 'a bid is at most what the tasks of its work take',
  'plans.answers': 'planning throws ADC3201 alone; its figures are finite and no less than what is emitted',
  'tasks.fields': 'fields hold the values of every task, and no task is faulty by its own words',
  'tasks.bits': 'executed tasks give the bits of the reference executor',
  'tasks.memories': 'tasks keep to the rows that they declare, and to the memories',
  'tasks.timing': 'stages and slots are whole, and refer to each other',
  'activity.products': "products cover the work's multiply-accumulates, and are no fewer than the bound",
  'activity.memories': 'bytes written are those that tasks write; what decides a result is read',
  'rtl.files': 'RTL files exist, with one module each, named after it',
  'rtl.harmless': 'RTL runs no program, opens no file and calls no C',
  'rtl.ports': 'the module has the ports of protocol task-memory, with their directions and widths',
  'rtl.verilator': 'Verilator lints the chip without a complaint',
  'rtl.icarus': 'Icarus Verilog elaborates the chip without a complaint',
  'rtl.yosys': 'Yosys reads the chip, and finds every module and port',
  'simulation.protocol': 'the module takes each task once, while it is ready, and is done once',
  'simulation.bits': 'the module writes the results of executed tasks where they belong, and nothing else',
  'simulation.cycles': 'starts, ends and busy cycles under random stalls are those of stages and slots',
  'chip.bits': 'networks on a simulated chip give the bits of the reference executor',
  'chip.cycles': 'layers and counters take the predicted cycles, whatever the memory',
  'resources.figures': 'predicted resources are finite and not negative on every platform',
  'resources.synthesis': 'DSP are equal to those of synthesis; LUT, flip-flops and block RAM are near',
  'energy.figures': 'figures that energy follows from have a value, a unit and a source',
  'paths.figures': 'paths for the clock have a title and operands of positive width',
} as const;

export type CheckId = keyof typeof checkTable;

export const checkIds = Object.keys(checkTable) as readonly CheckId[];
