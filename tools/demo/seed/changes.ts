import { counted } from '../../../source/domain/counted.ts';
import type { Population } from './population.ts';
import type { DemoUser } from './users.ts';

/** What the demo does to the pool between two exports, so that the second has something to find. */
export interface Changes {
  readonly added: readonly DemoUser[];
  readonly edited: readonly DemoUser[];
  readonly deleted: readonly DemoUser[];
  /** Out of one group, into another. */
  readonly moved: readonly DemoUser[];
  readonly from: string;
  readonly to: string;
}

/** The first users are the only members of the small groups: they are spared where there are enough others. */
const SPARED = 10;

/** As many of each kind as users are added: one in a hundred of generated ones. */
export function changesOf({ extras, groups, newcomers }: Population): Changes {
  const share = Math.max(1, Math.min(newcomers.length, Math.floor(extras.length / 3)));
  const first = Math.max(0, Math.min(SPARED, extras.length - 3 * share));
  const rest = extras.slice(first + share, -share);
  const [from = '', to = ''] = bySize(
    groups.map(({ name }) => name),
    rest,
  );
  return {
    added: newcomers,
    edited: extras.slice(first, first + share),
    deleted: extras.slice(-share),
    moved: rest.filter((user) => user.groups.includes(from) && !user.groups.includes(to)).slice(0, share),
    from,
    to,
  };
}

/** What was done, in words. */
export function changesInWords({ added, edited, deleted, moved, from, to }: Changes): string {
  const moves = moved.length === 0 ? 'nobody moved' : `${moved.length} moved from "${from}" to "${to}"`;
  return `Changed in the pool: ${counted(added.length, 'user')} added, ${edited.length} edited, ${deleted.length} deleted, ${moves}.`;
}

/** Names of groups, the one with the most of these users first. */
function bySize(names: readonly string[], users: readonly DemoUser[]): string[] {
  const sizes = new Map(names.map((name) => [name, 0]));
  for (const name of users.flatMap(({ groups }) => groups)) sizes.set(name, (sizes.get(name) ?? 0) + 1);
  return [...names].sort((one, other) => (sizes.get(other) ?? 0) - (sizes.get(one) ?? 0));
}
