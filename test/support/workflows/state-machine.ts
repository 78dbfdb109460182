import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../../source/domain/ports.ts';

/**
 * Runs the workflows' own ASL on functions of this process: the states, Retry, Catch and paths that they use, with Step
 * Functions' rules on what follows an error. Payloads pass through JSON, as between Lambda and Step Functions.
 */
export type Functions = Readonly<Record<string, (event: unknown) => Promise<unknown>>>;

export interface EndedExecution {
  readonly status: 'SUCCEEDED' | 'FAILED';
  readonly output?: unknown;
  readonly error?: string;
  readonly cause?: string;
  /** States entered, in order. */
  readonly states: readonly string[];
}

interface Rule {
  readonly ErrorEquals: readonly string[];
  readonly MaxAttempts?: number;
  readonly IntervalSeconds?: number;
  readonly BackoffRate?: number;
  readonly MaxDelaySeconds?: number;
  readonly ResultPath?: string;
  readonly Next?: string;
}
interface Condition {
  readonly Variable?: string;
  readonly BooleanEquals?: boolean;
  readonly StringEquals?: string;
  readonly And?: readonly Condition[];
  readonly Next?: string;
}
interface State {
  readonly Type: 'Task' | 'Choice' | 'Wait' | 'Succeed' | 'Fail';
  readonly Resource?: string;
  readonly Parameters?: Readonly<Record<string, unknown>>;
  readonly ResultPath?: string;
  readonly OutputPath?: string;
  readonly SecondsPath?: string;
  readonly Seconds?: number;
  readonly Retry?: readonly Rule[];
  readonly Catch?: readonly Rule[];
  readonly Choices?: readonly Condition[];
  readonly Default?: string;
  readonly Next?: string;
  readonly Error?: string;
  readonly ErrorPath?: string;
  readonly CausePath?: string;
}
interface Machine {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}
type Json = Record<string, unknown>;

/** Where an execution is: a redrive enters the state again, with the same input. */
export interface Position {
  readonly state: string;
  readonly data: Json;
}

/** What a task failed with; `name` is what Retry and Catch match. */
export class TaskError extends Error {
  constructor(
    override readonly name: string,
    message: string,
    readonly causeText: string,
  ) {
    super(message);
  }
}

const MAX_STATES = 5_000;
const FOLDER = join(import.meta.dirname, '..', '..', '..', 'source', 'state-machines');
const machines = new Map<string, Machine>();

function machineOf(file: string): Machine {
  const machine = machines.get(file) ?? (JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Machine);
  machines.set(file, machine);
  return machine;
}

export class StateMachine {
  readonly #machine: Machine;
  readonly #states: string[] = [];

  constructor(
    file: 'export-workflow.asl.json' | 'import-workflow.asl.json' | 'verify-workflow.asl.json',
    private readonly functions: Functions,
    private readonly clock: Clock,
  ) {
    this.#machine = machineOf(file);
  }

