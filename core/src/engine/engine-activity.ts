/** Bytes that cross one on-chip memory. */
export interface MemoryTraffic {
  readBytes: number;
  writtenBytes: number;
}

/** What an engine does: energy follows from it. Engines add to it, task by task. */
export interface EngineActivity {
  /** Products that the hardware forms, those of filling channels too. */
  multiplyAccumulates: number;
  /** Additions and comparisons of 32 bits without a product. */
  additions: number;
  /** Values brought back to eight bits. */
  requantizations: number;
  /** Bytes that pass the engine's operand registers. */
  registerBytes: number;
  /** By the engine's buffers and private memories. What loads write and stores read is the chassis' to count. */
  readonly memories: Readonly<Record<string, MemoryTraffic>>;
}

/** No activity of an engine with these buffers and memories. */
export function noActivity(memories: readonly { readonly id: string }[]): EngineActivity {
  return {
    multiplyAccumulates: 0,
    additions: 0,
    requantizations: 0,
    registerBytes: 0,
    memories: Object.fromEntries(memories.map(({ id }) => [id, { readBytes: 0, writtenBytes: 0 }])),
  };
}
