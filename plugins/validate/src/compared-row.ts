/** A measurement and its prediction, in the unit of the measurement. */
export interface ComparedRow {
  readonly platform: string;
  readonly network: string;
  readonly layer: string;
  readonly metric: string;
  readonly unit: string;
  readonly tier: string;
  /** The data file's name, and the line in it. */
  readonly data: string;
  readonly line: number;
  readonly batch: number;
  /** What the row states of its run. */
  readonly conditions: Readonly<Record<string, string>>;
  readonly measured: number;
  readonly predicted: number;
  readonly errorPercent: number;
  /** With parameters that were fitted without the row's network, where that is known. */
  readonly leftOutErrorPercent?: number;
}
