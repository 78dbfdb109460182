/** How one environment variable is read: `read` gives the value, or BAD when `raw` is not what `expects` says. */
export interface EnvReader<T> {
  readonly expects: string;
  read(raw: string | undefined): T | typeof BAD;
}
const BAD: unique symbol = Symbol('bad value');

/** Text that is present and not blank; surrounding white space is dropped. */
export const text = (): EnvReader<string> => ({
  expects: 'text',
  read: (raw) => raw?.trim() || BAD,
});

/** Text, or undefined where the variable is absent or blank. */
export const optionalText = (): EnvReader<string | undefined> => ({
  expects: 'text or nothing',
  read: (raw) => raw?.trim() || undefined,
});

/** A whole number between `min` and `max`, both included. */
export const int = (min: number, max: number): EnvReader<number> => ({
  expects: `a whole number from ${min} to ${max}`,
  read: (raw) => {
    const trimmed = raw?.trim() ?? '';
    const value = Number(trimmed);
    return /^-?\d+$/.test(trimmed) && value >= min && value <= max ? value : BAD;
  },
});

/** The template's `Yes` or `No`; written without quotes in YAML they are booleans, which CloudFormation passes on as `true` and `false`. */
export const yesNo = (): EnvReader<boolean> => ({
  expects: 'Yes or No',
  read: (raw) => {
    const value = raw?.trim().toLowerCase() ?? '';
    if (['yes', 'true'].includes(value)) return true;
    return ['no', 'false'].includes(value) ? false : BAD;
  },
});

/** One of the given words. */
export const oneOf = <const W extends string>(...words: readonly W[]): EnvReader<W> => ({
  expects: words.join(' or '),
  read: (raw) => words.find((word) => word === raw?.trim()) ?? BAD,
});

type Values<S extends Record<string, EnvReader<unknown>>> = {
  readonly [K in keyof S]: S[K] extends EnvReader<infer T> ? T : never;
};

/**
 * Reads a function's environment once, at cold start, so that a wrong template fails on the first invocation.
 * @throws Error `BadEnvironment` that names every bad key and what it should be, never a value.
 */
export function readEnv<S extends Record<string, EnvReader<unknown>>>(
  shape: S,
  source: NodeJS.ProcessEnv = process.env,
): Values<S> {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [key, reader] of Object.entries(shape)) {
    const value = reader.read(source[key]);
    if (value === BAD)
      problems.push(
        `${key} (expected ${reader.expects}, found ${source[key] === undefined ? 'nothing' : 'something else'})`,
      );
    else values[key] = value;
  }
  if (problems.length > 0) {
    const error = new Error(
      `The function's environment is not what the template should give it: ${problems.join('; ')}.`,
    );
    error.name = 'BadEnvironment';
    throw error;
  }
  return values as Values<S>;
}
