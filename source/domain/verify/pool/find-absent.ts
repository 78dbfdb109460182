import { isOfAutomaticGroup } from '../../backup/automatic-groups.ts';
import { groupOf, itemKind, subOfKey, userKey } from '../../backup/items.ts';
import type { UserItem } from '../../backup/items.ts';
import { isInSample } from '../../backup/sample.ts';
import type { Sample } from '../../backup/sample.ts';
import { scanEnded, scanSegments } from '../../backup/scan-segments.ts';
import type { ScanSource } from '../../backup/scan-segments.ts';
import { isSeen } from '../../comparison/mark.ts';
import type { Marks } from '../../comparison/marks.ts';
import { signInNameFrom } from '../../comparison/matching.ts';
import type { Matching } from '../../comparison/matching.ts';
import type { PlannedChanges } from '../../digests/planned-changes.ts';
import { noTableContent, TableTally } from '../../digests/table-tally.ts';
import type { BackupTable, TableItem } from '../../ports.ts';
import type { StepEnd } from '../../state/step.ts';
import { isUnconfirmed, recognizable } from './expected.ts';
import { Rows } from './rows.ts';
import { assertSameBackup, planUnderComparison } from './same-run.ts';
import type { CompareState, ComparisonRun, PoolCounts } from './state.ts';

/** A user or a membership of the backup that the pool does not have. */
interface Absent {
  readonly sub: string;
  /** Of a membership. */
  readonly group?: string;
  /** The sign-in name; empty where the user has none, or is not in the backup. */
  readonly name: string;
  /** Expected: a restore leaves the user out. */
  readonly leftOut: boolean;
}

/** Tells, by a second scan where one is needed, which users and memberships of the backup the pool does not have. */
export async function findAbsent(comparison: ComparisonRun, marks: Marks): Promise<StepEnd> {
  const { deps, progress, sliceOver } = comparison;
  const { state } = progress;
  if (marks.countUsers((mark) => !isSeen(mark)) + marks.unseenMembershipCount > 0) {
    const rows = new Rows(state.rows);
    const plan = await planUnderComparison(comparison);
    const tally = tallyAgain(state, plan);
    const source = absentItems(deps.table, marks, state, comparison.input.sample);
    await progress.gather([rows, ...(tally === undefined ? [] : [tally])], () =>
      scanSegments(source, state.segments, {
        take: (pages) => {
          for (const { items, absent } of pages) {
            for (const item of items) tally?.add(item);
            for (const one of absent) tell(one, state.counts, rows);
          }
        },
        afterPage: () => progress.saveIfDue(),
        stop: sliceOver,
      }),
    );
    await progress.save();
    if (!scanEnded(state.segments)) return 'sliceOver';
    await assertSameBackup(comparison, plan);
  }
  state.step = 'report';
  await progress.save();
  return 'moved';
}

function tell({ sub, group, name, leftOut }: Absent, counts: PoolCounts, rows: Rows): void {
  const kind = group === undefined ? 'users' : 'memberships';
  counts[`${kind}${leftOut ? 'NotRestored' : 'Missing'}`] += 1;
  const what = leftOut ? 'expected-not-restored: the user never confirmed the sign-up' : 'missing';
  rows.tell(sub, name, group === undefined ? what : `membership in the group ${group}: ${what}`);
}

/** The second scan is added up, too: what it tells is of the same backup only if both found the same. */
function tallyAgain({ backup }: CompareState, plan: PlannedChanges | undefined): TableTally | undefined {
  if (backup === undefined) return undefined;
  backup.readAgain ??= noTableContent({ underPlan: backup.read.asBefore !== undefined });
  return new TableTally(backup.readAgain, plan);
}

interface PageOfBackup {
  readonly items: readonly TableItem[];
  readonly absent: readonly Absent[];
}

/** The backup's pages, with what the pool does not have of them. A membership may lie on another page than its user. */
function absentItems(
  table: Pick<BackupTable, 'getItem' | 'scanPage'>,
  marks: Marks,
  { matching: known, sourcePoolId }: Pick<CompareState, 'matching' | 'sourcePoolId'>,
  sample: Sample | undefined,
): ScanSource<PageOfBackup> {
  const matching = known as Matching;
  const isAbsentUser = (item: UserItem): boolean => {
    const ordinal = marks.recordOf(recognizable(item));
    return ordinal === undefined || !isSeen(marks.users[ordinal] as number);
  };
  const isAbsentMembership = (item: TableItem): boolean => {
    if (isOfAutomaticGroup(item, sourcePoolId)) return false;
    const ordinal = marks.membershipOf(groupOf(item), subOfKey(item));
    return ordinal === undefined || !marks.memberships.has(ordinal);
  };
  const absent = (item: TableItem, user: UserItem | undefined): Absent => ({
    sub: subOfKey(item),
    ...(itemKind(item) === 'membership' ? { group: groupOf(item) } : {}),
    name: user === undefined ? '' : signInNameFrom(user, matching),
    // The pool that the backup was made of is no restore.
    leftOut: user !== undefined && !matching.bySub && isUnconfirmed(user) && isAbsentUser(user),
  });
  return {
    scanPage: async (request) => {
      const { items, ...rest } = await table.scanPage(request);
      const ofKind = (kind: 'user' | 'membership'): TableItem[] =>
        items.filter((item) => itemKind(item) === kind && isInSample(sample, subOfKey(item)));
      const users = new Map(ofKind('user').map((item) => [item.id, item as UserItem | undefined]));
      const found = [...users.values()].flatMap((user) =>
        user !== undefined && isAbsentUser(user) ? [absent(user, user)] : [],
      );
      for (const item of ofKind('membership').filter(isAbsentMembership)) {
        if (!users.has(item.id))
          users.set(item.id, (await table.getItem(userKey(subOfKey(item)))) as UserItem | undefined);
        found.push(absent(item, users.get(item.id)));
      }
      return { ...rest, items: [{ items, absent: found }] };
    },
  };
}
