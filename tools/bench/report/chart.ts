import { escapeXml, label, svgDocument } from '../../docs/svg.ts';

export interface Line {
  readonly name: string;
  readonly colour: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  readonly dashed?: boolean;
  /** Only marks, no line. */
  readonly marksOnly?: boolean;
}
export interface Chart {
  readonly title: string;
  readonly xName: string;
  readonly yName: string;
  /** Both axes by powers of ten; else both begin at 0. */
  readonly logarithmic: boolean;
  readonly lines: readonly Line[];
}

const [WIDTH, HEIGHT] = [860, 440];
const PLOT = { left: 78, right: 600, top: 56, bottom: 384 };
const NICE = [1, 2, 2.5, 5, 10];

/** A line chart as SVG; the same data always gives the same text. */
export function drawChart({ title, xName, yName, logarithmic, lines }: Chart): string {
  const points = lines.flatMap(({ points: some }) => some);
  const x = axis(
    points.map(([value]) => value),
    logarithmic,
    PLOT.left,
    PLOT.right,
  );
  const y = axis(
    points.map(([, value]) => value),
    logarithmic,
    PLOT.bottom,
    PLOT.top,
  );
  const round = (value: number): string => (Math.round(value * 10) / 10).toString();
  const path = (some: Line['points']): string =>
    some.map(([px, py], index) => `${index === 0 ? 'M' : 'L'}${round(x.at(px))} ${round(y.at(py))}`).join(' ');
  const marks = ({ points: some, colour }: Line): string[] =>
    some.length > 40
      ? []
      : some.map(([px, py]) => `<circle cx="${round(x.at(px))}" cy="${round(y.at(py))}" r="3.5" fill="${colour}"/>`);
  return svgDocument(WIDTH, HEIGHT, title, [
    label(24, 30, title, { size: 16, weight: 600, anchor: 'start' }),
    ...x.ticks.flatMap((tick) => [
      `<path d="M${round(x.at(tick))} ${PLOT.top} V${PLOT.bottom}" stroke="#e3e8ee"/>`,
      label(x.at(tick), PLOT.bottom + 18, short(tick), { size: 11 }),
    ]),
    ...y.ticks.flatMap((tick) => [
      `<path d="M${PLOT.left} ${round(y.at(tick))} H${PLOT.right}" stroke="#e3e8ee"/>`,
      label(PLOT.left - 8, y.at(tick) + 4, short(tick), { size: 11, anchor: 'end' }),
    ]),
    `<path d="M${PLOT.left} ${PLOT.top} V${PLOT.bottom} H${PLOT.right}" fill="none" stroke="#48566a"/>`,
    label((PLOT.left + PLOT.right) / 2, HEIGHT - 16, xName, { size: 12 }),
    `<text x="20" y="${(PLOT.top + PLOT.bottom) / 2}" font-size="12" fill="#1d2733" text-anchor="middle" transform="rotate(-90 20 ${(PLOT.top + PLOT.bottom) / 2})">${escapeXml(yName)}</text>`,
    ...lines
      .filter(({ marksOnly }) => marksOnly !== true)
      .map(
        ({ points: some, colour, dashed }) =>
          `<path d="${path(some)}" fill="none" stroke="${colour}" stroke-width="2"${dashed === true ? ' stroke-dasharray="6 4"' : ''}/>`,
      ),
    ...lines.flatMap((line) => (line.dashed === true ? [] : marks(line))),
    ...lines.flatMap(({ name, colour, dashed }, index) => [
      `<path d="M${PLOT.right + 18} ${PLOT.top + 10 + index * 24} h22" stroke="${colour}" stroke-width="3"${dashed === true ? ' stroke-dasharray="6 4"' : ''}/>`,
      label(PLOT.right + 48, PLOT.top + 14 + index * 24, name, { size: 12, anchor: 'start' }),
    ]),
  ]);
}

interface Axis {
  readonly at: (value: number) => number;
  readonly ticks: readonly number[];
}

function axis(values: readonly number[], logarithmic: boolean, from: number, to: number): Axis {
  if (logarithmic) {
    const low = Math.floor(Math.log10(Math.min(...values)));
    const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))));
    return {
      at: (value) => from + ((Math.log10(value) - low) / (high - low)) * (to - from),
      ticks: Array.from({ length: high - low + 1 }, (_, step) => 10 ** (low + step)),
    };
  }
  const most = Math.max(1, ...values);
  const power = 10 ** Math.floor(Math.log10(most / 5));
  const step = (NICE.find((nice) => nice * power * 5 >= most) ?? 10) * power;
  const count = Math.ceil(most / step);
  return {
    at: (value) => from + (value / (count * step)) * (to - from),
    ticks: Array.from({ length: count + 1 }, (_, index) => index * step),
  };
}

const short = (value: number): string =>
  value >= 1e6 ? `${value / 1e6}M` : value >= 1000 ? `${value / 1000}k` : String(Math.round(value * 100) / 100);
