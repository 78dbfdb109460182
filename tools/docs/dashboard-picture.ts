import type { Template } from '../../source/domain/operator/permissions/template.ts';
import { METRICS_NAMESPACE } from '../../source/domain/watch/metrics.ts';
import { dashboardIn } from './dashboard.ts';
import type { Widget, WidgetLine } from './dashboard.ts';
import { label, rounded, svgDocument, widthOf } from './svg.ts';

/** Values of a metric over the seconds of a run, by its name; see record-metrics.ts. */
export type RecordedMetrics = Readonly<Record<string, readonly (readonly [seconds: number, value: number])[]>>;

const [COLUMN, ROW, MARGIN, GAP] = [42, 30, 16, 8];
const COLOURS = ['ours', 'theirs', 'ours-too', 'measured'] as const;

interface Drawn {
  readonly name: string;
  readonly points: readonly (readonly [number, number])[];
}

/** The dashboard of the primary Region as CloudWatch lays it out, with the metrics of a recorded run, as SVG. */
export function dashboardPicture(template: Template, recorded: RecordedMetrics): string {
  const { widgets } = dashboardIn(template, 'primary', NAMES);
  const shown = widgets.filter(({ type }) => type !== 'text');
  const top = Math.min(...shown.map(({ y }) => y));
  const bottom = Math.max(...shown.map(({ y, height }) => y + height));
  const end = Math.max(...Object.values(recorded).flatMap((points) => points.map(([at]) => at)));
  return svgDocument(
    2 * MARGIN + 24 * COLUMN,
    2 * MARGIN + (bottom - top) * ROW,
    "Dashboard of the primary Region, with the metrics of a demo's run",
    shown.flatMap((widget) => panel({ ...widget, y: widget.y - top }, recorded, end)),
  );
}

const NAMES = {
  'AWS::Region': 'us-east-1',
  PrimaryRegion: 'us-east-1',
  SecondaryRegion: 'eu-west-1',
  ExportFrequency: 'EVERY_DAY',
  CognitoTPS: '25',
};

