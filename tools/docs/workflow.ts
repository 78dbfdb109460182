interface Rule {
  readonly Variable?: string;
  readonly BooleanEquals?: boolean;
  readonly IsPresent?: boolean;
  readonly StringEquals?: string;
  readonly And?: readonly Rule[];
}
interface State {
  readonly Type: string;
  readonly Next?: string;
  readonly Default?: string;
  readonly Choices?: readonly (Rule & { readonly Next: string })[];
  readonly Catch?: readonly { readonly Next: string }[];
}
/** A state machine's definition in the Amazon States Language, as far as the pictures show it. */
export interface WorkflowDefinition {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

/** What leads from one state to another; two ways between the same states are one transition. */
export interface Transition {
  readonly from: string;
  readonly to: string;
  /** Only an error leads there. */
  readonly isError: boolean;
  /** When it is taken, line by line; empty where it is always. */
  readonly label: readonly string[];
}

/** A workflow in the parts that its picture sets apart: the way to success, what lies beside it, and what follows an error. */
export interface Paths {
  /** From the first state to the last Succeed state, by the longest way. */
  readonly main: readonly string[];
  readonly beside: readonly string[];
  /** The state that handles the errors of all others, and what follows it. */
  readonly error: readonly string[];
  /** What leads to that state: the errors that it handles, and choices that nothing went well. */
  readonly toHandler: readonly Transition[];
}

const stateOf = ({ States }: WorkflowDefinition, name: string): State => {
  const state = States[name];
  if (state === undefined) throw new Error(`The workflow has no state ${name}.`);
  return state;
};

/** Every transition from this state, in the order of the definition. */
export function transitionsFrom(workflow: WorkflowDefinition, from: string): Transition[] {
  const { Next, Default, Choices = [], Catch = [] } = stateOf(workflow, from);
  const found = new Map<string, { label: string[]; isError: boolean }>();
  const add = (to: string, label: readonly string[], isError: boolean): void => {
    const same = found.get(to);
    if (same === undefined) found.set(to, { label: [...label], isError });
    else same.label.push(...(isError ? ['also on error'] : ['or', ...label]));
  };
  for (const choice of Choices) add(choice.Next, condition(choice), false);
  if (Default !== undefined) add(Default, ['else'], false);
  if (Next !== undefined) add(Next, [], false);
  for (const { Next: handler } of Catch) add(handler, [], true);
  return [...found].map(([to, how]) => ({ from, to, ...how }));
}

/** A condition in a few words: a boolean by the last two names of its variable, a string or a member by the last one. */
function condition({ Variable = '', BooleanEquals, IsPresent, StringEquals, And }: Rule): string[] {
  if (And !== undefined) return And.flatMap(condition);
  const names = Variable.replace('$.', '').split('.');
  const name = names.slice(-2).join('.');
  if (BooleanEquals !== undefined) return [BooleanEquals ? name : `not ${name}`];
  if (IsPresent !== undefined) return [`${IsPresent ? '' : 'not '}${names.at(-1)}`];
  if (StringEquals !== undefined) return [`${names.at(-1)}: ${StringEquals}`];
  throw new Error(`The picture cannot show a condition on ${Variable} that compares neither a boolean nor a string.`);
}

/**
 * Sets the paths of a workflow apart.
 * @throws Error when no way leads to a Succeed state
 */
export function pathsOf(workflow: WorkflowDefinition): Paths {
  const next = (name: string): string[] =>
    transitionsFrom(workflow, name)
      .filter(({ isError }) => !isError)
      .map(({ to }) => to);
  let main: readonly string[] = [];
  const walk = (path: readonly string[], name: string): void => {
    if (path.includes(name)) return;
    const longer = [...path, name];
    if (stateOf(workflow, name).Type === 'Succeed' && longer.length > main.length) main = longer;
    for (const to of next(name)) walk(longer, to);
  };
  walk([], workflow.StartAt);
  if (main.length === 0) throw new Error('No way leads from the first state to a Succeed state.');

  const handler = stateOf(workflow, workflow.StartAt).Catch?.[0]?.Next;
  const error = new Set(handler === undefined ? [] : [handler]);
  for (const name of error) for (const { to } of transitionsFrom(workflow, name)) error.add(to);
  const names = Object.keys(workflow.States).filter((name) => !error.has(name));
  return {
    main,
    beside: names.filter((name) => !main.includes(name)),
    error: [...error],
    toHandler: names.flatMap((name) => transitionsFrom(workflow, name).filter(({ to }) => to === handler)),
  };
}
