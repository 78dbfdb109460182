import { pieces, textArea, toSvg } from './drawing.ts';
import type { Area, DrawnBox, Drawing, DrawnLine, DrawnText, Point } from './drawing.ts';
import { LABEL_SIZE, layeredLayout } from './layered-layout.ts';
import type { Layout } from './layered-layout.ts';
import { pathsOf, transitionsFrom } from './workflow.ts';
import type { Transition, WorkflowDefinition } from './workflow.ts';

const COLOURS: Readonly<Record<string, string>> = {
  Task: 'blue',
  Choice: 'yellow',
  Wait: 'violet',
  Succeed: 'green',
  Fail: 'red',
};
const MARGIN = 20;
const HEADER = 60;
const GAP = 22;
/** Between a condition and the line that it stands above, and the box behind it. */
const LABEL_ROOM = 9;

/** Draws a workflow from its own ASL as SVG. */
export const workflowPicture = (name: string, workflow: WorkflowDefinition): string =>
  toSvg(workflowDrawing(name, workflow));

/** Every state once, every transition as a line; the errors of all states join one dashed line, apart from the way to success. */
export function workflowDrawing(name: string, workflow: WorkflowDefinition): Drawing {
  const { main, beside, error, toHandler } = pathsOf(workflow);
  const between = (states: readonly string[]) =>
    states.flatMap((state) => transitionsFrom(workflow, state).filter(({ to }) => states.includes(to)));
  const way = layeredLayout(main, beside, between([...main, ...beside]));
  const [handler] = error;
  if (handler === undefined) return drawing(name, workflow, [moved(way, MARGIN, HEADER)], [], []);

  const handling = layeredLayout([handler], error.slice(1), between(error));
  const stubs = toHandler.map(({ from }) => way.boxes.get(from) as Area);
  const lowest = Math.max(...stubs.map(({ y, height }) => y + height));
  const top = Math.max(lowest + GAP, way.height - handling.height);
  const right = shiftToTheRight(way, handling, handler, stubs, top);
  const left = MARGIN - Math.min(0, right);
  const placed = moved(handling, left + right, HEADER + top);
  const bundle = errorBundle(toHandler, moved(way, left, HEADER), placed, handler);
  return drawing(name, workflow, [moved(way, left, HEADER), placed], bundle.lines, bundle.texts);
}

/** How far to the right the handling of errors can lie without meeting what the way to success has beside it, nor its line. */
function shiftToTheRight(way: Layout, handling: Layout, handler: string, stubs: readonly Area[], top: number): number {
  const furthestLeft = (from: number, to: number): number =>
    Math.min(
      ...[...way.boxes.values()].filter(({ y, height }) => y < to && y + height > from).map(({ x }) => x),
      ...way.lines.flatMap(({ points }) =>
        points.flatMap((point, index) => {
          const next = points[index + 1] ?? point;
          return Math.min(point.y, next.y) < to && Math.max(point.y, next.y) > from ? [point.x, next.x] : [];
        }),
      ),
    );
  const first = Math.min(...stubs.map(({ y }) => y));
  const { x, width } = handling.boxes.get(handler) as Area;
  return Math.min(
    furthestLeft(top, top + handling.height) - GAP - handling.width,
    furthestLeft(first, top) - GAP - (x + width / 2),
  );
}

/** One dashed line to the state that handles errors, joined by a short one from every state that leads there. */
function errorBundle(
  toHandler: readonly Transition[],
  way: Layout,
  handling: Layout,
  handler: string,
): { lines: DrawnLine[]; texts: DrawnText[] } {
  const target = handling.boxes.get(handler) as Area;
  const x = target.x + target.width / 2;
  const starts = toHandler.map(({ from, isError, label }) => {
    const box = way.boxes.get(from) as Area;
    return { from, isError, label, x: box.x, y: box.y + box.height / 2 };
  });
  const [first, ...others] = starts.toSorted((one, other) => one.y - other.y);
  if (first === undefined) return { lines: [], texts: [] };
  const lines = [
    { from: first.from, to: handler, isError: true, points: [first, { x, y: first.y }, { x, y: target.y }] },
    ...others.map(({ from, isError, ...start }) => ({
      from,
      to: handler,
      isError,
      joins: true,
      points: [start, { x, y: start.y }],
    })),
  ];
  const style = { size: LABEL_SIZE, anchor: 'end' } as const;
  const conditions = starts
    .filter(({ isError }) => !isError)
    .map(({ x: end, y, label }) => ({
      x: end - LABEL_ROOM,
      y: y - LABEL_ROOM,
      lines: label,
      className: 'muted' as const,
      ...style,
    }));
  return {
    lines,
    texts: [{ x: x - 8, y: first.y + 20, lines: ['any error'], className: 'error-text', ...style }, ...conditions],
  };
}

function drawing(
  name: string,
  workflow: WorkflowDefinition,
  layouts: readonly Layout[],
  lines: readonly DrawnLine[],
  texts: readonly DrawnText[],
): Drawing {
  const boxes = layouts.flatMap((layout) =>
    [...layout.boxes].map(([text, { x, y, width, height }]): DrawnBox => {
      const className = COLOURS[workflow.States[text]?.Type ?? ''] ?? 'grey';
      return { x, y, width, height, text, className };
    }),
  );
  const drawn = [...layouts.flatMap((layout) => layout.lines), ...lines];
  const all = [...boxes, ...layouts.flatMap((layout) => layout.texts.map(textArea)), ...drawn.flatMap(pieces)];
  return {
    title: name,
    width: Math.ceil(Math.max(...all.map(({ x, width }) => x + width)) + MARGIN),
    height: Math.ceil(Math.max(...all.map(({ y, height }) => y + height)) + MARGIN),
    boxes,
    texts: [
      { x: MARGIN, y: 26, lines: [name], size: 18, weight: 600, anchor: 'start' },
      ...layouts.flatMap((layout) => layout.texts),
      ...texts,
    ],
    lines: drawn,
  };
}

function moved({ boxes, lines, texts, ...size }: Layout, right: number, down: number): Layout {
  const at = <T extends Point>(point: T): T => ({ ...point, x: point.x + right, y: point.y + down });
  return {
    ...size,
    boxes: new Map([...boxes].map(([name, box]) => [name, at(box)])),
    lines: lines.map((line) => ({ ...line, points: line.points.map(at) })),
    texts: texts.map(at),
  };
}
