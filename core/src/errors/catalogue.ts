/**
 * Every error code of AutoDNNchip: what it is about and which exit code it ends a command with.
 * 0 is success; 1 the design or a check fails, 2 usage or input, 3 tool missing, 4 tool failed, 70 our bug, 130 interrupted.
 * Codes are stable: never reuse or renumber one. Every code has a row in `docs/errors.md`; a test sees to it.
 */
export const errorCatalogue = {
  // ADC1xxx: networks and data that are read
  ADC1001: { title: 'Model file cannot be read', exitCode: 2 },
  ADC1002: { title: 'No front end reads this file', exitCode: 2 },
  ADC1101: { title: 'Array file cannot be read', exitCode: 2 },
  ADC1102: { title: 'Array file is damaged or of an unsupported kind', exitCode: 2 },
  ADC1103: { title: 'Array file is too large', exitCode: 2 },
  ADC1104: { title: 'Array is not in the file', exitCode: 2 },
  ADC1105: { title: 'Array does not fit the network', exitCode: 2 },
  ADC1010: { title: 'File is not an ONNX model', exitCode: 2 },
  ADC1011: { title: 'Model file is cut off or corrupted', exitCode: 2 },
  ADC1012: { title: 'ONNX version is not supported', exitCode: 2 },
  ADC1013: { title: 'External weights cannot be read', exitCode: 2 },
  ADC1014: { title: 'External weights lie outside the model\'s folder', exitCode: 2 },
  ADC1015: { title: 'Graph of the model is not valid', exitCode: 2 },
  ADC1016: { title: 'Model exceeds a size limit', exitCode: 2 },
  ADC1017: { title: 'Values of a tensor do not match its declaration', exitCode: 2 },
  ADC1018: { title: 'Shapes in the model do not fit together', exitCode: 2 },
  ADC1019: { title: 'Input of the model has no fixed size', exitCode: 2 },
  ADC1020: { title: 'Quantisation in the model cannot be used', exitCode: 2 },
  ADC1021: { title: 'Element type is not supported', exitCode: 2 },
  // ADC2xxx: plugins and hooks
  ADC2001: { title: 'Plugin is not valid', exitCode: 2 },
  ADC2002: { title: 'Plugin is for another version of the plugin interface', exitCode: 2 },
  ADC2003: { title: 'Plugin is given twice', exitCode: 2 },
  ADC2004: { title: 'Hook is used in a wrong way', exitCode: 70 },
  ADC2005: { title: 'Plugin failed', exitCode: 70 },
  ADC2006: { title: 'Framework is frozen', exitCode: 70 },
  ADC2007: { title: 'Identifier is defined twice', exitCode: 2 },
  ADC2008: { title: 'Nothing has this identifier', exitCode: 2 },
  ADC2009: { title: 'Service is not available', exitCode: 2 },
  ADC2010: { title: 'Plugin module cannot be loaded', exitCode: 2 },
  // ADC3xxx: designs, mapping and lowering
  ADC3001: { title: 'The chip cannot run this network', exitCode: 1 },
  ADC3101: { title: 'Floating-point network needs calibration inputs', exitCode: 2 },
  ADC3102: { title: 'Network cannot be quantised', exitCode: 1 },
  ADC3103: { title: 'Reference executor cannot run this operator', exitCode: 1 },
  ADC3002: { title: 'No design fits the platform', exitCode: 1 },
  ADC3003: { title: 'Parameter of the chip is not valid', exitCode: 2 },
  ADC3201: { title: 'Layer fits in no tiling of this configuration', exitCode: 1 },
  ADC3202: { title: 'Network needs more memory than the chip addresses', exitCode: 1 },
  ADC3203: { title: 'Network came without its weights', exitCode: 2 },
  // ADC4xxx: external tools
  ADC4001: { title: 'Tool is missing', exitCode: 3 },
  ADC4002: { title: 'Tool failed', exitCode: 4 },
  ADC4003: { title: 'Tool ran out of time', exitCode: 4 },
  ADC4004: { title: 'Tool printed more than it may', exitCode: 4 },
  ADC4005: { title: 'Tool has a version that does not work', exitCode: 3 },
  ADC4010: { title: 'Platform description is not valid', exitCode: 2 },
  ADC4011: { title: 'Technology gives no such figure', exitCode: 2 },
  ADC4012: { title: 'Synthesis request is not valid', exitCode: 2 },
  ADC4013: { title: 'Result of a tool cannot be read', exitCode: 4 },
  // ADC5xxx: simulation and comparison
  ADC5001: { title: 'Simulation failed', exitCode: 4 },
  ADC5002: { title: 'Chip did not finish', exitCode: 1 },
  ADC5003: { title: 'Chip broke a bus rule', exitCode: 1 },
  ADC5004: { title: 'Chip reads and writes the same memory at the same time', exitCode: 1 },
  ADC5005: { title: 'Chip does not answer its control registers', exitCode: 1 },
  ADC5006: { title: 'Simulation request is not valid', exitCode: 2 },
  // ADC6xxx: command line and files written
  ADC6001: { title: 'Usage', exitCode: 2 },
  ADC6002: { title: 'Interrupted', exitCode: 130 },
  ADC6003: { title: 'File or folder cannot be written', exitCode: 2 },
  ADC6004: { title: 'Folder is in use', exitCode: 2 },
  ADC6005: { title: 'Folder is not a bundle', exitCode: 2 },
  // ADC9xxx: our own bugs
  ADC9001: { title: 'Internal error', exitCode: 70 },
} as const;

export type ErrorCode = keyof typeof errorCatalogue;
