/** Properties as CloudFormation passes them: strings, also where the template says a number or a boolean. */
import * as v from 'valibot';

export const nonEmptyText = v.pipe(v.string('must be a string'), v.minLength(1, 'must not be empty'));
export const region = v.pipe(
  nonEmptyText,
  v.regex(/^[a-z]{2,}(-[a-z]+)+-\d+$/, 'must be a Region name such as eu-west-1'),
);
export const textMap = v.record(v.string(), v.string('must be a string'));

/** Reads the properties of a request by `schema`; throws an Error that names each property that is wrong, not its value. */
export function parseProperties<S extends v.GenericSchema>(
  schema: S,
  properties: Readonly<Record<string, unknown>>,
): v.InferOutput<S> {
  const result = v.safeParse(schema, properties);
  if (result.success) return result.output;
  const wrong = result.issues.map((issue) => {
    const name = v.getDotPath(issue) ?? 'properties';
    return issue.received === 'undefined' ? `${name} is missing` : `${name} ${issue.message}`;
  });
  throw new Error(`The properties of the custom resource are wrong: ${wrong.join('; ')}.`);
}
