import { groupOf, itemKind, subOf, userKey } from '../../backup/items.ts';
import type { UserItem } from '../../backup/items.ts';
import { isSeen } from '../../comparison/mark.ts';
import type { Marks } from '../../comparison/marks.ts';
import { nameOf } from '../../comparison/matching.ts';
import type { Matching } from '../../comparison/matching.ts';
import type { BackupTable, ScanPage, TableItem } from '../../ports.ts';
import { scanEnded, scanSegments } from '../../backup/scan-segments.ts';
import type { StepEnd } from '../../state/step.ts';
import { isUnconfirmed, recognizable } from './expected.ts';
import { sameRun } from './read-backup.ts';
import { Rows } from './rows.ts';
import type { Comparison } from './state.ts';

const NEVER_CONFIRMED = 'expected-not-restored: the user never confirmed the sign-up';

/** Tells, by a second scan where one is needed, which users and memberships of the backup the pool does not have. */
export async function findAbsent(comparison: Comparison, marks: Marks): Promise<StepEnd> {
  const { input, deps, progress, sliceOver } = comparison;
  const { state } = progress;
  const complete = marks.countUsers((mark) => !isSeen(mark)) + marks.unseenMembershipCount === 0;
  if (!complete) {
    const rows = new Rows(state.rows);
    const finder = new AbsentFinder(comparison, marks, rows);
    await progress.gather([rows], () =>
      scanSegments({ scanPage: (request) => finder.page(request) }, state.segments, {
        take: (items) => finder.take(items),
        afterPage: () => progress.saveIfDue(),
        stop: sliceOver,
      }),
    );
    await progress.save();
    if (!scanEnded(state.segments)) return 'sliceOver';
    await sameRun({ input, deps });
  }
  state.step = 'report';
  await progress.save();
  return 'moved';
}

class AbsentFinder {
  readonly #matching: Matching;
  /** Users of the pages under way whose memberships lie on another page than they themselves, by the item's `id`. */
  readonly #elsewhere = new Map<string, UserItem>();

  constructor(
    private readonly comparison: Comparison,
    private readonly marks: Marks,
    private readonly rows: Rows,
  ) {
    this.#matching = comparison.progress.state.matching as Matching;
  }

  /** Reads a page, and the users of its absent memberships. */
  async page(request: Parameters<BackupTable['scanPage']>[0]): Promise<ScanPage> {
    const { table } = this.comparison.deps;
    const page = await table.scanPage(request);
    const here = new Set(page.items.filter((item) => itemKind(item) === 'user').map(({ id }) => id));
    const wanted = new Set(
      page.items.filter((item) => this.#isAbsentMembership(item) && !here.has(item.id)).map(({ id }) => id),
    );
    for (const id of wanted) {
      const user = await table.getItem(userKey(subOf({ id, type: '' })));
      if (user !== undefined) this.#elsewhere.set(id, user as UserItem);
    }
    return page;
  }

  take(items: readonly TableItem[]): void {
    const users = new Map(items.filter((item) => itemKind(item) === 'user').map((item) => [item.id, item as UserItem]));
    for (const item of items) {
      if (itemKind(item) === 'user') this.#user(item as UserItem);
      else if (this.#isAbsentMembership(item))
        this.#membership(item, users.get(item.id) ?? this.#elsewhere.get(item.id));
    }
    for (const { id } of items) this.#elsewhere.delete(id);
  }

  #isAbsentMembership(item: TableItem): boolean {
    if (itemKind(item) !== 'membership') return false;
    const membership = this.marks.membershipOf(groupOf(item), subOf(item));
    return membership === undefined || !this.marks.memberships.has(membership);
  }

  #isAbsent(item: UserItem): boolean {
    const { marks } = this;
    const ordinal = marks.find(recognizable(item));
    if (ordinal === undefined || !isSeen(marks.users[ordinal] as number)) return true;
    // Of two users with the same name in the backup only one can be the pool's.
    return marks.expectedUser(ordinal).sub !== subOf(item);
  }

  /** Users who never confirmed their sign-up are not restored unless that is asked for. */
  #isLeftOut(item: UserItem | undefined): boolean {
    return item !== undefined && !this.#matching.bySub && isUnconfirmed(item) && this.#isAbsent(item);
  }

  #user(item: UserItem): void {
    if (!this.#isAbsent(item)) return;
    const leftOut = this.#isLeftOut(item);
    this.comparison.progress.state.counts[leftOut ? 'usersNotRestored' : 'usersMissing'] += 1;
    this.rows.tell(subOf(item), nameOf(item, this.#matching), leftOut ? NEVER_CONFIRMED : 'missing');
  }

  #membership(item: TableItem, user: UserItem | undefined): void {
    const leftOut = this.#isLeftOut(user);
    this.comparison.progress.state.counts[leftOut ? 'membershipsNotRestored' : 'membershipsMissing'] += 1;
    const name = user === undefined ? '' : nameOf(user, this.#matching);
    this.rows.tell(
      subOf(item),
      name,
      `membership in the group ${groupOf(item)}: ${leftOut ? NEVER_CONFIRMED : 'missing'}`,
    );
  }
}
