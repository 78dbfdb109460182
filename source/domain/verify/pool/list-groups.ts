import { isAutomaticGroup } from '../../backup/automatic-groups.ts';
import { compareGroups } from '../../comparison/compare-groups.ts';
import { poolGroups } from '../../listing/pool-groups.ts';
import { groupShape } from '../../model.ts';
import type { PoolGroup } from '../../model.ts';
import { readNdjson } from '../../state/ndjson.ts';
import type { StepEnd } from '../../state/step.ts';
import { Rows } from './rows.ts';
import type { ComparisonRun } from './state.ts';

/** Lists the groups of the pool and compares them with the backup's. */
export async function listPoolGroups(comparison: ComparisonRun): Promise<StepEnd> {
  const { progress } = comparison;
  const rows = new Rows(progress.state.rows);
  const groupsKey = await progress.gather([rows], () => tellDifferences(comparison, rows));
  Object.assign(progress.state, { groupsKey, step: 'members' });
  await progress.save();
  return 'moved';
}

/** Returns the key of the object with the names of the pool's groups. */
async function tellDifferences({ input, deps, progress, folder }: ComparisonRun, rows: Rows): Promise<string> {
  const { counts, records } = progress.state;
  const { sourcePoolId, groupsOfSample } = progress.state;
  const wanted = groupsOfSample === undefined ? undefined : new Set(groupsOfSample);
  const inPool = new Map(
    [...(await poolGroups(deps, input.userPoolId))].filter(
      ([name]) => sourcePoolId === undefined || !isAutomaticGroup(name, input.userPoolId),
    ),
  );
  const inBackup: PoolGroup[] = [];
  for (const key of records.groups)
    for await (const group of readNdjson(deps.objects, key, groupShape))
      if (wanted?.has(group.name) ?? true) inBackup.push(group);
  if (wanted !== undefined) counts.groups = inBackup.length;
  const groupsKey = `${folder}work/pool-groups-${deps.claim}.json`;
  await deps.objects.put(groupsKey, JSON.stringify([...inPool.keys()].sort()));
  const { problems, extra } = compareGroups(inBackup, inPool);
  for (const { name, differs } of problems) {
    counts[differs === undefined ? 'groupsMissing' : 'groupsDifferent'] += 1;
    rows.tell('', '', `group ${name}: ${differs === undefined ? 'missing' : `different: ${differs.join(' ')}`}`);
  }
  for (const { name, roleArn } of inBackup) {
    const found = inPool.get(name);
    if (found === undefined || found.roleArn === roleArn) continue;
    counts.groupsWithOtherRole = (counts.groupsWithOtherRole ?? 0) + 1;
    const [there, kept] = [found.roleArn ?? 'no IAM role', roleArn ?? 'none'];
    rows.tell('', '', `group ${name}: ${there} in the pool and ${kept} in the backup; not counted as a difference`);
  }
  for (const name of extra) {
    counts.groupsExtra += 1;
    rows.tell('', '', `group ${name}: extra: the backup has no such group`);
  }
  return groupsKey;
}
