import type { PoolGroup } from '../../model.ts';
import type { WriteOutcome } from '../../ports.ts';
import { isAboutAttributes } from '../updates/lessened.ts';
import { isUnanswered, unlessUnanswered } from '../updates/unanswered.ts';
import type { GroupDecision, GroupSetting } from './decisions.ts';
import { HAS_ROLE, isSetting } from './group-settings.ts';
import type { UndoEntry } from './undo-file.ts';
import { endAs, endShort } from './work-run.ts';
import type { WorkRun } from './work-run.ts';

/** What is about to be written to one group, and what that overwrites. */
interface GroupOverwrite {
  readonly set: readonly GroupSetting[];
  /** Settings that an undo leaves since somebody changed them. */
  readonly changed: readonly string[];
  readonly entries: readonly UndoEntry[];
}

function overwriteOfGroup({ group, set = [] }: GroupDecision, there: PoolGroup): GroupOverwrite {
  const differing = set.filter((setting) => !isSetting(there, setting, setting.after));
  const isChanged = (setting: GroupSetting): boolean =>
    setting.replaces !== undefined && !isSetting(there, setting, setting.replaces);
  const left = differing.filter((setting) => !isChanged(setting));
  return {
    set: left,
    changed: differing.filter(isChanged).map(({ field }) => field),
    entries: left.map(({ field, after }) => ({ kind: 'group', group, field, before: there[field] ?? null, after })),
  };
}

/** What is noted before a group is made or written to. */
export function entriesOfGroup(decision: GroupDecision, there: PoolGroup | undefined): readonly UndoEntry[] {
  if (decision.make !== undefined) return there === undefined ? [{ kind: 'createdGroup', group: decision.group }] : [];
  return there === undefined || there.roleArn !== decision.keepsRole ? [] : overwriteOfGroup(decision, there).entries;
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
  if (there !== undefined && run.undo.like(created) === undefined)
    return endAs(run, index, 'skipped', 'somebody made the group meanwhile; it is left as it is');
  const { roleArn: _role, ...settings } = there ?? wanted;
  const outcome = await put(run, { ...settings, ...wanted });
  if (outcome === 'done' || isUnanswered(outcome)) return;
  const { roleArn, ...bare } = wanted;
  // A role that is refused costs this role.
  if (roleArn !== undefined && (await put(run, { ...settings, ...bare })) === 'done')
    return endShort(run, index, decision, { refused: [`role: ${outcome.refused}`], changed: [] });
  endAs(run, index, 'failed', outcome.refused);
  run.undo.refused(created);
}

async function setGroup(run: WorkRun, index: number, decision: GroupDecision, there: PoolGroup): Promise<void> {
  const { set, changed, entries } = overwriteOfGroup(decision, there);
  const refused: string[] = [];
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
      if (outcome === 'done' || isUnanswered(outcome)) continue;
      refused.push(`${setting.field}: ${outcome.refused}`);
      for (const entry of entries) if (entry.kind === 'group' && entry.field === setting.field) run.undo.refused(entry);
    }
  }
  endShort(run, index, decision, { refused, changed });
}

const put = ({ deps, plan }: WorkRun, group: PoolGroup): Promise<WriteOutcome> =>
  unlessUnanswered({ pool: deps.pool, poolId: plan.newUserPoolId, clock: deps.clock }, () =>
    deps.writer.createGroup(plan.newUserPoolId, group),
  );
