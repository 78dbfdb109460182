import { counted } from '../counted.ts';
import type { ItemKind } from './items.ts';
import { NO_COUNTS } from './manifest.ts';
import type { Counts } from './manifest.ts';

/** Counts that are added to in place, as checkpoints hold them. */
export type MutableCounts = { -readonly [K in keyof Counts]: Counts[K] };

/** Counts to begin with. */
export const noCounts = (): MutableCounts => ({ ...NO_COUNTS });

/** Adds one item of the kind. */
export const countItem = (counts: MutableCounts, kind: ItemKind): void => {
  counts[`${kind}s`] += 1;
};

/** Items of all kinds together. */
export const totalOf = ({ users, groups, memberships }: Counts): number => users + groups + memberships;

/** For messages. */
export const countsText = ({ users, groups, memberships }: Counts): string =>
  `${counted(users, 'user')}, ${counted(groups, 'group')} and ${counted(memberships, 'membership')}`;

/** Kind by kind. */
export const sumOf = (a: Counts, b: Counts): Counts => eachKind((kind) => a[kind] + b[kind]);

/** Counts whose numbers are computed kind by kind. */
export const eachKind = (value: (kind: keyof Counts) => number): Counts => ({
  users: value('users'),
  groups: value('groups'),
  memberships: value('memberships'),
});
