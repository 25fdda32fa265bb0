import type { Bundle } from './bundle.js';
import type { PlaceableTarget } from './netlist-writer.js';
import { serviceToken } from './service-token.js';

export interface PlaceRequest {
  readonly bundle: Bundle;
  /** The family of the bundle's platform when absent. */
  readonly target?: PlaceableTarget;
  /** How many placements to try, with seeds from 1 on. */
  readonly seeds: number;
  readonly signal?: AbortSignal;
}

/** The slowest path between two registers. */
export interface CriticalPath {
  /** Names of the cells at its ends, as the netlist has them. */
  readonly from: string;
  readonly to: string;
  readonly logicNanoseconds: number;
  readonly routingNanoseconds: number;
}

/** One placement. */
export interface PlacedSeed {
  readonly seed: number;
  readonly fmaxMegahertz: number;
  readonly criticalPath: CriticalPath;
  readonly wallSeconds: number;
}

export interface PlaceResponse {
  readonly target: PlaceableTarget;
  /** Device that was placed on. */
  readonly device: string;
  readonly tool: string;
  readonly version: string;
  /** What made the netlist. */
  readonly synthesis: { readonly tool: string; readonly version: string };
  /** Over the seeds. */
  readonly fmaxMegahertz: { readonly median: number; readonly minimum: number; readonly maximum: number };
  readonly seeds: readonly PlacedSeed[];
  /** Cells of the device by type, those of the shell included. */
  readonly utilization: Readonly<Record<string, { readonly used: number; readonly available: number }>>;
}

/** Places and routes a bundle's RTL and says how fast its clock may run. */
export interface ChipPlacer {
  place(request: PlaceRequest): Promise<PlaceResponse>;
}
export const ChipPlacer = serviceToken<ChipPlacer>('ChipPlacer');
