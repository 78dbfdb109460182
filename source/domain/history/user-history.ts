import { groupOf } from '../backup/items.ts';
import type { Manifest } from '../backup/manifest.ts';
import type { FoundUser } from './find-items.ts';

/** A field of a user in two runs; undefined where it had no value. */
export interface FieldStep {
  readonly field: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** What a run shows of one user that the run before it does not. */
export interface UserStep {
  /** `held`: it is the oldest run that was looked into. */
  readonly change: 'held' | 'appeared' | 'changed' | 'vanished';
  readonly run: Manifest;
  /** The run before it. */
  readonly since?: Manifest;
  readonly fields: readonly FieldStep[];
  readonly joined: readonly string[];
  readonly left: readonly string[];
}

/** A run that was looked into, and the user as it holds it. */
export interface Sighting {
  readonly run: Manifest;
  readonly user: FoundUser | undefined;
}

/** Of a user these fields are told beside the attributes. */
const FIELDS = ['username', 'signsInBy', 'status', 'enabled', 'created', 'modified'] as const;
/** Says when, and not what: every change of a user moves it. */
const MODIFIED = 'modified';

/** Everything that is told of a user, by field, in a fixed order: attributes last. */
export function fieldsOfUser({ profile }: FoundUser): ReadonlyMap<string, string> {
  const attributes = Object.entries(profile.attributes).sort(([one], [other]) => (one < other ? -1 : 1));
  const others = FIELDS.flatMap((field) =>
    profile[field] === undefined ? [] : [[field, String(profile[field])] as const],
  );
  return new Map([...others, ...attributes]);
}

/** Names of the user's groups, sorted. */
export const groupsOfUser = ({ memberships }: FoundUser): readonly string[] => memberships.map(groupOf).sort();

/**
 * What happened to one user, run by run.
 * @param sightings of runs that were looked into, the oldest first
 */
export function stepsOfUser(sightings: readonly Sighting[]): readonly UserStep[] {
  const steps: UserStep[] = [];
  let before: Sighting | undefined;
  for (const sighting of sightings) {
    const step = stepBetween(before, sighting);
    if (step !== undefined) steps.push(step);
    before = sighting;
  }
  return steps;
}

function stepBetween(before: Sighting | undefined, { run, user }: Sighting): UserStep | undefined {
  const [earlier, later] = [before?.user, user];
  const about = { run, ...(before === undefined ? {} : { since: before.run }) };
  const unchanged = { fields: [], joined: [], left: [] };
  if (later === undefined) return earlier === undefined ? undefined : { change: 'vanished', ...about, ...unchanged };
  if (earlier === undefined)
    return {
      change: before === undefined ? 'held' : 'appeared',
      ...about,
      fields: [],
      joined: groupsOfUser(later),
      left: [],
    };
  const [was, is] = [groupsOfUser(earlier), groupsOfUser(later)];
  const fields = changedFields(fieldsOfUser(earlier), fieldsOfUser(later));
  const joined = is.filter((group) => !was.includes(group));
  const left = was.filter((group) => !is.includes(group));
  if (fields.length + joined.length + left.length === 0) return undefined;
  return { change: 'changed', ...about, fields, joined, left };
}

function changedFields(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): readonly FieldStep[] {
  const changed = [...new Set([...before.keys(), ...after.keys()])]
    .map((field) => ({ field, before: before.get(field), after: after.get(field) }))
    .filter((step) => step.before !== step.after);
  const telling = changed.filter(({ field }) => field !== MODIFIED);
  return telling.length > 0 ? telling : changed;
}
