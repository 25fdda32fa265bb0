import { basename } from 'node:path';
import { Definitions, Log, type CommandInvocation, type Platform } from '@autodnnchip/core';
import { calibrate, type Calibration } from './calibration.js';
import { prepareMeasurements, type Predictable } from './comparison.js';
import type { FamilyMember } from './free-variables.js';
import type { Measurement } from './measurements.js';

/** The accelerators that share parameters with this one, itself among them. */
export function membersOf(platform: Platform, all: readonly Platform[]): readonly Platform[] {
  const family = platform.accelerator?.family;
  return family === undefined ? [platform] : all.filter(({ accelerator }) => accelerator?.family === family);
}

/**
 * Fits the parameters of an accelerator with those of its family on the rows of these tiers; throws as `calibrate`
 * does.
 */
export async function calibrateFamily(
  invocation: CommandInvocation,
  platform: Platform,
  measurements: readonly Measurement[],
  tiers: string,
): Promise<readonly Calibration[]> {
  const members = membersOf(platform, invocation.get(Definitions).platforms.list());
  const isMember = (name: string): boolean => members.some(({ id }) => id === name);
  // A row of a member may be of a variant under other software, and the other way round: whose it is shows when it is
  // prepared.
  const chips = new Set(
    members.flatMap(({ id, accelerator }) => [
      id,
      ...(accelerator?.variantOf === undefined ? [] : [accelerator.variantOf]),
    ]),
  );
  const prepared = await prepareMeasurements(
    invocation,
    measurements.filter(({ platform }) => chips.has(platform)),
  );
  const predictable = prepared.predictable.filter(({ accelerator }) => isMember(accelerator));
  const isFitted = ({ tier, fits }: Measurement): boolean => fits && tiers.includes(tier);
  const hasRows = (id: string): boolean =>
    predictable.some(({ accelerator, measurement }: Predictable) => accelerator === id && isFitted(measurement));
  const accelerators = members.map(({ id, accelerator }): FamilyMember => ({
    platform: id,
    parameters: accelerator?.parameters ?? {},
    isFitted: id === platform.id || hasRows(id),
  }));
  const files = [...new Set(measurements.map(({ data }) => basename(data)))];
  return calibrate(
    accelerators,
    predictable.map(countPredictions(invocation.get(Log))),
    isFitted,
    `${files.join(' and ')}, tier ${tiers}`,
  );
}

/** Rows that show how many predictions the fits have asked for: how many there will be nobody knows before. */
function countPredictions(log: Log): (row: Predictable) => Predictable {
  let predictions = 0;
  return row => ({
    measurement: row.measurement,
    accelerator: row.accelerator,
    predict: parameters => {
      predictions += 1;
      log.progress(`fitting ${row.measurement.metric}, rows predicted`, predictions);
      return row.predict(parameters);
    },
  });
}
