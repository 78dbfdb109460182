/** The members of an event, of which nothing is known before it is looked at. */
export type Fields = Readonly<Record<string, unknown>>;

/** The value's members; none where it is no object. */
export const fieldsOf = (value: unknown): Fields =>
  value !== null && typeof value === 'object' ? (value as Fields) : {};
/** A text that is not empty. */
export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;
/** The entries of a list; none where the value is no list. */
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);

/** The members of an object in a text of JSON; none where it holds no object. */
export function fieldsIn(text: unknown): Fields {
  try {
    return fieldsOf(JSON.parse(textOf(text) ?? ''));
  } catch {
    return {};
  }
}
