import * as v from 'valibot';
import { counted } from '../counted.ts';
import { Halt } from '../errors.ts';
import type { HaltName } from '../errors.ts';
import { keyInWords, valueInWords } from './input-words.ts';

/** What one key of a workflow's input may hold. */
export interface KeyKind<T = unknown> {
  readonly schema: v.GenericSchema<unknown, T>;
  /** What is allowed, as it follows "must give <key> as". */
  readonly expected: string;
  /** A value that is allowed. */
  readonly example: T;
  /** More about a text that is not allowed, without repeating what could be somebody's. */
  readonly about?: (text: string) => string | undefined;
  /** What to do where the key is missing; it may be left out when this is absent. */
  readonly whenMissing?: string;
  /** The error of an input in which nothing else is wrong; InvalidInput when absent. */
  readonly halt?: HaltName;
}
/** The keys of one workflow. */
export type KeyKinds = Readonly<Record<string, KeyKind>>;
type ValueOf<K extends KeyKind> = v.InferOutput<K['schema']>;
type NeededIn<S extends KeyKinds> = {
  [K in keyof S]: S[K] extends { readonly whenMissing: string } ? K : never;
}[keyof S];
/** What the keys hold; one that may be left out is undefined where it was. */
export type KeyValues<S extends KeyKinds> = { readonly [K in NeededIn<S>]: ValueOf<S[K]> } & {
  readonly [K in Exclude<keyof S, NeededIn<S>>]?: ValueOf<S[K]>;
};

/** The Step Functions console starts an execution with this key unless the input is replaced. */
const CONSOLE_DEFAULT = 'Comment';
const MOST_PROBLEMS = 6;

interface Problem {
  /** Goes on after "The input of <workflow>". */
  readonly text: string;
  /** The allowed key that it is about, or that is probably meant. */
  readonly key?: string;
  readonly halt?: HaltName;
}

/**
 * The values of the keys of an input.
 * @throws Halt InvalidInput, or the one of the only key that is wrong, with everything that is wrong at once: which key, what
 * was found, what is allowed, and an input that would be right. Nothing that was typed is repeated: it could be a name.
 */
export function readInputKeys<S extends KeyKinds>(workflow: string, input: unknown, kinds: S): KeyValues<S> {
  if (input === null || typeof input !== 'object' || Array.isArray(input))
    throw refusal(workflow, kinds, [{ text: `must be a JSON object, but is ${valueInWords(input)}` }], {
      more: 0,
      tellKeys: true,
    });
  const values: Record<string, unknown> = {};
  const problems: Problem[] = [];
  let [more, tellKeys] = [0, false];
  const found = (problem: () => Problem): void => {
    if (problems.length < MOST_PROBLEMS) problems.push(problem());
    else more += 1;
  };
  const given = Object.entries(input).filter(([key]) => key !== CONSOLE_DEFAULT);
  for (const [index, [key, value]] of given.entries()) {
    const kind = Object.hasOwn(kinds, key) ? kinds[key] : undefined;
    if (kind === undefined) {
      tellKeys = true;
      found(() => unknownKey(key, { place: index + 1, of: given.length }, Object.keys(kinds)));
      continue;
    }
    const result = v.safeParse(kind.schema, value);
    if (result.success) values[key] = result.output;
    else found(() => wrongValue(key, kind, value));
  }
  for (const [key, { whenMissing, halt }] of Object.entries(kinds))
    if (whenMissing !== undefined && !Object.hasOwn(input, key))
      found(() => ({ key, text: `has no ${key}: ${whenMissing}`, ...(halt === undefined ? {} : { halt }) }));
  if (problems.length > 0) throw refusal(workflow, kinds, problems, { more, tellKeys });
  return values as KeyValues<S>;
}

function unknownKey(key: string, where: { place: number; of: number }, allowed: readonly string[]): Problem {
  const { text, meant } = keyInWords(key, where, allowed);
  return { text: `has an unknown key${text}`, ...(meant === undefined ? {} : { key: meant }) };
}

function wrongValue(key: string, { expected, about, halt }: KeyKind, value: unknown): Problem {
  const more = typeof value === 'string' ? about?.(value) : undefined;
  return {
    key,
    text: `must give ${key} as ${expected}, but gives ${more ?? valueInWords(value)}`,
    ...(halt === undefined ? {} : { halt }),
  };
}

function refusal(
  workflow: string,
  kinds: KeyKinds,
  problems: readonly Problem[],
  { more, tellKeys }: { readonly more: number; readonly tellKeys: boolean },
): Halt {
  const [first] = problems;
  const told = problems.map(({ text }, index) => `(${index + 1}) it ${text}`).join('; ');
  const [what, correct] =
    problems.length === 1
      ? [first?.text ?? '', 'Correct it']
      : [
          `has ${counted(problems.length + more, 'problem')}: ${told}${more > 0 ? `; and ${more} more` : ''}`,
          'Correct all of it',
        ];
  const keys = tellKeys ? `; allowed keys: ${Object.keys(kinds).join(', ')}` : '';
  return new Halt(
    problems.length === 1 ? (first?.halt ?? 'InvalidInput') : 'InvalidInput',
    `The input of ${workflow} ${what}${keys}. ${correct} and start the workflow again. An input of the right form: ${exampleOf(kinds, problems)}`,
  );
}

/** Every key that is needed, and those that the problems are about. */
function exampleOf(kinds: KeyKinds, problems: readonly Problem[]): string {
  const shown = Object.entries(kinds).filter(
    ([key, { whenMissing }]) => whenMissing !== undefined || problems.some((problem) => problem.key === key),
  );
  return `{${shown.map(([key, { example }]) => `${JSON.stringify(key)}: ${JSON.stringify(example)}`).join(', ')}}`;
}
