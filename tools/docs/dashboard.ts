import type { Template } from '../../source/domain/operator/permissions/template.ts';

/** One line of a widget; an expression has no metric of its own. */
export interface ShownMetric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}
/** What the label of a line says, and how it is drawn. */
export interface LineOptions {
  readonly label?: string;
  readonly id?: string;
  readonly visible?: boolean;
  readonly expression?: string;
  readonly stat?: string;
  readonly yAxis?: 'left' | 'right';
}
/** A line of a widget: a metric, or an expression about others. */
export interface WidgetLine {
  readonly metric?: ShownMetric;
  readonly options: LineOptions;
}
export interface Widget {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly title: string;
  readonly lines: readonly WidgetLine[];
  readonly metrics: readonly ShownMetric[];
  readonly annotations: readonly { readonly label: string; readonly value: number; readonly yAxis?: string }[];
  readonly alarms: readonly string[];
  readonly query?: string;
  readonly markdown?: string;
}

/** Which Region's stack the dashboard belongs to. */
export type DashboardRegion = 'primary' | 'backup';

/** Conditions of the template in a launch with the default parameters. */
const conditionsOf = (place: DashboardRegion): Readonly<Record<string, boolean>> => ({
  IsPrimaryRegion: place === 'primary',
  IsBackupRegion: place === 'backup',
  KeepsSnapshots: true,
});

type Node = string | Readonly<Record<string, unknown>>;

/** Text of a template's value; what it refers to stays as `${...}`. */
function textOf(value: Node, conditions: Readonly<Record<string, boolean>>): string {
  if (typeof value === 'string') return value;
  if ('Fn::If' in value) {
    const [condition, yes, no] = value['Fn::If'] as [string, Node, Node];
    return textOf(conditions[condition] === true ? yes : no, conditions);
  }
  if ('Fn::Join' in value) {
    const [separator, parts] = value['Fn::Join'] as [string, Node[]];
    return parts.map((part) => textOf(part, conditions)).join(separator);
  }
  const sub = value['Fn::Sub'] as string | [string, Readonly<Record<string, Node>>];
  if (typeof sub === 'string') return sub;
  const [text, variables] = sub;
  return Object.entries(variables).reduce(
    (rest, [name, part]) => rest.replaceAll(`\${${name}}`, textOf(part, conditions)),
    text,
  );
}

interface Properties {
  readonly title?: string;
  readonly markdown?: string;
  readonly query?: string;
  readonly alarms?: readonly string[];
  readonly metrics?: readonly (readonly unknown[])[];
  readonly annotations?: { readonly horizontal: Widget['annotations'] };
}

/** The dashboard that the StackSet template makes there; `values` stand for what it refers to, other references for themselves. */
export function dashboardIn(
  { Resources }: Template,
  place: DashboardRegion,
  values: Readonly<Record<string, string>> = {},
): { readonly widgets: readonly Widget[] } {
  const body = Resources['Dashboard']?.Properties['DashboardBody'] as Node;
  const known: Readonly<Record<string, string>> = { CognitoTPS: '10', ...values };
  const text = textOf(body, conditionsOf(place)).replaceAll(
    /\$\{([\w.:]+)\}/g,
    (_, name: string) => known[name] ?? name,
  );
  const { widgets } = JSON.parse(text) as { widgets: (Omit<Widget, keyof Properties> & { properties: Properties })[] };
  return {
    widgets: widgets.map(({ type, x, y, width, height, properties }) => {
      const lines = (properties.metrics ?? []).map(lineOf);
      return {
        type,
        x,
        y,
        width,
        height,
        lines,
        title: properties.title ?? '',
        metrics: lines.flatMap(({ metric }) => (metric === undefined ? [] : [metric])),
        annotations: properties.annotations?.horizontal ?? [],
        alarms: properties.alarms ?? [],
        ...(properties.query === undefined ? {} : { query: properties.query }),
        ...(properties.markdown === undefined ? {} : { markdown: properties.markdown }),
      };
    }),
  };
}

/** `[namespace, name, dimension, value, ..., options]`, or `[options]` of an expression. */
function lineOf(entry: readonly unknown[]): WidgetLine {
  const texts = entry.filter((part) => typeof part === 'string');
  const options = (entry.find((part) => typeof part === 'object') ?? {}) as LineOptions;
  const [namespace, name, ...rest] = texts;
  if (namespace === undefined || name === undefined) return { options };
  const dimensions: Record<string, string> = {};
  for (let at = 0; at + 1 < rest.length; at += 2) dimensions[rest[at] as string] = rest[at + 1] as string;
  return { metric: { namespace, name, dimensions }, options };
}
