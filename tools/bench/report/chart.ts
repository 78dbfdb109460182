import { textArea } from '../../docs/drawing.ts';
import type { Area, DrawnText, Point } from '../../docs/drawing.ts';
import { escapeSvg, label, rounded, svgDocument } from '../../docs/svg.ts';
import { axis } from './axis.ts';
import type { Axis } from './axis.ts';

export interface ChartLine {
  readonly name: string;
  /** Its colour, by a class of the pictures' style sheet. */
  readonly className: 'ours' | 'ours-too' | 'measured' | 'limit' | 'theirs';
  readonly points: readonly (readonly [x: number, y: number])[];
  readonly dashed?: boolean;
  /** How each point is shown; without it only the line is. */
  readonly mark?: 'circle' | 'diamond' | 'square';
  /** Only marks, no line. */
  readonly marksOnly?: boolean;
}
export interface Chart {
  readonly title: string;
  readonly xName: string;
  readonly yName: string;
  /** Both axes by powers of ten; else both begin at 0. */
  readonly logarithmic: boolean;
  readonly lines: readonly ChartLine[];
}
/** Where a chart's parts lie, in the units of the picture. */
export interface ChartLayout {
  readonly x: Axis;
  readonly y: Axis;
  readonly plot: Area;
  readonly legend: Area;
}

const [WIDTH, HEIGHT] = [830, 420];
const PLOT: Area = { x: 78, y: 50, width: 728, height: 314 };
const [ROW, SWATCH, INSET] = [20, 44, 12];
const MARK = 6;
/** How much longer the vertical axis may become to make room for the legend, in ticks. */
const HEADROOM = [0, 1, 2, 3];

/** Places the legend in a corner of the plot that no line and no mark reaches; where there is none, the vertical axis grows. */
export function layOutChart({ logarithmic, lines }: Chart): ChartLayout {
  const points = lines.flatMap((line) => line.points);
  const x = axis(
    points.map(([value]) => value),
    { logarithmic, from: PLOT.x, to: PLOT.x + PLOT.width },
  );
  for (const more of HEADROOM) {
    const y = axis(
      points.map(([, value]) => value),
      { logarithmic, from: PLOT.y + PLOT.height, to: PLOT.y, more },
    );
    const drawn = lines.flatMap((line) => pointsAlong(line, x, y));
    const legend = corners(legendSize(lines)).find((area) => !drawn.some((point) => isNear(point, area)));
    if (legend !== undefined) return { x, y, plot: PLOT, legend };
  }
  throw new Error('The chart has no room for its legend.');
}

/** A line chart as SVG; the same data always gives the same text. */
export function drawChart(chart: Chart): string {
  const { title, xName, yName, lines } = chart;
  const { x, y, plot, legend } = layOutChart(chart);
  const [right, bottom] = [plot.x + plot.width, plot.y + plot.height];
  const middle = plot.y + plot.height / 2;
  const at = (line: ChartLine): Point[] => line.points.map(([px, py]) => ({ x: x.at(px), y: y.at(py) }));
  return svgDocument(WIDTH, HEIGHT, title, [
    label(24, 30, title, { size: 16, weight: 600, anchor: 'start' }),
    ...x.ticks.flatMap((tick) => [
      `<path d="M${rounded(x.at(tick))} ${plot.y} V${bottom}" class="grid"/>`,
      label(x.at(tick), bottom + 18, short(tick), { size: 12 }),
    ]),
    ...y.ticks.flatMap((tick) => [
      `<path d="M${plot.x} ${rounded(y.at(tick))} H${right}" class="grid"/>`,
      label(plot.x - 8, y.at(tick) + 4, short(tick), { size: 12, anchor: 'end' }),
    ]),
    `<path d="M${plot.x} ${plot.y} V${bottom} H${right}" fill="none" class="line"/>`,
    label(plot.x + plot.width / 2, HEIGHT - 14, xName, { size: 12 }),
    `<text x="22" y="${middle}" class="text" font-size="12" text-anchor="middle" transform="rotate(-90 22 ${middle})">${escapeSvg(yName)}</text>`,
    ...lines.filter(({ marksOnly }) => marksOnly !== true).map((line) => stroke(line, at(line))),
    ...lines.flatMap((line) => at(line).flatMap((point) => mark(line, point))),
    `<rect x="${legend.x}" y="${legend.y}" width="${legend.width}" height="${legend.height}" rx="6" class="legend"/>`,
    ...lines.flatMap((line, index) => legendRow(line, legend, index)),
  ]);
}

