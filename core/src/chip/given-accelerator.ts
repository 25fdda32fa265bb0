import type { SourcedFigure } from './platform.js';

/** A figure of a model that no data sheet gives: named, bounded, and with where its value comes from. */
export interface FreeParameter {
  readonly value: number;
  readonly unit: string;
  readonly minimum: number;
  readonly maximum: number;
  /** What it stands for in the hardware. */
  readonly meaning: string;
  /** The rows that it was fitted on, or why it has this value. */
  readonly provenance: string;
  /** Metric of the measurements that determines it, for instance `latency` or `power`. */
  readonly metric: string;
  /** False for a parameter that `calibrate` leaves as it is. */
  readonly fitted: boolean;
  /**
   * The accelerator whose value it is: this one, or the one that it is like and takes the parameter over from; one
   * value for both, fitted on the rows of both. Absent: one value for all accelerators of the family.
   */
  readonly owner?: string;
}

/** A chip that exists: it is predicted and held against measurements, never built. */
export interface GivenAccelerator {
  /** The model that predicts it, by the name that a plugin gives it. */
  readonly model: string;
  /** Accelerators of the same silicon or software, which share parameters. */
  readonly family?: string;
  /** The accelerator that this one is a variant of: the same under other `conditions`, or under other software. */
  readonly variantOf?: string;
  /**
   * Names of the releases of software that it runs under: a measurement that states one of another family's is of a
   * variant.
   */
  readonly releases?: readonly string[];
  /** Published figures by name. */
  readonly facts: Readonly<Record<string, SourcedFigure>>;
  /**
   * Under which it is predicted, in words by name (`link`, `release`, `powerMode`): a measurement that states others is
   * of another accelerator.
   */
  readonly conditions: Readonly<Record<string, string>>;
  readonly parameters: Readonly<Record<string, FreeParameter>>;
}
