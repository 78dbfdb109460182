import { itemKind } from '../../backup/items.ts';
import type { GroupItem, UserItem } from '../../backup/items.ts';
import type { Manifest } from '../../backup/manifest.ts';
import type { Matching } from '../../comparison/matching.ts';
import { Halt } from '../../errors.ts';
import { readSealedBackup } from '../../backup/sealed-backup.ts';
import { signInAttributeOf } from '../../model.ts';
import type { PoolGroup } from '../../model.ts';
import { newScan, scanEnded, scanSegments } from '../../backup/scan-segments.ts';
import type { TableItem } from '../../ports.ts';
import type { StepEnd } from '../../state/step.ts';
import { membershipRecord, userRecord } from './expected.ts';
import { Parts } from './parts.ts';
import type { ComparisonRun } from './state.ts';

/** The manifest of the run that VerifyBackup found in order; Halt ExportRunOpen when an export has begun, or ended, since. */
export async function sameRun({ input, deps }: Pick<ComparisonRun, 'input' | 'deps'>): Promise<Manifest> {
  const { runId, manifest, openRunId } = await readSealedBackup(deps.table, input.tableName);
  if (openRunId === undefined && runId === input.runId && manifest !== undefined) return manifest;
  throw new Halt(
    'ExportRunOpen',
    `The export run ${openRunId ?? runId} changed the table ${input.tableName} while the user pool ${input.userPoolId} was compared with the export ${input.runId}: the comparison is void.`,
  );
}

/** Reads what the backup holds into records; the comparison is made against these. */
export async function readBackup(comparison: ComparisonRun): Promise<StepEnd> {
  const { input, deps, progress, sliceOver } = comparison;
  const { state } = progress;
  state.matching ??= await matchingOf(comparison);
  const { matching } = state;
  const users = new Parts('users', state.records.users);
  const memberships = new Parts('memberships', state.records.memberships);
  const groups = new Parts('groups', state.records.groups);
  const take = (item: TableItem): void => {
    const kind = itemKind(item);
    if (kind === undefined) return;
    state.counts[`${kind}s`] += 1;
    if (kind === 'user') users.add(userRecord(item as UserItem, matching));
    else if (kind === 'membership') memberships.add(membershipRecord(item));
    else groups.add(Buffer.from(`${JSON.stringify(groupOfItem(item as GroupItem))}\n`));
  };
  await progress.gather([users, memberships, groups], () =>
    scanSegments(deps.table, state.segments, {
      take: (items) => items.forEach(take),
      afterPage: () => progress.saveIfDue(),
      stop: sliceOver,
    }),
  );
  await progress.save();
  if (!scanEnded(state.segments)) return 'sliceOver';
  await sameRun({ input, deps });
  Object.assign(state, { segments: newScan(), step: 'users' });
  await progress.save();
  return 'moved';
}

const groupOfItem = ({ groupName, description, precedence }: GroupItem): PoolGroup => ({
  name: groupName,
  ...(description === undefined ? {} : { description }),
  ...(precedence === undefined ? {} : { precedence }),
});

/** How users are recognized; Halt PoolDiffers where none could be, since the pools have different names at sign-in. */
async function matchingOf({ input, deps }: ComparisonRun): Promise<Matching> {
  const manifest = await sameRun({ input, deps });
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
