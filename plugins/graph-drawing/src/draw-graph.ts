import {
  ChipError,
  resolveChipGraph,
  type ChipGraph,
  type GraphPrediction,
  type PlatformTechnologies,
} from '@autodnnchip/core';
import { describeDrawing } from './drawing-model.js';
import { groupNodes } from './groups.js';
import { layOut } from './layout.js';
import { renderSvg } from './render-svg.js';

/** Boxes and edges that a layout takes some seconds for, and that someone can still read. */
export const drawingLimits = { boxes: 300, edges: 500 } as const;

export interface DrawingOptions {
  /** Of the same graph: shares of the latency in boxes, and the bottleneck. */
  readonly prediction?: GraphPrediction;
  /** Technologies of platforms that the graph may refer to. */
  readonly platforms?: PlatformTechnologies;
  /** Nodes of equal structure in one box. Absent: where there are more than `drawingLimits`. */
  readonly fold?: boolean;
}

export interface GraphDrawing {
  readonly svg: string;
  readonly nodes: number;
  /** Fewer than nodes where some were folded. */
  readonly boxes: number;
}

/**
 * Draws a graph. Throws ADC33xx where the graph is not sound, ADC3311 where it is too large also with equal nodes
 * folded.
 */
export async function drawGraph(
  graph: ChipGraph,
  { prediction, platforms, fold }: DrawingOptions = {},
): Promise<GraphDrawing> {
  const resolved = resolveChipGraph(graph, platforms === undefined ? {} : { platforms });
  const isLarge = resolved.nodes.length > drawingLimits.boxes || resolved.edges.length > drawingLimits.edges;
  const grouped = groupNodes(graph, resolved, fold ?? isLarge);
  const drawing = describeDrawing(graph, resolved, grouped, prediction);
  const { nodes, edges } = drawing;
  if (nodes.length > drawingLimits.boxes || edges.length > drawingLimits.edges) {
    throw new ChipError(
      'ADC3311',
      `The graph ${graph.name} has ${nodes.length} boxes and ${edges.length} edges to draw${isLarge && fold !== false ? ', with nodes of equal structure in one box' : ''}; the limits are ${drawingLimits.boxes} and ${drawingLimits.edges}`,
      {
        hint: 'Draw a sub-graph of it as a graph of its own, or give equal nodes equal state machines, so that they are one box.',
      },
    );
  }
  return { svg: renderSvg(drawing, await layOut(drawing)), nodes: resolved.nodes.length, boxes: nodes.length };
}
