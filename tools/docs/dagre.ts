import * as dagre from '@dagrejs/dagre';
import type { Area, Point } from './drawing.ts';

interface Size {
  readonly width: number;
  readonly height: number;
}
/** What is used of dagre: its own declarations import each other without file extensions, which TypeScript's nodenext does not resolve. */
interface DagreGraph {
  setGraph(options: object): void;
  setNode(name: string, size: Size): void;
  setEdge(from: string, to: string, options: object): void;
  graph(): Size;
  node(name: string): Area;
  edge(from: string, to: string): Partial<Point> & { readonly points: readonly Point[] };
}
const { Graph, layout } = dagre as unknown as {
  readonly Graph: new () => DagreGraph;
  readonly layout: (graph: DagreGraph, options: object) => void;
};

/** What leads from one node to another, with the size of its label. */
export interface Edge extends Size {
  readonly from: string;
  readonly to: string;
  readonly weight: number;
}
/** Where dagre puts nodes (by their middle) and edges; whatever lies in the same layer has the same `y`. */
export interface Placement {
  readonly width: number;
  readonly nodes: ReadonlyMap<string, Area>;
  /** For each edge where it passes the layers between its nodes, and the layer in which dagre left room for the label. */
  readonly edges: readonly { readonly bends: readonly Point[]; readonly labelY: number | undefined }[];
}

/** Room between a line and the label to the right of it. */
export const LABEL_OFFSET = 6;

/** Lays a graph out from top to bottom, the nodes of `main` straight below each other and every other one to the right of them. */
export function placeByDagre(
  nodes: ReadonlyMap<string, Size>,
  edges: readonly Edge[],
  main: readonly string[],
): Placement {
  const graph = new Graph();
  graph.setGraph({ rankdir: 'TB', nodesep: 24, edgesep: 18, ranksep: 30 });
  for (const [name, size] of nodes) graph.setNode(name, { ...size });
  for (const { from, to, ...options } of edges)
    graph.setEdge(from, to, { ...options, labelpos: 'r', labeloffset: LABEL_OFFSET });
  const beside = [...nodes.keys()].filter((name) => !main.includes(name));
  const constraints = beside.flatMap((right) => main.map((left) => ({ left, right })));
  layout(graph, { corePath: [...main], constraints });
  return {
    width: graph.graph().width,
    nodes: new Map([...nodes.keys()].map((name) => [name, graph.node(name)])),
    edges: edges.map(({ from, to }) => {
      const { points, y } = graph.edge(from, to);
      return { bends: points.slice(1, -1), labelY: y };
    }),
  };
}
