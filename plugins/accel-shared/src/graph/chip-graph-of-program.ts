import type { ChipGraph, MemoryModel, Platform } from '@autodnnchip/core';

import type { ChipResources, PredictedProgram } from '../prediction/fine-prediction.js';
import { layerActivities } from '../prediction/layer-activity.js';
import { programEnergy } from '../prediction/layer-energy.js';
import { programGraph } from './program-graph.js';

/** The graph of a program on a platform: its fine mode gives the latency and the energy of `predictProgram`. */
export function chipGraphOfProgram(
  program: PredictedProgram,
  platform: Platform,
  memory: MemoryModel,
  resources: ChipResources,
): ChipGraph {
  const { configuration, instructions, layers } = program;
  const activities = layerActivities(instructions, layers.length, configuration);
  const energy = programEnergy(activities, configuration, platform, {
    resources: resources.clocked,
    clockMegahertz: platform.clockMegahertz,
  });
  return programGraph(program, memory, platform.clockMegahertz, energy);
}
