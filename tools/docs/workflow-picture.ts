import { arrow, label, rectangle, svgDocument, type Box } from './svg.ts';

interface State {
  readonly Type: string;
  readonly Next?: string;
  readonly Default?: string;
  readonly Choices?: readonly { readonly Next: string }[];
  readonly Catch?: readonly { readonly Next: string }[];
  readonly Comment?: string;
}
export interface Workflow {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

const COLOURS: Readonly<Record<string, readonly [string, string]>> = {
  Task: ['#e8f1fc', '#2f6fb7'],
  Choice: ['#fff5dc', '#b7862f'],
  Wait: ['#f1ecfb', '#6f4fb0'],
  Succeed: ['#e6f6ea', '#2f8a4c'],
  Fail: ['#fdeaea', '#b73a3a'],
};
const ROW = 62;
const BOX = { width: 250, height: 38 };
const LEFT = 150;

/** Draws a workflow from its own ASL: every state once, every transition as an arrow, the shared error path dashed. */
export function workflowPicture(name: string, workflow: Workflow): string {
  const order = stateOrder(workflow);
  const boxes = new Map(order.map((state, row) => [state, { x: LEFT, y: 60 + row * ROW, ...BOX }]));
  const body = [label(24, 32, name, { size: 18, weight: 600, anchor: 'start' })];
  let lane = 0;
  for (const state of order) {
    const targets = transitions(workflow.States[state] as State);
    for (const target of targets)
      body.push(transition(boxes.get(state) as Box, boxes.get(target) as Box, () => (lane += 1)));
  }
  const handler = workflow.States[workflow.StartAt]?.Catch?.[0]?.Next;
  const caught = order.filter((state) => workflow.States[state]?.Catch?.some(({ Next }) => Next === handler));
  // What an error reaches by another way than the shared one, for instance when the message about it fails too.
  for (const state of order) {
    for (const { Next } of workflow.States[state]?.Catch ?? []) {
      if (Next !== handler)
        body.push(transition(boxes.get(state) as Box, boxes.get(Next) as Box, () => (lane += 1), true));
    }
  }
  const height = 60 + order.length * ROW + 20;
  for (const state of order) body.push(stateBox(state, workflow.States[state] as State, boxes.get(state) as Box));
  if (handler !== undefined)
    body.push(
      ...errorPath(
        caught.filter((state) => state !== handler).map((state) => boxes.get(state) as Box),
        boxes.get(handler) as Box,
      ),
    );
  return svgDocument(660, height, name, body);
}

const transitions = (state: State): string[] => [
  ...new Set(
    [...(state.Choices ?? []).map((choice) => choice.Next), state.Default, state.Next].filter(
      (next) => next !== undefined,
    ),
  ),
];

/** The main path first, then what only errors reach. */
function stateOrder({ StartAt, States }: Workflow): string[] {
  const seen: string[] = [];
  const visit = (name: string): void => {
    if (seen.includes(name) || States[name] === undefined) return;
    seen.push(name);
    for (const next of forwardFirst(States[name], States)) visit(next);
  };
  visit(StartAt);
  for (const state of [...seen]) for (const { Next } of States[state]?.Catch ?? []) visit(Next);
  Object.keys(States).forEach(visit);
  return [...seen.filter((name) => !isEnd(States[name])), ...seen.filter((name) => isEnd(States[name]))];
}

const isEnd = (state: State | undefined): boolean => state?.Type === 'Succeed' || state?.Type === 'Fail';
const forwardFirst = (state: State, states: Workflow['States']): string[] =>
  transitions(state).sort((one, other) => Number(isEnd(states[one])) - Number(isEnd(states[other])));

function stateBox(name: string, state: State, box: Box): string {
  const [fill, stroke] = COLOURS[state.Type] ?? ['#f4f5f7', '#707b88'];
  return `${rectangle(box, fill, stroke)}\n${label(box.x + box.width / 2, box.y + 24, name, { weight: 500 })}`;
}

function transition(from: Box, to: Box, nextLane: () => number, dashed = false): string {
  const below = to.y - from.y;
  const middle = from.x + from.width / 2;
  if (below === ROW) return arrow(`M${middle} ${from.y + from.height} L${middle} ${to.y - 2}`, dashed);
  const fromY = from.y + from.height / 2;
  const toY = to.y + to.height / 2;
  const side = 14 + (nextLane() % 9) * 13;
  // Backward transitions (loops) run on the left, forward ones that skip states too, in lanes of their own.
  return arrow(
    `M${from.x} ${fromY + (below > 0 ? 7 : -7)} H${from.x - side} V${toY + (below > 0 ? -7 : 7)} H${to.x - 2}`,
    dashed,
  );
}

function errorPath(from: readonly Box[], handler: Box): string[] {
  const x = handler.x + handler.width + 60;
  const stubs = from.map(
    (box) =>
      `<path d="M${box.x + box.width} ${box.y + 19} H${x}" stroke="#b73a3a" stroke-width="1.2" stroke-dasharray="4 4" fill="none"/>`,
  );
  const top = Math.min(...from.map(({ y }) => y)) + 19;
  return [
    ...stubs,
    arrow(`M${x} ${top} V${handler.y + 19} H${handler.x + handler.width + 2}`, true),
    label(x + 12, top + 24, 'any error', { anchor: 'start', fill: '#b73a3a', size: 12 }),
  ];
}
