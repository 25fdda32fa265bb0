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
}

/** A chip that exists: it is predicted and held against measurements, never built. */
export interface GivenAccelerator {
  /** The model that predicts it, by the name that a plugin gives it. */
  readonly model: string;
  /** Published figures by name. */
  readonly facts: Readonly<Record<string, SourcedFigure>>;
  readonly parameters: Readonly<Record<string, FreeParameter>>;
}
