/** What a pool made from kept settings does not get, or gets otherwise, and why: found out before it is made. */

/** A setting without which, or with another value of which, the pool is made. */
export interface Omission {
  /** Where it stands in the kept settings: `pool.LambdaConfig.PreSignUp`, `clients[<id>]`. What lies below is meant, too. */
  readonly setting: string;
  /** A sentence for the operator. */
  readonly why: string;
  /** No new pool can have it, or the operator asked for it so: nothing is missing that could be there. */
  readonly expected?: true;
}

/** Any object of Cognito's API, or of kept settings. */
export type ApiObject = Readonly<Record<string, unknown>>;

/** A request of Cognito's API, and what of the kept settings is not in it. */
export interface Recreation<R = ApiObject> {
  readonly request: R;
  readonly omissions: readonly Omission[];
}

/** How a pool is to be made from kept settings. */
export interface RecreateOptions {
  readonly name: string;
  /** Beside those of the kept settings. */
  readonly tags: Readonly<Record<string, string>>;
  /** Where it is made; without it where the kept pool was. What lies in a Region cannot be used from another one. */
  readonly region?: string;
  /** For a rehearsal, deleted afterwards: no triggers, no mail and SMS settings, no key, no protection, no tags but `tags`. */
  readonly throwAway?: true;
  /** Cognito refused the texts of mails, as it may without a mail identity of one's own (see decision 0016). */
  readonly withoutMailTexts?: true;
}

/** Why the things of the kept pool's Region cannot be used; undefined where they can. */
export function whyNotHere(
  { region: kept }: { readonly region: string },
  { region = kept, throwAway }: Pick<RecreateOptions, 'region' | 'throwAway'>,
): string | undefined {
  if (throwAway === true) return 'A pool for a rehearsal does without it.';
  return region === kept ? undefined : `It lies in ${kept}, and the new pool in ${region}.`;
}

/** The members of an object, none where it is absent or something else. */
export const membersOf = (value: unknown): ApiObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as ApiObject) : {};

/** The texts of a list, none where it is absent or something else. */
export const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];

/** Absent, or nothing in it: requests of Cognito's API leave such members out. */
export const isNothing = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === '' ||
  (Array.isArray(value) ? value.length === 0 : typeof value === 'object' && Object.keys(value).length === 0);

/** Of these members those that are there. */
export const present = (members: ApiObject): ApiObject =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => !isNothing(value)));

/**
 * Without texts that are empty, however deep they stand: Cognito has a least length for nearly all of its texts, and where
 * one is shown, as for a message with its own text, it stands for an absent one.
 */
export const written = (members: ApiObject): ApiObject =>
  Object.fromEntries(
    Object.entries(members)
      .filter(([, value]) => value !== '')
      .map(([name, value]) => [name, writtenIn(value)]),
  );

function writtenIn(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((one) => one !== '').map(writtenIn);
  return typeof value === 'object' && value !== null ? written(value as ApiObject) : value;
}

/** All members but those of these names. */
export const without = (members: ApiObject, names: readonly string[]): ApiObject =>
  Object.fromEntries(Object.entries(members).filter(([name]) => !names.includes(name)));

/** Only the members of these names, where they are there. */
export const only = (members: ApiObject, names: readonly string[]): ApiObject =>
  Object.fromEntries(names.flatMap((name) => (members[name] === undefined ? [] : [[name, members[name]]])));
