import { LABEL_OFFSET, placeByDagre } from './dagre.ts';
import type { Placement } from './dagre.ts';
import { boxWidth, LINE_HEIGHT, meet, pieces, textArea } from './drawing.ts';
import type { Area, DrawnLine, DrawnText, Point } from './drawing.ts';
import { routeLines } from './route-lines.ts';
import type { Layer, Way } from './route-lines.ts';
import { widthOf } from './svg.ts';
import type { Transition } from './workflow.ts';

/** Boxes by name, and the lines between them with their labels; the upper left corner of all of it is 0, 0. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly boxes: ReadonlyMap<string, Area>;
  readonly lines: readonly DrawnLine[];
  readonly texts: readonly DrawnText[];
}

const BOX_HEIGHT = 34;
export const LABEL_SIZE = 12;

/**
 * Lays states out in layers from top to bottom: those of `main` straight below each other, all others to the right of them.
 * Which layer a state lies in, the order within a layer and the columns are dagre's.
 */
export function layeredLayout(
  main: readonly string[],
  beside: readonly string[],
  transitions: readonly Transition[],
): Layout {
  const mainWidth = Math.max(...main.map(boxWidth));
  const nodes = new Map([
    ...main.map((name) => [name, { width: mainWidth, height: BOX_HEIGHT }] as const),
    ...beside.map((name) => [name, { width: boxWidth(name), height: BOX_HEIGHT }] as const),
  ]);
  const edges = transitions.map(({ from, to, label }) => ({
    from,
    to,
    weight: main.includes(from) && main[main.indexOf(from) + 1] === to ? 20 : 1,
    width: Math.max(0, ...label.map((line) => widthOf(line, LABEL_SIZE) + LABEL_OFFSET)),
    height: label.length * LINE_HEIGHT,
  }));
  return drawn(placeByDagre(nodes, edges, main), transitions);
}

/** Takes the columns and the layers from dagre, and the heights of the layers from what has to pass between them. */
function drawn({ width, nodes, edges }: Placement, transitions: readonly Transition[]): Layout {
  const depths = [...[...nodes.values()].map(({ y }) => y), ...edges.flatMap(({ bends }) => bends.map(({ y }) => y))];
  const layers = [...new Set(depths)].sort((one, other) => one - other);
  const layerOf = (y: number): number => layers.indexOf(y);
  const boxHeights = layers.map((depth) =>
    Math.max(0, ...[...nodes.values()].filter(({ y }) => y === depth).map(({ height }) => height)),
  );
  const heights = layers.map((depth, layer) =>
    Math.max(
      boxHeights[layer] as number,
      ...transitions.map(({ label }, index) => (edges[index]?.labelY === depth ? label.length * LINE_HEIGHT : 0)),
    ),
  );
  const boxLayer = (name: string): Layer => {
    const { x, y, width: room } = nodes.get(name) as Area;
    return { layer: layerOf(y), x, width: room };
  };
  const ways = transitions.map((transition, index): Way => {
    const bends = (edges[index]?.bends ?? []).map(({ x, y }) => ({ layer: layerOf(y), x }));
    return { transition, start: boxLayer(transition.from), end: boxLayer(transition.to), bends };
  });
  const { tops, height, lines } = routeLines(heights, ways);

  const middle = (layer: number): number => (tops[layer] as number) + (heights[layer] as number) / 2;
  const boxes = new Map(
    [...nodes].map(([name, { x, y, ...size }]) => [
      name,
      { ...size, x: x - size.width / 2, y: middle(layerOf(y)) - size.height / 2 },
    ]),
  );
  const obstacles = [...boxes.values(), ...lines.flatMap(pieces)];
  const texts = ways.flatMap(({ transition: { from, to, label }, bends }, index): DrawnText[] => {
    if (label.length === 0) return [];
    const room = layerOf(edges[index]?.labelY ?? NaN);
    // Between boxes the lines to the handler of errors would run through the label.
    const text = bends
      .filter(({ layer }) => boxHeights[layer] === 0)
      .toSorted((one, other) => Math.abs(one.layer - room) - Math.abs(other.layer - room))
      .map(({ x, layer }) => labelBeside({ x, y: middle(layer) }, label))
      .find((one) => !obstacles.some((obstacle) => meet(obstacle, textArea(one))));
    if (text === undefined) throw new Error(`There is no room for the label from ${from} to ${to}.`);
    return [text];
  });
  return { width, height, boxes, lines, texts };
}

const labelBeside = ({ x, y }: Point, lines: readonly string[]): DrawnText => ({
  x: x + LABEL_OFFSET,
  y,
  lines,
  size: LABEL_SIZE,
  anchor: 'start',
  className: 'muted',
});
