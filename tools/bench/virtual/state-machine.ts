/** The part of the Amazon States Language that the workflows use on their way to success. */
interface State {
  readonly Type: 'Task' | 'Choice' | 'Wait' | 'Succeed' | 'Fail';
  readonly Resource?: string;
  readonly Parameters?: Readonly<Record<string, unknown>>;
  readonly ResultPath?: string;
  readonly Next?: string;
  readonly Default?: string;
  readonly Choices?: readonly Choice[];
  readonly Seconds?: number;
  readonly SecondsPath?: string;
}
interface Test {
  readonly Variable?: string;
  readonly BooleanEquals?: boolean;
  readonly StringEquals?: string;
  readonly And?: readonly Test[];
}
type Choice = Test & { readonly Next: string };
export interface StateMachine {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

export interface ExecutionDeps {
  /** `functionName` as in the definition's substitution: `SyncUsers`. */
  readonly invoke: (functionName: string, event: unknown) => Promise<unknown>;
  readonly sleep: (ms: number) => Promise<void>;
  readonly transitionMs: number;
  readonly context: Readonly<Record<string, unknown>>;
}

export interface Execution {
  readonly output: unknown;
  readonly transitions: number;
  readonly historyEvents: number;
  /** Largest state that was handed to a function, bytes of JSON. */
  readonly largestPayload: number;
}

/** History events of one visit, as Step Functions writes them: a Lambda task is scheduled, started and ends in between. */
const EVENTS = { Task: 5, Choice: 2, Wait: 2, Succeed: 1, Fail: 0 } as const;

/** Runs a workflow's own definition; an error of a function ends it. */
export async function execute(
  { StartAt, States }: StateMachine,
  input: unknown,
  deps: ExecutionDeps,
): Promise<Execution> {
  let data = input;
  let [transitions, historyEvents, largestPayload] = [0, 2, 0];
  for (let name: string | undefined = StartAt; name !== undefined;) {
    const state: State | undefined = States[name];
    if (state === undefined) throw new Error(`the workflow has no state ${name}`);
    if (state.Type === 'Fail') throw new Error(`the workflow ended in ${name}`);
    transitions += 1;
    historyEvents += EVENTS[state.Type];
    await deps.sleep(deps.transitionMs);
    if (state.Type === 'Task') {
      const event = state.Parameters === undefined ? data : filled(state.Parameters, data, deps.context);
      largestPayload = Math.max(largestPayload, JSON.stringify(event).length);
      const result = await deps.invoke(/^\$\{(\w+)FunctionArn\}$/.exec(state.Resource ?? '')?.[1] ?? '', event);
      data = placed(state.ResultPath ?? '$', data, result);
    } else if (state.Type === 'Wait') {
      await deps.sleep(Number(state.Seconds ?? at(state.SecondsPath ?? '', data)) * 1000);
    }
    name =
      state.Type === 'Choice'
        ? (state.Choices?.find((choice) => holds(choice, data))?.Next ?? state.Default)
        : state.Next;
  }
  return { output: data, transitions, historyEvents, largestPayload };
}

const filled = (
  parameters: Readonly<Record<string, unknown>>,
  data: unknown,
  context: Readonly<Record<string, unknown>>,
): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(parameters).map(([key, value]) =>
      key.endsWith('.$')
        ? [
            key.slice(0, -2),
            String(value).startsWith('$$.') ? at(`$.${String(value).slice(3)}`, context) : at(String(value), data),
          ]
        : [key, value],
    ),
  );

const at = (path: string, data: unknown): unknown =>
  path
    .split('.')
    .slice(1)
    .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], data);

const placed = (path: string, data: unknown, result: unknown): unknown =>
  path === '$' ? result : { ...(data as Record<string, unknown>), [path.slice(2)]: result };

function holds(test: Test, data: unknown): boolean {
  if (test.And !== undefined) return test.And.every((part) => holds(part, data));
  const value = at(test.Variable ?? '', data);
  return test.BooleanEquals === undefined ? value === test.StringEquals : value === test.BooleanEquals;
}
