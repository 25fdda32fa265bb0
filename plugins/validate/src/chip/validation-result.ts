import type { MemoryModel, NotCosted } from '@autodnnchip/core';
import type { CoarseComparison, ComparedOutput, CounterRow, CounterTotal, ResourceRow } from './chip-comparison.js';

/** What was compared with what. */
export interface ChipValidation {
  readonly directory?: string;
  readonly network: string;
  readonly platform: string;
  readonly template: string;
  readonly configuration: Readonly<Record<string, number>>;
  readonly memory: MemoryModel;
  readonly tool: string;
  readonly version: string;
  readonly runs: number;
  /** Of random inputs; absent where inputs were given. Run n takes seed + n - 1. */
  readonly seed?: number;
  readonly rows: readonly CounterRow[];
  readonly totals: readonly CounterTotal[];
  readonly outputs: readonly ComparedOutput[];
  readonly coarse?: CoarseComparison;
  readonly synthesis?: {
    readonly target: string;
    readonly tool: string;
    readonly version: string;
    readonly rows: readonly ResourceRow[];
  };
  readonly hostOperators: readonly NotCosted[];
  /** What could not be held against anything, and why. */
  readonly notCompared: readonly { readonly what: string; readonly reason: string }[];
  readonly summary: ValidationSummary;
  readonly wallSeconds: number;
}

export interface ValidationSummary {
  /** No cycle, no counter and no output value differs. */
  readonly equal: boolean;
  readonly layers: number;
  readonly counters: number;
  readonly differingCounters: number;
  readonly maximumAbsoluteDifference: number;
  readonly predictedCycles: number;
  readonly simulatedCycles: number;
  readonly outputValues: number;
  /** Null where there is no reference. */
  readonly mismatches: number | null;
}
