import type { ExplanationInput } from '../prediction/index.js';
import type { GivenAccelerator } from './given-accelerator.js';

/** A figure with its unit and where it was published or measured. */
export interface SourcedFigure {
  readonly value: number;
  readonly unit: string;
  readonly source: string;
  /** Where a formula gave the value: the formula, down to what was published. */
  readonly derivation?: ExplanationInput;
}

/**
 * Timing of the external memory as seen at the chip's AXI ports. The same numbers drive the simulated memory and the
 * fine prediction; on a board they are an estimate.
 */
export interface MemoryModel {
  /** Cycles from the clock edge that accepts a read address to the edge that offers its first beat, queue empty. */
  readonly readLatencyCycles: number;
  /** Cycles from the edge that accepts a burst's last write beat to the edge that offers its response. */
  readonly writeLatencyCycles: number;
  /** Cycles per beat: 1 is full rate. */
  readonly beatIntervalCycles: number;
  /** Idle cycles on a channel between the last beat of a burst and the first of the next. */
  readonly burstGapCycles: number;
  /** Bytes in 1000 cycles that the memory moves in all, reads and writes together; 0 where they do not share. */
  readonly sharedBytesPerKilocycle: number;
}

/** Unit energies, static power and area of the process that the chip is made in. */
export interface Technology {
  readonly name: string;
  readonly processNanometres: number;
  readonly voltage: number;
  /** Figures by the names in `docs/technology-tables.md`, for instance `multiplyAccumulate8Bit`, `sramReadPerByte`. */
  readonly figures: Readonly<Record<string, SourcedFigure>>;
}

export interface FpgaResources {
  readonly lut: number;
  readonly ff: number;
  readonly dsp: number;
  /** Block RAM in the family's own units: 36 Kb (UltraScale+) or 18 Kb (ECP5). */
  readonly bram: number;
}

/** The board, device or process that a chip is for. */
export interface Platform {
  readonly id: string;
  readonly title: string;
  readonly kind: 'fpga' | 'asic';
  /** Family that costs and synthesis use: `xcup`, `ecp5`, `ice40` or `asic`. */
  readonly family: 'xcup' | 'ecp5' | 'ice40' | 'asic';
  readonly limits: {
    readonly fpga?: FpgaResources;
    readonly areaSquareMillimetres?: number;
    readonly sramBytes?: number;
    readonly powerMilliwatts?: number;
    readonly multipliers?: number;
  };
  readonly clockMegahertz: number;
  readonly memory: MemoryModel & {
    /** Widest AXI data bus that the platform's memory port takes, bytes. */
    readonly busBytes: number;
    /** Peak bandwidth of the external memory itself. */
    readonly peakBytesPerSecond: number;
    readonly title: string;
  };
  readonly technology: Technology;
  /** Present on a chip that exists already: it is predicted by its model and cannot be a target of `build`. */
  readonly accelerator?: GivenAccelerator;
  readonly sources: readonly string[];
}
