import * as v from 'valibot';

/** Reads one environment variable; its messages say what is expected. */
type EnvReader = v.GenericSchema<string | undefined, unknown>;

/** What `readEnv` gives for a shape. */
export type Environment<S extends Readonly<Record<string, EnvReader>>> = {
  readonly [K in keyof S]: v.InferOutput<S[K]>;
};

/** Text that is present and not blank; surrounding white space is dropped. */
export const requiredText = () => trimmed('text', v.nonEmpty('text'));

/** Text, or undefined where the variable is absent or blank. */
export const optionalText = () =>
  v.pipe(
    v.optional(v.string(), ''),
    v.transform((value) => value.trim() || undefined),
  );

/** Names separated by commas; none where the variable is absent or blank. */
export const names = () =>
  v.pipe(
    v.optional(v.string(), ''),
    v.transform((value) =>
      value
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== ''),
    ),
  );

/** A whole number between `min` and `max`, both included. */
export const int = (min: number, max: number) => {
  const expected = `a whole number from ${min} to ${max}`;
  return v.pipe(
    trimmed(expected, v.regex(/^-?\d+$/, expected)),
    v.transform(Number),
    v.minValue(min, expected),
    v.maxValue(max, expected),
  );
};

/** The template's `Yes` or `No`; written without quotes in YAML they are booleans, which CloudFormation passes on as `true` and `false`. */
export const yesNo = () =>
  v.pipe(
    v.string('Yes or No'),
    v.trim(),
    v.toLowerCase(),
    v.picklist(['yes', 'true', 'no', 'false'], 'Yes or No'),
    v.transform((value) => value === 'yes' || value === 'true'),
  );

/** One of the given words. */
export const oneOf = <const W extends string>(...words: readonly W[]) => {
  const expected = words.join(' or ');
  return v.pipe(v.string(expected), v.trim(), v.picklist(words, expected));
};

const trimmed = (expected: string, check: v.GenericValidation<string>) => v.pipe(v.string(expected), v.trim(), check);

/**
 * Reads a function's environment once, at cold start, so that a wrong template fails on the first invocation.
 * @throws Error `BadEnvironment` that names every bad key and what it should be, never a value.
 */
export function readEnv<S extends Readonly<Record<string, EnvReader>>>(
  shape: S,
  source: NodeJS.ProcessEnv = process.env,
): Environment<S> {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [key, reader] of Object.entries(shape)) {
    const result = v.safeParse(reader, source[key]);
    if (result.success) values[key] = result.output;
    else
      problems.push(
        `${key} (expected ${result.issues[0].message}, found ${source[key] === undefined ? 'nothing' : 'something else'})`,
      );
  }
  if (problems.length > 0) {
    const error = new Error(
      `The function's environment is not what the template should give it: ${problems.join('; ')}.`,
    );
    error.name = 'BadEnvironment';
    throw error;
  }
  return values as Environment<S>;
}
