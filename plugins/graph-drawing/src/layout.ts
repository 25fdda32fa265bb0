import type { ElkExtendedEdge, ElkNode } from 'elkjs/lib/elk-api.js';
import { boxOf, labelSize, type Box } from './box-sizes.js';
import type { Drawing } from './drawing-model.js';
import { textWidth } from './text.js';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Rectangle extends Point {
  readonly width: number;
  readonly height: number;
}

/** Where everything lies, in pixels from the upper left corner. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly containers: readonly Rectangle[];
  readonly nodes: readonly (Rectangle & { readonly box: Box })[];
  /** By edge: one way, from its start to its end. */
  readonly edges: readonly { readonly points: readonly Point[]; readonly label: Rectangle | undefined }[];
}

export const containerTitle = { size: 12, height: 26, padding: 14 } as const;
/** Where an edge comes from outside or goes there. */
const terminalSize = 12;

const rootOptions: Readonly<Record<string, string>> = {
  'elk.algorithm': 'layered',
  'elk.direction': 'RIGHT',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.edgeRouting': 'ORTHOGONAL',
  // The same drawing every time.
  'elk.randomSeed': '1',
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
  'elk.layered.spacing.nodeNodeBetweenLayers': '34',
  'elk.layered.spacing.edgeNodeBetweenLayers': '16',
  'elk.spacing.nodeNode': '22',
  'elk.spacing.edgeNode': '14',
  'elk.spacing.edgeEdge': '10',
  'elk.spacing.edgeLabel': '3',
  'elk.spacing.componentComponent': '26',
  'elk.padding': '[top=0,left=0,bottom=0,right=0]',
  'elk.json.shapeCoords': 'ROOT',
  'elk.json.edgeCoords': 'ROOT',
};

/** Straighter edges take a time that grows with the square of their number, and more. */
const manyEdges = 150;

/**
 * Places boxes and routes edges with the Eclipse Layout Kernel (elkjs). No text of the graph reaches it, only sizes.
 */
export async function layOut(drawing: Drawing): Promise<Layout> {
  // Loaded on demand: the library is large, and most runs draw nothing.
  const { default: Elk } = await import('elkjs/lib/elk.bundled.js');
  const boxes = drawing.nodes.map(node => boxOf(node, drawing));
  const placed = await new Elk.default().layout(describe(drawing, boxes));
  return collect(placed, drawing, boxes);
}

interface MutableNode extends ElkNode {
  children: MutableNode[];
  edges: ElkExtendedEdge[];
}

function describe(drawing: Drawing, boxes: readonly Box[]): MutableNode {
  const root: MutableNode = {
    id: 'root',
    layoutOptions: {
      ...rootOptions,
      'elk.layered.nodePlacement.strategy': drawing.edges.length > manyEdges ? 'BRANDES_KOEPF' : 'NETWORK_SIMPLEX',
    },
    children: [],
    edges: [],
  };
  const { size, height, padding } = containerTitle;
  const containers = drawing.containers.map(({ title, count }, index): MutableNode => ({
    id: `c${index}`,
    children: [],
    edges: [],
    layoutOptions: {
      'elk.padding': `[top=${height + 6},left=${padding},bottom=${padding},right=${padding}]`,
      'elk.nodeSize.constraints': 'MINIMUM_SIZE',
      'elk.nodeSize.minimum': `(${textWidth(containerText(title, count), size, 'bold') + 2 * padding},${2 * height})`,
    },
  }));
  const parentOf = (container: number): MutableNode => (container < 0 ? root : containers[container]);
  for (const [index, { parent }] of drawing.containers.entries()) parentOf(parent).children.push(containers[index]);
  for (const [index, { container }] of drawing.nodes.entries()) {
    const { width, height: boxHeight } = boxes[index];
    parentOf(container).children.push({ id: `n${index}`, width, height: boxHeight, children: [], edges: [] });
  }
  for (const [index, { from, to, lines }] of drawing.edges.entries()) {
    if (from < 0 || to < 0) {
      root.children.push({ id: `t${index}`, width: terminalSize, height: terminalSize, children: [], edges: [] });
    }
    root.edges.push({
      id: `e${index}`,
      sources: [from < 0 ? `t${index}` : `n${from}`],
      targets: [to < 0 ? `t${index}` : `n${to}`],
      ...(lines.length === 0 ? {} : { labels: [{ text: ' ', ...labelSize(lines) }] }),
    });
  }
  return root;
}

export function containerText(title: string, count: number): string {
  return count === 1 ? title : `${count} × ${title}`;
}

function collect(root: ElkNode, drawing: Drawing, boxes: readonly Box[]): Layout {
  const shapes = new Map<string, Rectangle>();
  const edges = new Map<string, ElkExtendedEdge>();
  const visit = (node: ElkNode): void => {
    shapes.set(node.id, rectangle(node));
    for (const edge of node.edges ?? []) edges.set(edge.id, edge);
    for (const child of node.children ?? []) visit(child);
  };
  visit(root);
  return {
    width: root.width ?? 0,
    height: root.height ?? 0,
    containers: drawing.containers.map((_, index) => shapes.get(`c${index}`)!),
    nodes: boxes.map((box, index) => ({ ...shapes.get(`n${index}`)!, box })),
    edges: drawing.edges.map((_, index) => {
      const edge = edges.get(`e${index}`)!;
      const points = (edge.sections ?? []).flatMap(({ startPoint, bendPoints = [], endPoint }) => [
        startPoint,
        ...bendPoints,
        endPoint,
      ]);
      return {
        points: points.map(({ x, y }) => ({ x, y })),
        label: edge.labels?.[0] === undefined ? undefined : rectangle(edge.labels[0]),
      };
    }),
  };
}

function rectangle({ x = 0, y = 0, width = 0, height = 0 }: Partial<Rectangle>): Rectangle {
  return { x, y, width, height };
}
