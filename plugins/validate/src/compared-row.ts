/** A measurement and its prediction, in the unit of the measurement. */
export interface ComparedRow {
  readonly platform: string;
  readonly network: string;
  readonly layer: string;
  readonly metric: string;
  readonly unit: string;
  readonly tier: string;
  readonly line: number;
  readonly measured: number;
  readonly predicted: number;
  readonly errorPercent: number;
}
