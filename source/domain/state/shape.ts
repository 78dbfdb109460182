import * as v from 'valibot';

/**
 * What a stored object looks like. State lies for hours or days in a bucket where an administrator can change it by hand:
 * whoever reads an object gives its shape, so that a damaged one ends the run with its name instead of being half
 * understood. Members that a shape does not name are not looked at.
 */
export type Shape<T = unknown> = v.GenericSchema<unknown, T>;

/** What a shape describes, where it is only read. */
export type Stored<S extends Shape> = DeepReadonly<v.InferOutput<S>>;
type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T;

/** The same shape inside a state that is changed in place: what it describes is replaced as a whole. */
export const onlyRead = <S extends Shape>(shape: S): Shape<Stored<S>> => shape as Shape<Stored<S>>;

/** How many, or which one from 0 on. */
export const countShape = v.pipe(v.number(), v.integer(), v.minValue(0));
/** ISO 8601. */
export const timeShape = v.pipe(
  v.string(),
  v.check((text) => !Number.isNaN(Date.parse(text))),
);
/** Names, keys or sentences. */
export const textsShape = v.array(v.string());
/** Of export runs and restores; part of keys. */
export const idShape = v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/));
/** A SHA-256 in lower-case hexadecimal digits. */
export const sha256Shape = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
/** Of a user; never empty. */
export const subShape = v.pipe(v.string(), v.minLength(1));

/** What is wrong with the value: the member, and what it should be, but no values; undefined when nothing is. */
export function problemWith(value: unknown, shape: Shape): string | undefined {
  const { issues } = v.safeParse(shape, value, { abortEarly: true });
  return issues === undefined ? undefined : problemOf(issues[0]);
}

function problemOf(issue: v.BaseIssue<unknown>): string {
  const path =
    v
      .getDotPath(issue)
      ?.split('.')
      .map((part) => (/^\w{1,40}$/.test(part) ? part : '?'))
      .join('.') ?? '';
  if (issue.input === undefined && path !== '') return `${path} is missing`;
  const expected = issue.kind === 'schema' && issue.expected !== null ? issue.expected.slice(0, 80) : 'a valid value';
  return `${path === '' ? 'it' : path} should be ${expected}, but is ${kindOf(issue.input)}`;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : typeof value === 'string' ? 'other text' : `another ${typeof value}`;
}
