import { expect } from 'chai';
import { manifestKey, OPEN_KEY, LATEST_KEY } from '../../../source/domain/backup/manifest.ts';
import type { Manifest } from '../../../source/domain/backup/manifest.ts';
import { actualItems, expectedItems, independentSeal, sumOfChecksums } from '../export/expected-table.ts';
import { expectSnapshots } from '../export/kept-snapshots.ts';
import { differences } from '../import/differences.ts';
import { addGroups, addUsers, aGroup, aUser } from '../world/builders.ts';
import { WorkflowWorld } from './workflow-world.ts';

/** Few users, but every kind of work: changes, deletions, a federated user, users for whom the CSV is no way, groups. */
export function worldBefore(): WorkflowWorld {
  const world = new WorkflowWorld();
  world.cognito.knobs.pageSize = 4;
  world.table.pageItems = 5;
  addUsers(world.source, 6, { disabled: 0.3 });
  world.source.put(
    aUser({
      username: 'zoe',
      enabled: false,
      attributes: { email: 'zoe@example.test', email_verified: 'true', name: 'two\nlines' },
    }),
  );
  world.source.put(aUser({ username: 'google_1', status: 'EXTERNAL_PROVIDER' }));
  addGroups(world.source, [0, 1, 5]);
  return world;
}

/** Calls take so long that progress is stored after every page and operation: whoever resumes has something to go on with. */
export function slow(world: WorkflowWorld): WorkflowWorld {
  world.calls.latencies.cognito = 300;
  return world;
}

/** A world in which these workflows have run, without running them again. */
export function worldAfter(earlier: WorkflowWorld): WorkflowWorld {
  const world = worldBefore();
  for (const item of earlier.table.all()) world.table.seed(item);
  for (const [key, object] of earlier.objects.stored) world.objects.stored.set(key, object);
  // Another moment than the earlier runs', so that ids and executions differ.
  world.clock.advance(earlier.clock.elapsed + 1000);
  world.source.remove('user1');
  world.source.leave('user2', 'group2');
  world.source.put(aUser({ username: 'late' }));
  world.source.putGroup(aGroup({ name: 'group1', description: 'changed' }));
  world.jobs.knobs.rowFate = (job, line) =>
    line === 2 ? 'failed' : job.jobName.endsWith('-a1') && line === 3 ? 'lost' : undefined;
  return world;
}

/** A world that was exported, and one whose changed pool was exported again: what `worldAfter` starts from. */
export async function exportedWorlds(): Promise<{ readonly once: WorkflowWorld; readonly twice: WorkflowWorld }> {
  const once = worldBefore();
  expect(await once.export()).to.include({ status: 'SUCCEEDED' });
  const twice = worldAfter(once);
  expect(await twice.export()).to.include({ status: 'SUCCEEDED' });
  return { once, twice };
}

/** The table holds exactly the source pool, sealed. */
export function expectSealed(world: WorkflowWorld, about = ''): void {
  expect(actualItems(world.table), about).to.deep.equal(expectedItems(world.source));
  const latest = world.table.peek(LATEST_KEY)?.runId as string;
  const sealed = world.table.peek(manifestKey(latest)) as unknown as Manifest;
  const { counts, checksum } = independentSeal(world.table);
  expect(sealed.counts, about).to.deep.equal(counts);
  expect(sumOfChecksums(sealed.checksums), about).to.equal(checksum);
  expect(world.table.peek(OPEN_KEY), about).to.equal(undefined);
  expectSnapshots(world.table, world.objects, about);
}

/** The new pool holds everybody of the source pool, and the report is right to the last count. */
export function expectRestored(world: WorkflowWorld, about: string): void {
  // Users of identity providers are not in the backup.
  world.source.remove('google_1');
  expect(differences(world.source, world.target), about).to.deep.equal([]);
  expect(world.head()?.phase, about).to.equal('complete');
  const rows = world.report('failures.csv').trim().split('\n');
  expect(new Set(rows).size, about).to.equal(rows.length);
  // Imported users are RESET_REQUIRED, those created one by one CONFIRMED; FORCE_CHANGE_PASSWORD would lock a user out.
  const restored = [...world.target.users.values()].map(({ user }) => user);
  const byHand = restored.filter(({ status }) => status === 'CONFIRMED');
  expect(
    restored.filter(({ status }) => status === 'RESET_REQUIRED'),
    about,
  ).to.have.length(restored.length - byHand.length);
  const { counts } = JSON.parse(world.report('report.json')) as { counts: Record<string, number> };
  expect(counts, about).to.include({
    usersInBackup: restored.length,
    usersRestored: restored.length,
    usersMissing: 0,
    usersDifferent: 0,
    usersWithoutPassword: 0,
    usersCreatedOneByOne: byHand.length,
    membershipsMissing: 0,
  });
  for (const { username } of byHand)
    expect(
      rows.filter((row) => row.includes(`,${username},`)),
      about,
    ).to.have.length(1);
  const map = world.report('sub-map.csv').trim().split('\n').slice(1).sort();
  const wanted = [...world.source.users.values()]
    .map(({ user }) => `${user.sub},${world.target.find(user.username)?.sub ?? ''}`)
    .sort();
  expect(map, about).to.deep.equal(wanted);
  expect(world.writer.sentToUsers, about).to.deep.equal([]);
}
