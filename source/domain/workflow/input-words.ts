import { counted } from '../counted.ts';
/** Words for what somebody typed into an execution's input, without repeating it: a name could stand in any place of it. */

/** Texts that are nobody's, and that are typed where true, false or nothing is meant. */
const OF_NOBODY = /^(?:true|false|yes|no|on|off|null|none|undefined|\d{1,4})$/i;
const NOT_PLAIN = /[^\x20-\x7e]/;
const OF_OWN_WORDS =
  /^(?=.{1,40}$)(?:(?:accept|allow|backup|change|clean|cognito|delete|dry|everybody|export|id|incomplete|mass|missing|name|new|percent|pool|prefix|recreate|restore|run|selection|snapshot|source|table|tps|trigger|triggers|unconfirmed|up|user|users)[ _-]?)+$/i;
const LARGEST_SHOWN = 10_000;

/** The kind of a value; the value itself where it can be nobody's. */
export function valueInWords(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  if (typeof value === 'string') return textInWords(value);
  if (typeof value === 'number')
    return Math.abs(value) < LARGEST_SHOWN ? `the number ${value}` : 'a number of five or more digits';
  return typeof value === 'boolean' ? `${value}` : typeof value === 'object' ? 'an object' : 'nothing';
}

/** A text by its length and by what cannot be seen in it. */
export function textInWords(text: string): string {
  if (text === '') return 'empty text';
  if (OF_NOBODY.test(text)) return `the text "${text}" (in quotes)`;
  return `text of ${characters(text)}${hidden(text)}`;
}

/**
 * The place of a key that is not allowed, and the allowed one that is probably meant. The key itself is shown where it is made
 * of nothing but words of which the keys of the workflows are made.
 */
export function keyInWords(
  key: string,
  { place, of }: { readonly place: number; readonly of: number },
  allowed: readonly string[],
): { readonly text: string; readonly meant?: string } {
  const shown = OF_OWN_WORDS.test(key) ? ` "${key}"` : '';
  const where = `${of === 1 ? 'the only one' : `number ${place} of ${of}`}, ${key === '' ? 'empty' : characters(key)}${hidden(key)}`;
  const meant = nearest(key, allowed);
  return meant === undefined
    ? { text: `${shown} (${where})` }
    : { text: `${shown} (${where}; is ${meant} meant? Upper and lower case matter)`, meant };
}

const characters = (text: string): string => counted(text.length, 'character');

const hidden = (text: string): string =>
  `${text.trim() === text ? '' : ', with blanks around it'}${NOT_PLAIN.test(text) ? ', with characters that are no plain letters, digits or signs' : ''}`;

const letters = (key: string): string => key.toLowerCase().replaceAll(/[^a-z]/g, '');

/** The allowed key that this one is spelled like, or is a part of and of no other. */
function nearest(key: string, allowed: readonly string[]): string | undefined {
  const typed = letters(key.slice(0, 64));
  if (typed.length < 2) return undefined;
  const [closest] = allowed
    .map((candidate) => ({ candidate, edits: editsBetween(typed, letters(candidate)) }))
    .filter(({ candidate, edits }) => edits <= Math.min(3, Math.floor(candidate.length / 3)))
    .sort((one, other) => one.edits - other.edits);
  if (closest !== undefined) return closest.candidate;
  const parts = allowed.filter((candidate) => typed.length >= 3 && letters(candidate).includes(typed));
  return parts.length === 1 ? parts[0] : undefined;
}

/** How many letters have to be changed, added or taken away (Levenshtein). */
function editsBetween(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1];
    for (const [column, other] of [...to].entries())
      next.push(
        Math.min((next[column] ?? 0) + 1, (row[column + 1] ?? 0) + 1, (row[column] ?? 0) + (letter === other ? 0 : 1)),
      );
    row = next;
  }
  return row.at(-1) ?? 0;
}
