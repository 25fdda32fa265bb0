import { definePlugin } from '@autodnnchip/core';
import { drawCommand } from './draw-command.js';

export { drawGraph, drawingLimits, type DrawingOptions, type GraphDrawing } from './draw-graph.js';

/** The command `draw`. */
export const graphDrawing = definePlugin(() => ({
  name: '@autodnnchip/plugin-graph-drawing',
  apiVersion: 1,
  apply(chip) {
    chip.hooks.defineCommands.tap('graph-drawing', commands => commands.add(drawCommand));
  },
}));
