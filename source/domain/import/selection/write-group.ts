import type { PoolGroup } from '../../model.ts';
import type { WriteOutcome } from '../../ports.ts';
import { isAboutAttributes } from '../updates/lessened.ts';
import { isUnanswered, unlessUnanswered } from '../updates/unanswered.ts';
import type { GroupDecision, GroupSetting } from './decisions.ts';
import { HAS_ROLE, isSetting } from './group-settings.ts';
import { confirm, confirmSeen, earlierWrites, SEEN_AFTER_MS } from './earlier-writes.ts';
import type { EarlierWrites } from './earlier-writes.ts';
import type { UndoEntry, UndoEntryOf } from './undo-file.ts';
import { endAs, endShort } from './work-run.ts';
import type { WorkRun } from './work-run.ts';

/** What is about to be written to one group, and what that overwrites. */
interface GroupOverwrite {
  readonly set: readonly GroupSetting[];
  /** Settings that are left since somebody changed them. */
  readonly changed: readonly string[];
  readonly entries: readonly UndoEntryOf<'group'>[];
  /** What is there already as an earlier start or invocation meant to write it. */
  readonly seen: readonly UndoEntryOf<'group'>[];
}

function overwriteOfGroup(
  { group, set = [] }: GroupDecision,
  there: PoolGroup,
  earlier: EarlierWrites,
): GroupOverwrite {
  const differing = set.filter((setting) => !isSetting(there, setting, setting.after));
  const entryOf = ({ field, after }: GroupSetting): UndoEntryOf<'group'> => ({
    kind: 'group',
    group,
    field,
    before: there[field] ?? null,
    after,
  });
  const writtenOf = (setting: GroupSetting): number | undefined => earlier.confirmedAt(entryOf(setting));
  const isChanged = (setting: GroupSetting): boolean => {
    if (setting.replaces !== undefined && !isSetting(there, setting, setting.replaces)) return true;
    const known = earlier.undo.like(entryOf(setting));
    if (known?.kind !== 'group') return false;
    return !isSetting(there, setting, known.before) || (writtenOf(setting) ?? Infinity) + SEEN_AFTER_MS <= earlier.now;
  };
  const left = differing.filter((setting) => !isChanged(setting) && writtenOf(setting) === undefined);
  return {
    set: left,
    changed: differing.filter(isChanged).map(({ field }) => field),
    entries: left.map(entryOf),
    seen: set
      .filter((setting) => !differing.includes(setting) && earlier.undo.like(entryOf(setting)) !== undefined)
      .map(entryOf),
  };
}

/** What is noted before a group is made or written to. */
export function entriesOfGroup(
  decision: GroupDecision,
  there: PoolGroup | undefined,
  earlier: EarlierWrites,
): readonly UndoEntry[] {
  if (decision.make !== undefined) return there === undefined ? [{ kind: 'createdGroup', group: decision.group }] : [];
  if (there === undefined || there.roleArn !== decision.keepsRole) return [];
  return overwriteOfGroup(decision, there, earlier).entries;
}

/** Makes the group, or sets what differs of `there`; what Cognito refuses is recorded, and is not to be undone. */
export async function writeGroup(
  run: WorkRun,
  index: number,
  decision: GroupDecision,
  there: PoolGroup | undefined,
): Promise<void> {
  const { group, make, set = [] } = decision;
  if (make !== undefined) return makeGroup(run, index, decision, { wanted: { name: group, ...make }, there });
  if (set.length === 0) return;
  if (there === undefined) return endAs(run, index, 'failed', 'the group is not in the pool any more');
  const fields = set.map(({ field }) => field).join(', ');
  if (there.roleArn !== decision.keepsRole) return endAs(run, index, 'failed', `${fields} not set: ${HAS_ROLE}`);
  await setGroup(run, index, decision, there);
}

async function makeGroup(
  run: WorkRun,
  index: number,
  decision: GroupDecision,
  { wanted, there }: { readonly wanted: PoolGroup; readonly there: PoolGroup | undefined },
): Promise<void> {
  const created: UndoEntry = { kind: 'createdGroup', group: wanted.name };
  // Somebody made it meanwhile; or an earlier invocation did, whose answer was lost.
  const known = run.undo.like(created);
  if (there !== undefined && known === undefined)
    return endAs(run, index, 'skipped', 'somebody made the group meanwhile; it is left as it is');
  const { roleArn, ...bare } = wanted;
  if (there !== undefined) {
    const changed = (['description', 'precedence'] as const).filter(
      (field) => !isSetting(there, { field }, wanted[field] ?? null),
    );
    // It was made whole, but for a role that was refused.
    const isRoleOpen = roleArn !== undefined && there.roleArn === undefined;
    const outcome = isRoleOpen ? await put(run, { ...there, roleArn }) : 'done';
    const refused = outcome === 'done' || isUnanswered(outcome) ? [] : [`role: ${outcome.refused}`];
    return endShort(run, index, decision, { refused, changed });
  }
  const outcome = await put(run, wanted);
  if (outcome === 'done') return confirm(run, created);
  if (isUnanswered(outcome)) return;
  // A role that is refused costs this role.
  if (roleArn !== undefined && (await put(run, bare)) === 'done') {
    confirm(run, created);
    return endShort(run, index, decision, { refused: [`role: ${outcome.refused}`], changed: [] });
  }
  endAs(run, index, 'failed', outcome.refused);
  run.undo.refused(created);
}

async function setGroup(run: WorkRun, index: number, decision: GroupDecision, there: PoolGroup): Promise<void> {
  const { set, changed, entries, seen } = overwriteOfGroup(decision, there, earlierWrites(run));
  const refused: string[] = [];
  confirmSeen(run, seen);
  let settings = there;
  const write = async (some: readonly GroupSetting[]): Promise<WriteOutcome> => {
    const wanted = { ...settings, ...Object.fromEntries(some.map(({ field, after }) => [field, after ?? ''])) };
    const outcome = await put(run, wanted);
    if (outcome === 'done') settings = wanted;
    return outcome;
  };
  if (set.length > 0) {
    const all = await write(set);
    const again = all !== 'done' && isAboutAttributes(all) && set.length > 1;
    for (const setting of set) {
      const outcome = again ? await write([setting]) : all;
      if (isUnanswered(outcome)) continue;
      if (outcome !== 'done') refused.push(`${setting.field}: ${outcome.refused}`);
      for (const entry of entries)
        if (entry.field !== setting.field) continue;
        else if (outcome === 'done') confirm(run, entry);
        else run.undo.refused(entry);
    }
  }
  endShort(run, index, decision, { refused, changed });
}

const put = ({ deps, plan }: WorkRun, group: PoolGroup): Promise<WriteOutcome> =>
  unlessUnanswered({ pool: deps.pool, poolId: plan.newUserPoolId, clock: deps.clock }, () =>
    deps.writer.createGroup(plan.newUserPoolId, group),
  );
