import { definePlugin } from '@autodnnchip/core';
import { calibrateCommand } from './calibrate-command.js';
import { validateCommand } from './validate-command.js';

export { calibrate, type Calibration, type CalibrationRow } from './calibration.js';
export { parseMeasurements, readMeasurements, type Measurement } from './measurements.js';
export { leastSquares, type Bounds } from './least-squares.js';

/** The commands `validate` and `calibrate`. */
export const validation = definePlugin(() => ({
  name: '@autodnnchip/plugin-validate',
  apiVersion: 1,
  apply(chip) {
    chip.hooks.defineCommands.tap('validate', commands => {
      commands.add(validateCommand);
      commands.add(calibrateCommand);
    });
  },
}));
