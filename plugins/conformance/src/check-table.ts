/** What each check holds an engine to, in the order of the report; `docs/conformance.md` says more of each. */
export const checkTable = {
  'package.licence': 'package.json names a licence, or the package has a LICENSE file',
  'package.readme': "the README names the engine's parameters",
  'definition.fields': 'parameters have a unit, a description and values to try',
  'definition.sizes': 'sizes that the engine proposes are whole, within bounds and accepted',
  'definition.bounds': 'values out of bounds are refused with a code that names the parameter',
  'definition.pure': 'the same values give the same answers',
  'bids.answers': 'bids are finite cycles from 0 on, refusals are sentences, nothing is thrown',
  'rtl.files': 'RTL files exist, with one module each, named after it',
  'rtl.harmless': 'RTL runs no program, opens no file and calls no C',
  'resources.figures': 'predicted resources are finite and not negative on every platform',
  'paths.figures': 'paths for the clock have a title and operands of positive width',
  'chip.bits': 'networks on a simulated chip give the bits of the reference executor',
  'chip.cycles': 'layers and counters take the predicted cycles, whatever the memory',
  'resources.synthesis': 'multiplier blocks of a chip are those that synthesis finds',
} as const;

export type CheckId = keyof typeof checkTable;

export const checkIds = Object.keys(checkTable) as readonly CheckId[];
