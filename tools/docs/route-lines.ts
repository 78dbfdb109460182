import type { DrawnLine, Point } from './drawing.ts';
import type { Transition } from './workflow.ts';

/** Where a line passes a layer, or the middle and the width of the box that it begins or ends at. */
export interface Layer {
  readonly layer: number;
  readonly x: number;
  readonly width?: number;
}
/** The way of one line through the layers, each next to the one before. */
export interface Way {
  readonly transition: Transition;
  readonly start: Layer;
  readonly end: Layer;
  readonly bends: readonly Layer[];
}
/** A piece of a line in the gap below a layer, from the layer above the gap to the one below it. */
interface Hop {
  readonly gap: number;
  readonly upper: number;
  readonly lower: number;
}

const CLEAR = 13;
const TRACK = 9;
const PORT = 14;

/**
 * Draws every line by vertical and horizontal pieces. A horizontal piece lies in the gap between two layers, on a track that
 * it has for itself, so no line runs through a box or a label; a gap is as high as its tracks need.
 */
export function routeLines(
  heights: readonly number[],
  ways: readonly Way[],
): { tops: readonly number[]; height: number; lines: readonly DrawnLine[] } {
  const portOf = ports(ways);
  const columns = ways.map((way) => [
    { layer: way.start.layer, x: portOf(way, 'start') },
    ...way.bends,
    { layer: way.end.layer, x: portOf(way, 'end') },
  ]);
  const hopsOf = columns.map((layers) => layers.slice(1).map((to, index) => hop(layers[index] as Layer, to)));
  const tracks = heights.map((_, gap) => inTracks(hopsOf.flat().filter((one) => one.gap === gap && !isStraight(one))));

  const tops: number[] = [];
  let y = 0;
  for (const [layer, height] of heights.entries()) {
    tops.push(y);
    y += height + gapHeight((tracks[layer] as Hop[]).length);
  }
  const bottom = (layer: number): number => (tops[layer] as number) + (heights[layer] as number);
  const height = bottom(heights.length - 1);
  const trackY = (one: Hop): number => bottom(one.gap) + CLEAR + (tracks[one.gap] as Hop[]).indexOf(one) * TRACK;

  const lines = ways.map(({ transition: { from, to, isError }, start, end }, index): DrawnLine => {
    const layers = columns[index] as Layer[];
    const hops = hopsOf[index] as Hop[];
    const isDown = (hops[0] as Hop).gap === start.layer;
    const arrivesFromAbove = (hops.at(-1) as Hop).gap < end.layer;
    const turns = hops.flatMap((one, step): Point[] => {
      if (isStraight(one)) return [];
      return [layers[step], layers[step + 1]].map((layer) => ({ x: (layer as Layer).x, y: trackY(one) }));
    });
    const points = [
      { x: (layers[0] as Layer).x, y: isDown ? bottom(start.layer) : (tops[start.layer] as number) },
      ...turns,
      { x: (layers.at(-1) as Layer).x, y: arrivesFromAbove ? (tops[end.layer] as number) : bottom(end.layer) },
    ];
    return { from, to, isError, points };
  });
  return { tops, height, lines };
}

const gapHeight = (tracks: number): number => (tracks === 0 ? CLEAR : 2 * CLEAR + (tracks - 1) * TRACK);
const isStraight = ({ upper, lower }: Hop): boolean => Math.abs(upper - lower) < 0.5;
const hop = (from: Layer, to: Layer): Hop =>
  from.layer < to.layer
    ? { gap: from.layer, upper: from.x, lower: to.x }
    : { gap: to.layer, upper: to.x, lower: from.x };

/** Where each line leaves and reaches its boxes: straight above or below its next bend if it can, else near that corner. */
function ports(ways: readonly Way[]): (way: Way, end: 'start' | 'end') => number {
  const ends = ways.flatMap((way) => [endOf(way, 'start'), endOf(way, 'end')]);
  return (way, end) => {
    const { side, towards } = endOf(way, end);
    const { x, width = 0 } = way[end];
    const [left, right] = [x - width / 2 + PORT, x + width / 2 - PORT];
    const beyond = (further: (other: number) => boolean): number =>
      ends.filter((other) => other.side === side && further(other.towards)).length * PORT;
    if (towards < left) return left + beyond((other) => other < towards);
    if (towards > right) return right - beyond((other) => other > towards);
    return towards;
  };
}

/** The side of the box that a line leaves or reaches, and the column that it comes from or goes to. */
function endOf({ transition, start, end, bends }: Way, which: 'start' | 'end'): { side: string; towards: number } {
  const next = (which === 'start' ? bends[0] : bends.at(-1)) as Layer;
  const isBelow = next.layer > (which === 'start' ? start : end).layer;
  const name = which === 'start' ? transition.from : transition.to;
  return { side: `${isBelow ? 'below' : 'above'} ${name}`, towards: next.x };
}

/** An order of the pieces from top to bottom of their gap in which few of them cross. */
function inTracks(hops: readonly Hop[]): Hop[] {
  const order: Hop[] = [];
  for (const one of hops) {
    const crossings = Array.from({ length: order.length + 1 }, (_, at) =>
      order.reduce((sum, other, index) => sum + (index < at ? crosses(other, one) : crosses(one, other)), 0),
    );
    order.splice(crossings.indexOf(Math.min(...crossings)), 0, one);
  }
  return order;
}

/** How often the two cross when the first lies above the second; pieces that would cover each other count more. */
function crosses(above: Hop, below: Hop): number {
  const within = (x: number, { upper, lower }: Hop): number =>
    x >= Math.min(upper, lower) && x <= Math.max(upper, lower) ? 1 : 0;
  const covers = above.lower === below.upper ? 10 : 0;
  return within(above.lower, below) + within(below.upper, above) + covers;
}
