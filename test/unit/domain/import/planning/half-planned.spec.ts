import { expect } from 'chai';
import * as v from 'valibot';
import { Checkpoint } from '../../../../../source/domain/state/checkpoint.ts';
import { restoreFolder } from '../../../../../source/domain/import/plan/plan-model.ts';
import { NEW_POOL, PlanningWorld, RESTORE_ID } from '../../../../support/import/planning-world.ts';
import { sealBackup } from '../../../../support/import/sealed-backup.ts';
import { addGroups, addUsers } from '../../../../support/world/builders.ts';

const folder = restoreFolder(NEW_POOL, RESTORE_ID);

function backedUp(): PlanningWorld {
  const world = new PlanningWorld();
  addUsers(world.source, 30);
  addGroups(world.source, [5, 20]);
  sealBackup(world.table, world.source);
  return world;
}

/** What version 2.0.0 had stored when it had planned one chunk and this version took the execution over. */
async function planHalf({ objects }: PlanningWorld): Promise<void> {
  const part = `${folder}spool/claim-0-0-000000.ndjson`;
  await objects.put(part, `${JSON.stringify({ group: { name: 'of version 2.0.0' } })}\n`);
  await objects.put(`${folder}planning/groups.json`, '{}');
  await objects.put(`${folder}chunks/000000.ndjson`, 'other users\n');
  await Checkpoint.claim<unknown>(objects, {
    key: `${folder}planning/state.json`,
    claim: 'claim-0',
    shape: v.unknown(),
    now: () => 0,
    initial: () => ({ step: 'chunks', parts: [part], draft: { cursor: { part: 0, line: 1 }, ended: true, units: 1 } }),
  });
}

describe('a restore that version 2.0.0 had planned half', () => {
  it('is planned again from the backup; nothing of what only that planning needed is left', async () => {
    const [fresh, updated] = [backedUp(), backedUp()];
    await planHalf(updated);
    for (const world of [fresh, updated]) expect(await world.scan()).to.include({ done: true });
    const stored = (world: PlanningWorld): [string, string][] =>
      [...world.objects.stored.keys()]
        .filter((key) => !key.endsWith('/planning/progress.json'))
        .sort()
        .map((key) => [key, world.objects.text(key)]);
    expect(stored(updated)).to.deep.equal(stored(fresh));
  });
});
