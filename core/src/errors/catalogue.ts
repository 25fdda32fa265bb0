/**
 * Every error code of AutoDNNchip: what it is about and which exit code it ends a command with.
 * 1 the design or a check fails, 2 usage or input, 3 tool missing, 4 tool failed, 70 our bug.
 * Codes are stable: never reuse or renumber one.
 */
export const errorCatalogue = {
  // ADC1xxx: networks and data that are read
  ADC1001: { title: 'Model file cannot be read', exitCode: 2 },
  // ADC2xxx: plugins and hooks
  ADC2001: { title: 'Plugin is not valid', exitCode: 2 },
  // ADC3xxx: designs, mapping and lowering
  ADC3001: { title: 'The chip cannot run this network', exitCode: 1 },
  // ADC4xxx: external tools
  ADC4001: { title: 'Tool is missing', exitCode: 3 },
  // ADC5xxx: simulation and comparison
  ADC5001: { title: 'Simulation failed', exitCode: 4 },
  // ADC6xxx: command line and files written
  ADC6001: { title: 'Usage', exitCode: 2 },
  // ADC9xxx: our own bugs
  ADC9001: { title: 'Internal error', exitCode: 70 },
} as const;

export type ErrorCode = keyof typeof errorCatalogue;
