import type { TableItem } from '../ports.ts';
import { signInNameOf } from './legacy-survey.ts';
import type { PackedItems } from './packed-items.ts';
import type { LegacyContent } from './read-legacy.ts';

/** Of the older users' sign-in names those that a user of the last export has: few, so that they fit into memory. */
export function namesTaken({ users, newerUsers, olderUsers }: LegacyContent): ReadonlySet<string> {
  const wanted = new Set<string>();
  for (const user of olderUsers.all()) wanted.add(signInNameOf(user).toLowerCase());
  wanted.delete('');
  const taken = new Set<string>();
  if (wanted.size > 0)
    for (const user of allOf([...users, ...newerUsers])) {
      const name = signInNameOf(user).toLowerCase();
      if (wanted.has(name)) taken.add(name);
    }
  return taken;
}

/** Names that a later export found with somebody else: one pool has a name once, so that the earlier user was deleted. */
export function namesReplaced({ newerUsers, names }: LegacyContent): ReadonlySet<string> {
  const repeated = names.repeated();
  const replaced = new Set<string>();
  for (const user of repeated === undefined ? [] : allOf(newerUsers)) {
    const name = signInNameOf(user);
    if (name !== '' && repeated?.(name) === true) replaced.add(name);
  }
  return replaced;
}

/** The users of all segments. */
export function* allOf(segments: readonly PackedItems[]): Generator<TableItem, void, undefined> {
  for (const segment of segments) yield* segment.all();
}
