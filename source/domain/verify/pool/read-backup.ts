import { isOfAutomaticGroup } from '../../backup/automatic-groups.ts';
import { groupOf, itemKind, subOfKey } from '../../backup/items.ts';
import type { GroupItem, UserItem } from '../../backup/items.ts';
import type { Manifest } from '../../backup/manifest.ts';
import { isInSample } from '../../backup/sample.ts';
import type { Matching } from '../../comparison/matching.ts';
import { Halt } from '../../errors.ts';
import { TableTally } from '../../digests/table-tally.ts';
import { signInAttributeOf } from '../../model.ts';
import type { PoolGroup } from '../../model.ts';
import { newScan, scanEnded, scanSegments } from '../../backup/scan-segments.ts';
import type { TableItem } from '../../ports.ts';
import type { Appendix } from '../../state/progress.ts';
import type { StepEnd } from '../../state/step.ts';
import { membershipRecord, userRecord } from './expected.ts';
import { Parts } from './parts.ts';
import { assertSameBackup, beginBackup, planUnderComparison } from './same-run.ts';
import type { CompareState, ComparisonRun } from './state.ts';

/** Reads what the backup holds into records; the comparison is made against these. */
export async function readBackup(comparison: ComparisonRun): Promise<StepEnd> {
  const { deps, progress, sliceOver } = comparison;
  const { state } = progress;
  if (state.matching === undefined) {
    const { manifest, backup } = await beginBackup(comparison);
    Object.assign(state, { matching: await matchingOf(comparison, manifest), backup });
    if (manifest.userPoolId !== comparison.input.userPoolId) state.sourcePoolId = manifest.userPoolId;
  }
  const matching = state.matching as Matching;
  const plan = await planUnderComparison(comparison);
  const tally = state.backup === undefined ? undefined : new TableTally(state.backup.read, plan);
  const users = new Parts('users', state.records.users);
  const memberships = new Parts('memberships', state.records.memberships);
  const groups = new Parts('groups', state.records.groups);
  const { sample } = comparison.input;
  const inGroups = sample === undefined ? undefined : new Set(state.groupsOfSample);
  const take = (item: TableItem): void => {
    const kind = itemKind(item);
    if (kind === undefined) return;
    tally?.add(item);
    if (isOfAutomaticGroup(item, state.sourcePoolId)) return;
    if (kind !== 'group' && !isInSample(sample, subOfKey(item))) return;
    if (kind === 'membership') inGroups?.add(groupOf(item));
    state.counts[`${kind}s`] += 1;
    if (kind === 'user') users.add(userRecord(item as UserItem, matching));
    else if (kind === 'membership') memberships.add(membershipRecord(item));
    else groups.add(Buffer.from(`${JSON.stringify(groupOfItem(item as GroupItem))}\n`));
  };
  const noted = inGroups === undefined ? [] : [groupsNoted(state, inGroups)];
  await progress.gather([users, memberships, groups, ...noted, ...(tally === undefined ? [] : [tally])], () =>
    scanSegments(deps.table, state.segments, {
      take: (items) => items.forEach(take),
      afterPage: () => progress.saveIfDue(),
      stop: sliceOver,
    }),
  );
  await progress.save();
  if (!scanEnded(state.segments)) return 'sliceOver';
  await assertSameBackup(comparison, plan);
  Object.assign(state, { segments: newScan(), step: 'users' });
  await progress.save();
  return 'moved';
}

/** Keeps the names in the state, whenever that is saved. */
const groupsNoted = (state: CompareState, names: ReadonlySet<string>): Appendix => ({
  pending: 0,
  cut: () => {
    state.groupsOfSample = [...names];
    return [];
  },
});

const groupOfItem = ({ groupName, description, precedence }: GroupItem): PoolGroup => ({
  name: groupName,
  ...(description === undefined ? {} : { description }),
  ...(precedence === undefined ? {} : { precedence }),
});

/** How users are recognized; Halt PoolDiffers where none could be, since the pools have different names at sign-in. */
async function matchingOf({ input, deps }: ComparisonRun, manifest: Manifest): Promise<Matching> {
  const { settings } = await deps.pool.describe(input.userPoolId);
  const [here, there] = [signInAttributeOf(settings), signInAttributeOf(manifest.poolSettings)];
  if (here !== there) {
    throw new Halt(
      'PoolDiffers',
      `Users of the pool ${input.userPoolId} sign in by ${here}, those of the backup (export ${input.runId} of ${manifest.userPoolId}) by ${there}: nobody can be recognized. It is no restore of this backup.`,
    );
  }
  return {
    bySub: input.userPoolId === manifest.userPoolId,
    signInName: here,
    caseSensitive: settings.caseSensitive,
  };
}