  /**
   * Runs one execution from its first state, or from `from`, to its end. `entered` is told every state before it is worked
   * on. @throws whatever a function throws that is no TaskError, or `entered`
   */
  async run(
    execution: { readonly id: string; readonly startTime: string },
    input: object,
    { from, entered }: { readonly from?: Position | undefined; readonly entered?: (at: Position) => void } = {},
  ): Promise<EndedExecution> {
    let name = from?.state ?? this.#machine.StartAt;
    let data = copy(from?.data ?? input) as Json;
    for (let count = 0; count < MAX_STATES; count += 1) {
      const state = this.#machine.States[name];
      if (state === undefined) throw new Error(`The workflow has no state ${name}.`);
      this.#states.push(name);
      entered?.({ state: name, data });
      if (state.Type === 'Succeed')
        return { status: 'SUCCEEDED', output: at(data, state.OutputPath ?? '$', execution), states: this.#states };
      if (state.Type === 'Fail') {
        const text = (path: string | undefined, fixed: string | undefined): string =>
          path === undefined ? (fixed ?? '') : String(at(data, path, execution));
        return {
          status: 'FAILED',
          error: text(state.ErrorPath, state.Error),
          cause: text(state.CausePath, undefined),
          states: this.#states,
        };
      }
      if (state.Type === 'Choice') name = choose(state, data);
      else if (state.Type === 'Wait') {
        await this.clock.sleep((state.Seconds ?? Number(at(data, state.SecondsPath ?? '$', execution))) * 1000);
        name = state.Next ?? '';
      } else if (state.Type === 'Task') [name, data] = await this.#task(state, data, execution);
      else
        throw new Error(
          `${name} is a ${String(state.Type)} state; the workflows are loops of tasks, without a transition per item.`,
        );
    }
    throw new Error(`The workflow did not end within ${MAX_STATES} states.`);
  }

  async #task(state: State, data: Json, execution: object): Promise<[string, Json]> {
    const call = this.functions[/\$\{(\w+)FunctionArn\}/.exec(state.Resource ?? '')?.[1] ?? ''];
    if (call === undefined) throw new Error(`No function for ${state.Resource}.`);
    const event = state.Parameters === undefined ? data : parameters(state.Parameters, data, execution);
    const tried = new Map<Rule, number>();
    for (;;) {
      try {
        return [state.Next ?? '', put(data, state.ResultPath ?? '$', copy(await call(copy(event))))];
      } catch (error) {
        if (!(error instanceof TaskError)) throw error;
        const rule = state.Retry?.find((candidate) => matches(candidate, error.name));
        const attempts = rule === undefined ? 0 : (tried.get(rule) ?? 0);
        if (rule !== undefined && attempts < (rule.MaxAttempts ?? 3)) {
          tried.set(rule, attempts + 1);
          await this.clock.sleep(
            1000 *
              Math.min(
                rule.MaxDelaySeconds ?? Infinity,
                (rule.IntervalSeconds ?? 1) * (rule.BackoffRate ?? 2) ** attempts,
              ),
          );
          continue;
        }
        const caught = state.Catch?.find((candidate) => matches(candidate, error.name));
        if (caught === undefined) throw error;
        return [caught.Next ?? '', put(data, caught.ResultPath ?? '$', { Error: error.name, Cause: error.causeText })];
      }
    }
  }
}

const copy = (value: unknown): unknown => (value === undefined ? null : (JSON.parse(JSON.stringify(value)) as unknown));
const matches = ({ ErrorEquals }: Rule, name: string): boolean =>
  ErrorEquals.includes(name) || ErrorEquals.includes('States.ALL');

/** `$.a.b` of the data, `$$.Execution.Id` of the context. */
function at(data: unknown, path: string, execution: object): unknown {
  const [root, ...steps] = path.split('.');
  const context = execution as { readonly id?: string; readonly startTime?: string };
  const from = root === '$$' ? { Execution: { Id: context.id, StartTime: context.startTime } } : data;
  return steps.reduce<unknown>((value, step) => {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, step))
      throw new TaskError('States.ParameterPathFailure', `no ${path}`, '');
    return (value as Json)[step];
  }, from);
}

const parameters = (template: Readonly<Record<string, unknown>>, data: Json, execution: object): Json =>
  Object.fromEntries(
    Object.entries(template).map(([key, value]) =>
      key.endsWith('.$') ? [key.slice(0, -2), at(data, String(value), execution)] : [key, value],
    ),
  );

function put(data: Json, path: string, result: unknown): Json {
  if (path === '$') return result as Json;
  const [step = '', ...rest] = path.slice(2).split('.');
  return { ...data, [step]: rest.length === 0 ? result : put(data[step] as Json, `$.${rest.join('.')}`, result) };
}

const holds = (condition: Condition, data: Json): boolean => {
  if (condition.And !== undefined) return condition.And.every((part) => holds(part, data));
  const value = at(data, condition.Variable ?? '', {});
  return condition.BooleanEquals === undefined ? value === condition.StringEquals : value === condition.BooleanEquals;
};

function choose({ Choices = [], Default = '' }: State, data: Json): string {
  return Choices.find((condition) => holds(condition, data))?.Next ?? Default;
}
