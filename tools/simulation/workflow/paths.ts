import type { Condition } from './definition.ts';

/** The data of an execution, or its context object. */
export type Json = Readonly<Record<string, unknown>>;

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

/**
 * `$.a.b` of the data, `$$.Execution.Id` of the context.
 * @throws TaskError States.ParameterPathFailure where there is no such member
 */
export function valueAt(path: string, data: unknown, context: Json): unknown {
  const [root, ...steps] = path.split('.');
  return steps.reduce<unknown>(
    (value, step) => {
      if (value === null || typeof value !== 'object' || !Object.hasOwn(value, step))
        throw new TaskError('States.ParameterPathFailure', `no ${path}`, '');
      return (value as Json)[step];
    },
    root === '$$' ? context : data,
  );
}

/** A task's Parameters, with the values of the keys that end with `.$`. */
export const filledParameters = (template: Json, data: Json, context: Json): Json =>
  Object.fromEntries(
    Object.entries(template).map(([key, value]) =>
      key.endsWith('.$') ? [key.slice(0, -2), valueAt(String(value), data, context)] : [key, value],
    ),
  );

/** The data with a task's result at its ResultPath. */
export function withResult(data: Json, path: string, result: unknown): Json {
  if (path === '$') return result as Json;
  const [step = '', ...rest] = path.slice(2).split('.');
  return {
    ...data,
    [step]: rest.length === 0 ? result : withResult(data[step] as Json, `$.${rest.join('.')}`, result),
  };
}

/** Whether a rule of a Choice holds for the data. */
export function holds(condition: Condition, data: Json): boolean {
  if (condition.And !== undefined) return condition.And.every((part) => holds(part, data));
  if (condition.IsPresent !== undefined) return isPresent(condition.Variable ?? '', data) === condition.IsPresent;
  const value = valueAt(condition.Variable ?? '', data, {});
  return condition.BooleanEquals === undefined ? value === condition.StringEquals : value === condition.BooleanEquals;
}

function isPresent(path: string, data: Json): boolean {
  try {
    return valueAt(path, data, {}) !== undefined;
  } catch (error) {
    if (error instanceof TaskError) return false;
    throw error;
  }
}
