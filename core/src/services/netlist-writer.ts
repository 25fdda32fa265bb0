import type { Bundle } from './bundle.js';
import { serviceToken } from './service-token.js';

/** Families whose netlists a place-and-route tool takes. */
export const placeableTargets = ['ecp5', 'ice40'] as const;
export type PlaceableTarget = (typeof placeableTargets)[number];

/** A port of a module, its width with all parameters applied. */
export interface ModulePort {
  readonly direction: 'input' | 'output' | 'inout';
  readonly name: string;
  readonly bits: number;
}

/** A module around the design, made once the design's ports are known. */
export interface ShellSource {
  /** Name of the module that instantiates the design; it becomes the top. */
  readonly top: string;
  /** SystemVerilog. */
  readonly text: string;
}

export interface NetlistRequest {
  readonly bundle: Bundle;
  readonly target: PlaceableTarget;
  /** File that the netlist is written to. */
  readonly outputPath: string;
  /** Around the bundle's top; without it the top is synthesised as it is. */
  readonly shell?: (ports: readonly ModulePort[]) => ShellSource;
  readonly signal?: AbortSignal;
}

export interface NetlistResponse {
  readonly tool: string;
  readonly version: string;
  /** Cells by type, the shell's included. */
  readonly cells: Readonly<Record<string, number>>;
  readonly wallSeconds: number;
}

/** Turns a bundle's RTL into a netlist of a family's cells, in the JSON form of Yosys. */
export interface NetlistWriter {
  write(request: NetlistRequest): Promise<NetlistResponse>;
}
export const NetlistWriter = serviceToken<NetlistWriter>('NetlistWriter');
