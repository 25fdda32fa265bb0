/** Bounds of what is read and simulated: honest graphs stay far below, and no file can take a computer down. */
export const graphLimits = {
  /** After sub-graphs are put in place. */
  nodes: 1_000_000,
  edges: 4_000_000,
  resources: 1_000_000,
  states: 4_000_000,
  /** Token counts in states, over the whole graph. */
  tokenCounts: 16_000_000,
  /** Loops within loops. */
  loopDepth: 16,
  /** Sub-graphs within sub-graphs. */
  graphDepth: 8,
  /** Sum of the busy cycles of all nodes, with several clocks of their ticks: above it numbers are no longer exact. */
  busyCycles: 2 ** 51,
  /** Ticks, which are the common time base of clocks, in a cycle of the slowest. */
  ticksPerCycle: 1_000_000,
} as const;
