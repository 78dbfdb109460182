import { canonicalJson, textDigest } from '../backup/hashing.ts';
import type { Attributes } from '../model.ts';

/** The form in which a pool compares sign-in names. */
export const nameKey = (name: string, caseSensitive: boolean): string => (caseSensitive ? name : name.toLowerCase());

/** Digest of a sign-in name; equal for names that the pool takes for the same. */
export const nameDigest = (name: string, caseSensitive: boolean): Buffer => textDigest(nameKey(name, caseSensitive));

const VERIFIED_FLAGS = ['email_verified', 'phone_number_verified'];

/**
 * The attributes that a restore must bring back, in comparable form: without `sub` and `identities` (no import can set
 * them), without empty values (Cognito keeps none); a verified flag is `true` in whatever case it was given (an import
 * writes it in lower case), or left out (absent means the same as false).
 */
function comparableAttributes(attributes: Attributes): Record<string, string> {
  const comparable: Record<string, string> = {};
  for (const [name, value] of Object.entries(attributes)) {
    if (!isRestorable(name, value)) continue;
    if (!VERIFIED_FLAGS.includes(name)) comparable[name] = value;
    else if (value.toLowerCase() === 'true') comparable[name] = 'true';
  }
  return comparable;
}

/** A restore brings the value back: `sub` is Cognito's, `identities` cannot be set, empty values are not kept. */
export const isRestorable = (name: string, value: string): boolean =>
  name !== 'sub' && name !== 'identities' && value !== '';

/** Names, in order, of the attributes that a restore must bring back and that differ. */
export function differingAttributes(wanted: Attributes, found: Attributes): string[] {
  const [left, right] = [comparableAttributes(wanted), comparableAttributes(found)];
  return [...new Set([...Object.keys(left), ...Object.keys(right)])]
    .filter((name) => left[name] !== right[name])
    .sort();
}

/** Names, in order, of the attributes that were held before and are lost or have another value now. One that is only new is not among them. */
export function changedAttributes(before: Attributes, now: Attributes): string[] {
  const held = comparableAttributes(before);
  return differingAttributes(before, now).filter((name) => held[name] !== undefined);
}

/** Digest of everything about a user that is compared: attributes (see comparableAttributes) and the enabled flag. */
export const userContentDigest = ({
  attributes,
  enabled,
}: {
  readonly attributes: Attributes;
  readonly enabled: boolean;
}): Buffer => textDigest(canonicalJson({ attributes: comparableAttributes(attributes), enabled }));
