import type { Clock } from '../../../source/domain/ports.ts';
import type { ErrorRule, State, WorkflowAsl } from './definition.ts';
import { filledParameters, holds, TaskError, valueAt, withResult } from './paths.ts';
import type { Json } from './paths.ts';

/** By their names in the definition's substitutions: `SyncUsers`. What one fails with as a Lambda function is a TaskError. */
export type Functions = Readonly<Record<string, (event: unknown) => Promise<unknown>>>;

/** Where an execution is: a redrive enters the state again, with the same input. */
export interface Position {
  readonly state: string;
  readonly data: Json;
}

export interface EndedExecution {
  readonly status: 'SUCCEEDED' | 'FAILED';
  readonly output?: unknown;
  readonly error?: string;
  readonly cause?: string;
  /** States entered, in order. */
  readonly states: readonly string[];
  readonly historyEvents: number;
}

export interface WorkflowSetting {
  readonly functions: Functions;
  readonly clock: Clock;
  /** The execution's id and start, as the context object tells them. */
  readonly execution: { readonly id: string; readonly startTime: string };
  /** Is told every state before it is worked on, and may take its time. */
  readonly entered?: (at: Position) => void | Promise<void>;
  /** Goes on from there instead of from the first state. */
  readonly from?: Position | undefined;
}

/** Step Functions ends an execution whose history is longer. */
const MAX_HISTORY_EVENTS = 25_000;
/** What Step Functions writes about an execution: its start and end; a state entered and left; a function called. */
const EVENTS = { execution: 2, state: { Task: 2, Choice: 2, Wait: 2, Succeed: 1, Fail: 0 }, attempt: 3 } as const;

/**
 * Runs a workflow's own definition on functions of this process: the states, Retry, Catch and paths that the workflows
 * use, with Step Functions' rules on what follows an error. Payloads pass through JSON, as between Lambda and Step Functions.
 *
 * @throws whatever `entered` throws, or a function that is no TaskError; Error for a state that it does not know
 */
export async function runWorkflow(
  { StartAt, States }: WorkflowAsl,
  input: object,
  { functions, clock, execution: { id, startTime }, entered, from }: WorkflowSetting,
): Promise<EndedExecution> {
  const context = { Execution: { Id: id, StartTime: startTime, Input: input } };
  const states: string[] = [];
  let name = from?.state ?? StartAt;
  let data = throughJson(from?.data ?? input) as Json;
  let historyEvents: number = EVENTS.execution;
  for (;;) {
    const state = States[name];
    if (state === undefined) throw new Error(`The workflow has no state ${name}.`);
    if (!Object.hasOwn(EVENTS.state, state.Type))
      throw new Error(
        `${name} is a ${state.Type} state; the workflows are loops of tasks, without a transition per item.`,
      );
    states.push(name);
    historyEvents += EVENTS.state[state.Type];
    await entered?.({ state: name, data });
    switch (state.Type) {
      case 'Succeed': {
        const output = valueAt(state.OutputPath ?? '$', data, context);
        return { status: 'SUCCEEDED', output, states, historyEvents };
      }
      case 'Fail': {
        const text = (path: string | undefined, fixed = ''): string =>
          path === undefined ? fixed : String(valueAt(path, data, context));
        const [error, cause] = [text(state.ErrorPath, state.Error), text(state.CausePath)];
        return { status: 'FAILED', error, cause, states, historyEvents };
      }
      case 'Choice':
        name = state.Choices?.find((condition) => holds(condition, data))?.Next ?? state.Default ?? '';
        break;
      case 'Wait':
        await clock.sleep((state.Seconds ?? Number(valueAt(state.SecondsPath ?? '$', data, context))) * 1000);
        name = state.Next ?? '';
        break;
      case 'Task': {
        const ended = await runTask(state, data, { functions, clock, context });
        historyEvents += EVENTS.attempt * ended.attempts;
        [name, data] = [ended.next, ended.data];
      }
    }
    if (historyEvents > MAX_HISTORY_EVENTS)
      throw new Error(`The workflow did not end within ${MAX_HISTORY_EVENTS} events of its history.`);
  }
}

interface TaskSetting extends Pick<WorkflowSetting, 'functions' | 'clock'> {
  readonly context: Json;
}

/** One task with its Retry and Catch. */
async function runTask(
  state: State,
  data: Json,
  { functions, clock, context }: TaskSetting,
): Promise<{ readonly next: string; readonly data: Json; readonly attempts: number }> {
  const call = functions[/\$\{(\w+)FunctionArn\}/.exec(state.Resource ?? '')?.[1] ?? ''];
  if (call === undefined) throw new Error(`No function for ${state.Resource}.`);
  const event = state.Parameters === undefined ? data : filledParameters(state.Parameters, data, context);
  const tried = new Map<ErrorRule, number>();
  for (let attempts = 1; ; attempts += 1) {
    try {
      const result = throughJson(await call(throughJson(event)));
      return { next: state.Next ?? '', data: withResult(data, state.ResultPath ?? '$', result), attempts };
    } catch (error) {
      if (!(error instanceof TaskError)) throw error;
      const rule = state.Retry?.find((candidate) => matches(candidate, error.name));
      const repeats = rule === undefined ? 0 : (tried.get(rule) ?? 0);
      if (rule !== undefined && repeats < (rule.MaxAttempts ?? 3)) {
        tried.set(rule, repeats + 1);
        await clock.sleep(1000 * delaySeconds(rule, repeats));
        continue;
      }
      const caught = state.Catch?.find((candidate) => matches(candidate, error.name));
      if (caught === undefined) throw error;
      const result = { Error: error.name, Cause: error.causeText };
      return { next: caught.Next ?? '', data: withResult(data, caught.ResultPath ?? '$', result), attempts };
    }
  }
}

const delaySeconds = (
  { IntervalSeconds = 1, BackoffRate = 2, MaxDelaySeconds = Infinity }: ErrorRule,
  repeats: number,
) => Math.min(MaxDelaySeconds, IntervalSeconds * BackoffRate ** repeats);

const throughJson = (value: unknown): unknown =>
  value === undefined ? null : (JSON.parse(JSON.stringify(value)) as unknown);

const matches = ({ ErrorEquals }: ErrorRule, name: string): boolean =>
  ErrorEquals.includes(name) || ErrorEquals.includes('States.ALL');
