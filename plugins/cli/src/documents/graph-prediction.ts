import { z } from 'zod';

/** Of the graph's clock. With several clocks an event of another may lie between two of its edges. */
const cycles = z.number().nonnegative();
const count = z.int().nonnegative();
const figure = z.number().nonnegative();
const ipClass = z.enum(['compute', 'memory', 'datapath']);

const activity = {
  id: z.string(),
  class: ipClass,
  busyCycles: cycles,
  idleCycles: z.number().describe('Latency less busy cycles.'),
  energyPicojoules: figure.describe('While busy; static energy is not in it.'),
};

/** The fields of a graph's prediction, at the top level of the document. */
export const graphPredictionFields = {
  graph: z.string().describe('Name of the graph.'),
  mode: z.enum(['coarse', 'fine']),
  latencyCycles: cycles.describe(
    "Cycles of the graph's clock; whole, as all cycles are, where it is the only one. Fine mode: exact for the graph. Coarse mode: a lower bound of that.",
  ),
  latencyUpperBoundCycles: cycles.optional().describe('Coarse mode: the fine mode is never above it.'),
  clockMegahertz: z
    .number()
    .positive()
    .optional()
    .describe('Absent, as seconds and milliwatts are, for a graph without a clock.'),
  latencySeconds: figure.optional(),
  powerMilliwatts: figure.optional(),
  energyPicojoules: figure.describe('Busy and static.'),
  staticEnergyPicojoules: figure,
  nodes: z
    .array(
      z.object({
        ...activity,
        waitInputCycles: cycles
          .optional()
          .describe('Cycles before its end in which tokens were missing. Waits are absent in coarse mode.'),
        waitOutputCycles: cycles.optional().describe('Tokens were there, an out-edge had no room.'),
        waitResourceCycles: cycles.optional().describe('Tokens and room were there, another node held the resource.'),
        waitClockCycles: cycles
          .optional()
          .describe('All was there, and its clock had no edge; with several clocks only.'),
        finishCycle: cycles.optional().describe('Cycle at the start of which it had finished.'),
      }),
    )
    .describe('Nodes of sub-graphs have the names of what they are inside of before theirs, with slashes.'),
  resources: z
    .array(
      z.object({
        ...activity,
        clockMegahertz: z
          .number()
          .positive()
          .optional()
          .describe("Of its own clock, where that is another than the graph's."),
      }),
    )
    .describe('Instances of hardware; nodes with hardware of their own have one by their name.'),
  bottleneck: z.string().describe('Node with the fewest idle cycles.'),
  bottleneckResource: z.string().describe('Resource with the fewest idle cycles.'),
  simulation: z
    .object({
      states: count,
      simulatedExecutions: count.describe(
        'Executions of states that were stepped through; the others are steady states.',
      ),
      totalExecutions: count,
    })
    .optional()
    .describe('What the fine mode took.'),
};
