import { compareGroups } from '../../comparison/compare-groups.ts';
import type { PoolGroup } from '../../model.ts';
import { poolGroups } from '../../listing/pool-groups.ts';
import { readNdjson } from '../../state/ndjson.ts';
import { Rows } from './rows.ts';
import type { Comparison } from './state.ts';

/** Lists the groups of the pool and compares them with the backup's. */
export async function listGroups({ input, deps, progress, folder }: Comparison): Promise<void> {
  const { state } = progress;
  const inPool = await poolGroups(deps, input.userPoolId);
  const inBackup: PoolGroup[] = [];
  for (const key of state.records.groups)
    for await (const group of readNdjson<PoolGroup>(deps.objects, key)) inBackup.push(group);
  const groupsKey = `${folder}work/pool-groups-${deps.claim}.json`;
  await deps.objects.put(groupsKey, JSON.stringify([...inPool.keys()].sort()));
  const rows = new Rows(state.rows);
  const { problems, extra } = compareGroups(inBackup, inPool);
  for (const { name, differs } of problems) {
    state.counts[differs === undefined ? 'groupsMissing' : 'groupsDifferent'] += 1;
    rows.tell('', '', `group ${name}: ${differs === undefined ? 'missing' : `different: ${differs.join(' ')}`}`);
  }
  for (const name of extra) {
    state.counts.groupsExtra += 1;
    rows.tell('', '', `group ${name}: extra: the backup has no such group`);
  }
  Object.assign(state, { groupsKey, step: 'members' });
  progress.storeWith(rows);
  await progress.save();
}
