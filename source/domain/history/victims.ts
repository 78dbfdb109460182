import { groupNameOf, groupOf, subOfKey } from '../backup/items.ts';
import { visibleText } from '../report-line.ts';
import type { RunDifference } from './compare-runs.ts';
import { isMassOf } from './damage.ts';
import type { DamageFinding } from './damage.ts';
import { FieldCounts } from './difference-rows.ts';

/** Somebody whom a mass concerns. */
export interface Victim {
  readonly sub: string;
  /** Empty where only a membership is concerned. */
  readonly username: string;
  readonly what: string;
}

const REMOVED = 'deleted';

/**
 * Whom a mass concerns, gathered from what differs between the two runs around it. Beside the mass there is the ordinary life
 * of a pool: who only changed an address of his own is no victim of a script that emptied everybody's name.
 */
export class Victims {
  readonly #fields = new FieldCounts();
  /** What can happen to a user, each text once, and whom it happened to: a pool of a million has many of the same. */
  readonly #whats: string[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #subs: string[] = [];
  readonly #names: string[] = [];
  readonly #happened: number[] = [];
  readonly #groups: string[] = [];
  readonly #changedGroups: string[] = [];
  readonly #uncounted: ReadonlySet<string>;

  constructor(
    private readonly findings: readonly DamageFinding[],
    private readonly percent: number,
    /** Attributes of users that change all the time. */
    uncounted: readonly string[] = [],
  ) {
    this.#uncounted = new Set(uncounted);
  }

  /** Takes one difference; to be called with all of them. */
  add(difference: RunDifference): void {
    const { kind, change } = difference;
    if (change === 'changed') {
      const isUser = kind === 'user';
      const fields = isUser ? difference.fields.filter(({ field }) => !this.#uncounted.has(field)) : difference.fields;
      this.#fields.add(difference, fields);
      if (kind === 'group' && this.#finding('groups', 'changed') !== undefined)
        this.#changedGroups.push(groupNameOf(difference.earlier));
      if (!isUser || fields.length === 0 || this.#finding('users', 'changed') === undefined) return;
      const what = fields.map(({ field, change: how }) => `${field} ${how}`).join(', ');
      this.#note(subOfKey(difference.earlier), String(difference.earlier.username), what);
    }
    if (change !== 'removed') return;
    const { earlier } = difference;
    if (kind === 'group') this.#groups.push(groupNameOf(earlier));
    else if (kind === 'user') {
      if (this.#finding('users', 'deleted') !== undefined)
        this.#note(subOfKey(earlier), String(earlier.username), REMOVED);
    } else if (this.#finding('memberships', 'deleted') !== undefined)
      this.#note(subOfKey(earlier), '', `membership of ${groupOf(earlier)} ${REMOVED}`);
  }

  /** Takes a user of an identity provider who is not there any more. */
  addFederated({ sub, username }: Pick<Victim, 'sub' | 'username'>): void {
    this.#note(sub, username, REMOVED);
  }

  /** Names of the groups that were deleted, sorted. */
  get groups(): readonly string[] {
    return [...this.#groups].sort();
  }

  /** Names of the groups of a mass that changed, sorted. */
  get changedGroups(): readonly string[] {
    return [...this.#changedGroups].sort();
  }

  /** `user family_name emptied` and how often, the most frequent first, as far as that is a mass. */
  get fields(): readonly (readonly [what: string, items: number])[] {
    return this.#fields.sorted().filter(([what, items]) => {
      const kind = what.startsWith('user ') ? 'users' : 'groups';
      return isMassOf(items, this.#finding(kind, 'changed')?.of ?? Number.POSITIVE_INFINITY, this.percent);
    });
  }

  /** Everybody who is concerned, once for everything that happened. */
  *list(): Generator<Victim> {
    const mass = this.fields.flatMap(([what]) => (what.startsWith('user ') ? [what.slice('user '.length)] : []));
    const concerns = this.#whats.map(
      (what) =>
        mass.length === 0 ||
        what.endsWith(` ${REMOVED}`) ||
        what === REMOVED ||
        what.split(', ').some((one) => mass.includes(one)),
    );
    for (const [index, happened] of this.#happened.entries())
      if (concerns[happened] === true)
        yield {
          sub: this.#subs[index] as string,
          username: this.#names[index] as string,
          what: this.#whats[happened] as string,
        };
  }

  #finding(kind: DamageFinding['kind'], change: DamageFinding['change']): DamageFinding | undefined {
    return this.findings.find((one) => one.kind === kind && one.change === change);
  }

  #note(sub: string, username: string, what: string): void {
    const number = this.#numbers.get(what) ?? this.#whats.push(what) - 1;
    this.#numbers.set(what, number);
    this.#subs.push(sub);
    this.#names.push(username);
    this.#happened.push(number);
  }
}

/** A victim as a terminal shows it. */
export const victimText = ({ sub, username, what }: Victim): string =>
  visibleText(`${username === '' ? sub : `${username} (${sub})`}: ${what}`);