function panel(widget: Widget, recorded: RecordedMetrics, end: number): string[] {
  const [x, y] = [MARGIN + widget.x * COLUMN, MARGIN + widget.y * ROW];
  const [width, height] = [widget.width * COLUMN - GAP, widget.height * ROW - GAP];
  const frame = `<rect x="${rounded(x)}" y="${rounded(y)}" width="${rounded(width)}" height="${rounded(height)}" rx="6" class="legend" stroke-width="1"/>`;
  const title = label(x + 12, y + 20, widget.title, { size: 13, weight: 600, anchor: 'start' });
  const inside = { x: x + 44, y: y + 34, width: width - 60, height: height - 34 - 60 };
  return [frame, title, ...contentOf(widget, { x, y, width, height }, inside, recorded, end)];
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function contentOf(widget: Widget, outside: Box, inside: Box, recorded: RecordedMetrics, end: number): string[] {
  if (widget.type === 'alarm') return alarmNames(widget, outside);
  const ours = widget.lines.some(
    ({ metric, options }) => metric?.namespace === METRICS_NAMESPACE || options.expression !== undefined,
  );
  if (!ours) {
    const what = widget.type === 'log' ? "a query of the functions' logs" : 'a metric of AWS itself';
    return [
      label(
        outside.x + outside.width / 2,
        outside.y + outside.height / 2 + 8,
        `${what}, which the local cloud does not have`,
        { size: 12, className: 'muted' },
      ),
    ];
  }
  return chart(widget, inside, recorded, end);
}

/** One box for each alarm, as many in a row as there is room for. */
function alarmNames({ alarms }: Widget, { x, y, width }: Box): string[] {
  const names = alarms.map((name) => name.replace(/Alarm\.Arn$/, ''));
  const size = 10.5;
  const parts: string[] = [];
  let [left, row] = [x + 12, y + 30];
  for (const name of names) {
    const wide = widthOf(name, size) + 14;
    if (left + wide > x + width - 8) [left, row] = [x + 12, row + 24];
    parts.push(
      `<rect x="${rounded(left)}" y="${rounded(row)}" width="${wide}" height="18" rx="4" class="green" stroke-width="1"/>`,
      label(left + wide / 2, row + 13, name, { size }),
    );
    left += wide + 6;
  }
  return parts;
}

/** The lines of a widget on one scale from 0 on. */
function chart({ lines, annotations }: Widget, box: Box, recorded: RecordedMetrics, end: number): string[] {
  const drawn = lines
    .filter(({ options }) => options.visible !== false)
    .flatMap((line) => drawnOf(line, lines, recorded));
  const values = [
    ...drawn.flatMap(({ points }) => points.map(([, value]) => value)),
    ...annotations.map(({ value }) => value),
  ];
  const most = niceAbove(Math.max(...values, 0));
  const at = ([seconds, value]: readonly [number, number]): string =>
    `${rounded(box.x + (seconds / end) * box.width)} ${rounded(box.y + box.height - (value / most) * box.height)}`;
  const grid = [0, 0.5, 1].flatMap((share) => {
    const y = box.y + box.height * (1 - share);
    return [
      `<line x1="${rounded(box.x)}" y1="${rounded(y)}" x2="${rounded(box.x + box.width)}" y2="${rounded(y)}" class="grid"/>`,
      label(box.x - 6, y + 4, short(most * share), { size: 10, className: 'muted', anchor: 'end' }),
    ];
  });
  const limits = annotations.map(({ label: name, value }) => {
    const [from, to] = [at([0, value]), at([end, value])];
    return [
      `<path d="M${from} L${to}" class="error" fill="none" stroke-dasharray="5 4"/>`,
      label(box.x + box.width, Number(from.split(' ')[1]) - 4, name, {
        size: 10,
        className: 'error-text',
        anchor: 'end',
      }),
    ];
  });
  const curves = drawn.map(({ points }, index) => {
    const colour = COLOURS[index % COLOURS.length] as string;
    const path = points.map((point, step) => `${step === 0 ? 'M' : 'L'}${at(point)}`).join(' ');
    const dots = points.map(
      (point) => `<circle cx="${at(point).split(' ')[0]}" cy="${at(point).split(' ')[1]}" r="2.2" class="${colour}"/>`,
    );
    return [`<path d="${path}" class="${colour}" fill="none" style="fill:none" stroke-width="1.6"/>`, ...dots];
  });
  return [...grid, ...limits.flat(), ...curves.flat(), ...legend(drawn, box, end)];
}

function legend(drawn: readonly Drawn[], box: Box, end: number): string[] {
  let left = box.x - 32;
  let row = box.y + box.height + 26;
  const parts = [
    label(box.x, box.y + box.height + 13, '0', { size: 10, className: 'muted' }),
    label(box.x + box.width, box.y + box.height + 13, `${Math.round(end / 60)} min`, {
      size: 10,
      className: 'muted',
      anchor: 'end',
    }),
  ];
  for (const [index, { name, points }] of drawn.entries()) {
    const text = points.length === 0 ? `${name} (none)` : name;
    const wide = widthOf(text, 10) + 18;
    if (left + wide > box.x + box.width + 12) [left, row] = [box.x - 32, row + 13];
    parts.push(
      `<rect x="${rounded(left)}" y="${rounded(row - 7)}" width="8" height="8" class="${COLOURS[index % COLOURS.length]}"/>`,
      label(left + 12, row, text, { size: 10, className: 'muted', anchor: 'start' }),
    );
    left += wide;
  }
  return parts;
}

/** A metric's points, or those of `id / divisor`. */
function drawnOf({ metric, options }: WidgetLine, lines: readonly WidgetLine[], recorded: RecordedMetrics): Drawn[] {
  if (metric !== undefined) return [{ name: options.label ?? metric.name, points: recorded[metric.name] ?? [] }];
  const [, id, divisor = '1'] = /^(\w+) \/ (\d+)$/.exec(options.expression ?? '') ?? [];
  const of = lines.find((line) => line.options.id === id)?.metric;
  const points = (recorded[of?.name ?? ''] ?? []).map(([at, value]): [number, number] => [at, value / Number(divisor)]);
  return [{ name: options.label ?? '', points }];
}

/** The next number of the form 1, 2 or 5 times a power of ten. */
function niceAbove(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 5, 10].find((step) => step * power >= value) ?? 10) * power;
}

const short = (value: number): string => (value >= 1000 ? `${value / 1000}k` : String(Math.round(value * 1000) / 1000));
