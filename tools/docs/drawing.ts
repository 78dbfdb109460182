import { label, rounded, svgDocument, widthOf } from './svg.ts';
import type { TextStyle } from './svg.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}
/** An area of a picture by its upper left corner. */
export interface Area extends Point {
  readonly width: number;
  readonly height: number;
}
/** A box, with its name in the middle or, if it is the frame of others, without. */
export interface DrawnBox extends Area {
  readonly className: string;
  readonly text?: string;
}
/** One or more lines of text; `y` is the middle of all of them. */
export interface DrawnText extends Point, TextStyle {
  readonly lines: readonly string[];
}
/** A line from one box to another, with a head at its end unless it joins another line there. */
export interface DrawnLine {
  readonly from: string;
  readonly to: string;
  readonly points: readonly Point[];
  readonly isError?: boolean;
  readonly joins?: boolean;
}
/** A picture of boxes and lines as its parts, before it becomes text: what a test can measure. */
export interface Drawing {
  readonly title: string;
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly DrawnBox[];
  readonly texts: readonly DrawnText[];
  readonly lines: readonly DrawnLine[];
}

const NAME = { size: 13, weight: 500 };
export const LINE_HEIGHT = 14;
/** How wide a box has to be for its name. */
export const boxWidth = (text: string): number => widthOf(text, NAME.size) + 20;

/** The area that a text takes at most. */
export function textArea({ x, y, lines, size = 13, anchor = 'middle' }: DrawnText): Area {
  const width = Math.max(...lines.map((line) => widthOf(line, size)));
  const height = lines.length * LINE_HEIGHT;
  const left = { start: 0, middle: width / 2, end: width }[anchor];
  return { x: x - left, y: y - height / 2, width, height };
}

/** Whether two areas have a point in common. */
export const meet = (one: Area, other: Area): boolean =>
  one.x < other.x + other.width &&
  other.x < one.x + one.width &&
  one.y < other.y + other.height &&
  other.y < one.y + one.height;

/** The pieces of a line, each from one corner to the next, as areas one unit wide. */
export const pieces = ({ points }: DrawnLine): Area[] =>
  points.slice(1).map((to, index) => {
    const from = points[index] as Point;
    return {
      x: Math.min(from.x, to.x) - 0.5,
      y: Math.min(from.y, to.y) - 0.5,
      width: Math.abs(from.x - to.x) + 1,
      height: Math.abs(from.y - to.y) + 1,
    };
  });

/** The picture as SVG; the same parts always give the same text. */
export const toSvg = ({ title, width, height, boxes, texts, lines }: Drawing): string =>
  svgDocument(width, height, title, [
    ...boxes.filter(({ text }) => text === undefined).map(boxShape),
    ...lines.map(lineShape),
    ...boxes.filter(({ text }) => text !== undefined).map(boxShape),
    ...texts.flatMap(textShape),
  ]);

function boxShape({ x, y, width, height, className, text }: DrawnBox): string {
  const shape = `<rect x="${rounded(x)}" y="${rounded(y)}" width="${rounded(width)}" height="${rounded(height)}" rx="7" class="${className}" stroke-width="1.5"/>`;
  return text === undefined ? shape : `${shape}\n${label(x + width / 2, y + height / 2 + 4.5, text, NAME)}`;
}

const textShape = ({ x, y, lines, ...style }: DrawnText): string[] =>
  lines.map((line, index) =>
    label(x, y + (index - (lines.length - 1) / 2) * LINE_HEIGHT + (style.size ?? 13) * 0.35, line, style),
  );

function lineShape({ points, isError = false, joins = false }: DrawnLine): string {
  const name = isError ? 'error' : 'line';
  const marker = joins ? '' : ` marker-end="url(#${name}-head)"`;
  return `<path d="${roundedPath(points)}" class="${name}" fill="none" stroke-width="1.5"${isError ? ' stroke-dasharray="5 4"' : ''}${marker}/>`;
}

const CORNER = 6;

/** The points joined by straight lines, with round corners where there is room for them. */
function roundedPath(points: readonly Point[]): string {
  const at = ({ x, y }: Point): string => `${rounded(x)} ${rounded(y)}`;
  return points
    .map((point, index) => {
      const [before, after] = [points[index - 1], points[index + 1]];
      if (before === undefined) return `M${at(point)}`;
      if (after === undefined) return `L${at(point)}`;
      const radius = Math.min(CORNER, distance(before, point) / 2, distance(point, after) / 2);
      return `L${at(towards(point, before, radius))} Q${at(point)} ${at(towards(point, after, radius))}`;
    })
    .join(' ');
}

const distance = (one: Point, other: Point): number => Math.hypot(one.x - other.x, one.y - other.y);
const towards = (from: Point, to: Point, length: number): Point => {
  const share = length / (distance(from, to) || 1);
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
};