const stroke = ({ className, dashed = false }: ChartLine, points: readonly Point[]): string =>
  `<path d="${points.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${rounded(x)} ${rounded(y)}`).join(' ')}" style="fill:none" class="${className}" stroke-width="2"${dashed ? ' stroke-dasharray="6 4"' : ''}/>`;

function mark({ className, mark: shape }: ChartLine, { x, y }: Point): string[] {
  if (shape === undefined) return [];
  if (shape === 'circle') return [`<circle cx="${rounded(x)}" cy="${rounded(y)}" r="4" class="${className}"/>`];
  const size = shape === 'diamond' ? MARK : 4;
  const corners =
    shape === 'diamond'
      ? `0 ${-size}, ${size} 0, 0 ${size}, ${-size} 0`
      : `${-size} ${-size}, ${size} ${-size}, ${size} ${size}, ${-size} ${size}`;
  return [
    `<polygon points="${corners}" transform="translate(${rounded(x)} ${rounded(y)})" class="${className}" stroke-width="1.5"/>`,
  ];
}

const rowText = ({ name }: ChartLine, legend: Point, index: number): DrawnText => ({
  x: legend.x + SWATCH,
  y: legend.y + 8 + (index + 0.5) * ROW,
  lines: [name],
  size: 12,
  anchor: 'start',
});

function legendRow(line: ChartLine, legend: Area, index: number): string[] {
  const { x, y, lines } = rowText(line, legend, index);
  const ends = [
    { x: legend.x + 10, y },
    { x: legend.x + 36, y },
  ];
  return [
    ...(line.marksOnly === true ? [] : [stroke(line, ends)]),
    ...mark(line, { x: legend.x + 23, y }),
    label(x, y + 4, lines[0] ?? '', { size: 12, anchor: 'start' }),
  ];
}

function legendSize(lines: readonly ChartLine[]): Pick<Area, 'width' | 'height'> {
  const texts = lines.map((line, index) => textArea(rowText(line, { x: 0, y: 0 }, index)));
  return { width: Math.max(...texts.map(({ x, width }) => x + width)) + 8, height: lines.length * ROW + 16 };
}

function corners({ width, height }: Pick<Area, 'width' | 'height'>): Area[] {
  const [left, right] = [PLOT.x + INSET, PLOT.x + PLOT.width - INSET - width];
  const [top, bottom] = [PLOT.y + INSET, PLOT.y + PLOT.height - INSET - height];
  return [
    { x: left, y: top },
    { x: right, y: bottom },
    { x: right, y: top },
    { x: left, y: bottom },
  ].map((corner) => ({ ...corner, width, height }));
}

/** Points of the drawn line, close enough that no corner of a legend fits between two of them. */
export function pointsAlong({ points, marksOnly = false }: ChartLine, x: Axis, y: Axis): Point[] {
  const at = points.map(([px, py]) => ({ x: x.at(px), y: y.at(py) }));
  if (marksOnly) return at;
  return at.flatMap((to, index) => {
    const from = at[index - 1];
    if (from === undefined) return [to];
    const count = Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / 2);
    return Array.from({ length: count }, (_, step) => ({
      x: from.x + ((to.x - from.x) * (step + 1)) / count,
      y: from.y + ((to.y - from.y) * (step + 1)) / count,
    }));
  });
}

const isNear = ({ x, y }: Point, area: Area): boolean =>
  x > area.x - MARK && x < area.x + area.width + MARK && y > area.y - MARK && y < area.y + area.height + MARK;

const short = (value: number): string =>
  value >= 1e6 ? `${value / 1e6}M` : value >= 1000 ? `${value / 1000}k` : String(Math.round(value * 100) / 100);
