import type { PoolGroup } from '../../model.ts';
import { poolGroups } from '../../listing/pool-groups.ts';
import { readNdjson } from '../../state/ndjson.ts';
import { Rows } from './rows.ts';
import type { Comparison } from './state.ts';

/** Compares the groups by name: description and precedence. Roles are never set on a restored group, so they do not count. */
export async function compareGroups(comparison: Comparison): Promise<void> {
  const { deps, progress, folder } = comparison;
  const { state } = progress;
  const inPool = await poolGroups(deps, comparison.input.userPoolId);
  const inBackup = new Map<string, PoolGroup>();
  for (const key of state.records.groups)
    for await (const group of readNdjson<PoolGroup>(deps.objects, key)) inBackup.set(group.name, group);
  const groupsKey = `${folder}work/pool-groups-${deps.claim}.json`;
  await deps.objects.put(groupsKey, JSON.stringify([...inPool.keys()].sort()));
  const rows = new Rows(state.rows);
  for (const [name, group] of inBackup) {
    const found = inPool.get(name);
    const different = found === undefined ? undefined : whatDiffers(group, found);
    if (found === undefined) rows.add('', '', `group ${name}: missing`);
    else if (different !== '') rows.add('', '', `group ${name}: different: ${different}`);
    if (found === undefined) state.counts.groupsMissing += 1;
    else if (different !== '') state.counts.groupsDifferent += 1;
  }
  for (const name of inPool.keys()) {
    if (inBackup.has(name)) continue;
    rows.add('', '', `group ${name}: extra: the backup has no such group`);
    state.counts.groupsExtra += 1;
  }
  Object.assign(state, { groupsKey, step: 'members' });
  progress.storeWith(rows);
  await progress.save();
}

const whatDiffers = (wanted: PoolGroup, found: PoolGroup): string =>
  [
    (wanted.description ?? '') === (found.description ?? '') ? [] : ['description'],
    wanted.precedence === found.precedence ? [] : ['precedence'],
  ]
    .flat()
    .join(' ');
