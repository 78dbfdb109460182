import { expect } from 'chai';
import { manifestKey, OPEN_KEY, LATEST_KEY } from '../../../source/domain/backup/manifest.ts';
import type { Manifest } from '../../../source/domain/backup/manifest.ts';
import { Fault } from '../../../source/domain/errors.ts';
import { headKey } from '../../../source/domain/import/plan-model.ts';
import type { RestoreHead } from '../../../source/domain/import/plan-model.ts';
import { actualItems, expectedItems, independentSeal, sumOfChecksums } from '../../support/export/expected-table.ts';
import { differences } from '../../support/import/differences.ts';
import { addGroups, addUsers, aGroup, aUser } from '../../support/world/builders.ts';
import { Stopped, TARGET, WorkflowWorld } from '../../support/workflows/workflow-world.ts';
import type { EndedExecution } from '../../support/workflows/state-machine.ts';

/** Few users, but every kind of work: changes, deletions, a federated user, users for whom the CSV is no way, groups. */
function worldBefore(): WorkflowWorld {
  const world = new WorkflowWorld();
  world.cognito.knobs.pageSize = 4;
  world.table.pageItems = 5;
  addUsers(world.source, 6, { disabled: 0.3 });
  world.source.put(aUser({ username: 'zoe', enabled: false, attributes: { email: 'zoe@example.test', email_verified: 'true', name: 'two\nlines' } }));
  world.source.put(aUser({ username: 'google_1', status: 'EXTERNAL_PROVIDER' }));
  addGroups(world.source, [0, 1, 5]);
  return world;
}

/** A world in which these workflows have run, without running them again. */
function worldAfter(earlier: WorkflowWorld): WorkflowWorld {
  const world = worldBefore();
  for (const item of earlier.table.all()) world.table.seed(item);
  for (const [key, object] of earlier.objects.stored) world.objects.stored.set(key, object);
  // Another moment than the earlier runs', so that ids and executions differ.
  world.clock.advance(earlier.clock.elapsed + 1000);
  world.source.remove('user1');
  world.source.leave('user2', 'group2');
  world.source.put(aUser({ username: 'late' }));
  world.source.putGroup(aGroup({ name: 'group1', description: 'changed' }));
  world.jobs.knobs.rowFate = (job, line) => (line === 2 ? 'failed' : job.jobName.endsWith('-a1') && line === 3 ? 'lost' : undefined);
  return world;
}

function expectSealed(world: WorkflowWorld, about: string): void {
  expect(actualItems(world.table), about).to.deep.equal(expectedItems(world.source));
  const latest = world.table.peek(LATEST_KEY)?.runId as string;
  const sealed = world.table.peek(manifestKey(latest)) as unknown as Manifest;
  const { counts, checksum } = independentSeal(world.table);
  expect(sealed.counts, about).to.deep.equal(counts);
  expect(sumOfChecksums(sealed.checksums), about).to.equal(checksum);
  expect(world.table.peek(OPEN_KEY), about).to.equal(undefined);
}

function expectRestored(world: WorkflowWorld, about: string): void {
  // Users of identity providers are not in the backup.
  world.source.remove('google_1');
  expect(differences(world.source, world.target), about).to.deep.equal([]);
  const head = world.objects.json<RestoreHead>(headKey(TARGET));
  expect(head.phase, about).to.equal('complete');
  const report = (name: string): string => world.objects.text(`restores/${TARGET}/${head.restoreId}/report/${name}`);
  const rows = report('failures.csv').trim().split('\n');
  expect(new Set(rows).size, about).to.equal(rows.length);
  // Imported users are RESET_REQUIRED, those created one by one CONFIRMED; FORCE_CHANGE_PASSWORD would lock a user out.
  const restored = [...world.target.users.values()].map(({ user }) => user);
  const byHand = restored.filter(({ status }) => status === 'CONFIRMED');
  expect(restored.filter(({ status }) => status === 'RESET_REQUIRED'), about).to.have.length(restored.length - byHand.length);
  const { counts } = JSON.parse(report('report.json')) as { counts: Record<string, number> };
  expect(counts, about).to.include({ usersInBackup: restored.length, usersRestored: restored.length, usersMissing: 0, usersDifferent: 0, usersWithoutPassword: 0, usersCreatedOneByOne: byHand.length, membershipsMissing: 0 });
  for (const { username } of byHand) expect(rows.filter((row) => row.includes(`,${username},`)), about).to.have.length(1);
  const map = report('sub-map.csv').trim().split('\n').slice(1).sort();
  const wanted = [...world.source.users.values()].map(({ user }) => `${user.sub},${world.target.find(user.username)?.sub ?? ''}`).sort();
  expect(map, about).to.deep.equal(wanted);
  expect(world.writer.sentToUsers, about).to.deep.equal([]);
}

/** "Start it again" is all the repair there is. */
async function until(world: WorkflowWorld, start: () => Promise<EndedExecution>, about: string): Promise<EndedExecution> {
  for (let starts = 1; starts <= 4; starts += 1) {
    try {
      const ended = await start();
      if (ended.status === 'SUCCEEDED' || ended.error === 'AlreadyRestored') return ended;
      throw new Error(`${about}: ended as ${ended.error}: ${ended.cause}`);
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
    }
  }
  throw new Error(`${about}: never ended well`);
}

const WORKFLOWS = [
  { name: 'ExportWorkflow', start: (world: WorkflowWorld) => world.export(), check: expectSealed, functions: ['CheckStateMachine', 'CheckUserPoolConfig', 'SyncUsers', 'ListGroups', 'SyncGroup', 'SyncUsersInGroup', 'BackupTableCleanup', 'MessageBroker'] },
  { name: 'ImportWorkflow', start: (world: WorkflowWorld) => world.import(), check: expectRestored, functions: ['CheckStateMachine', 'CheckNewUserPool', 'ScanTable', 'ImportUsers', 'UpdateUsers', 'MessageBroker'] },
] as const;

const DISASTERS = {
  'a process that dies, retried by Step Functions': (world: WorkflowWorld, nth: number) => { world.calls.killAt(nth, 'before'); },
  'an execution that is stopped and started again': (world: WorkflowWorld, nth: number) => {
    world.stopOnKill = true;
    world.calls.killAt(nth, 'before');
  },
  'an answer that is lost': (world: WorkflowWorld, nth: number) => { world.calls.fail({ nth, when: 'after', error: () => new Fault('ServiceError', 'the answer was lost') }); },
} as const;

describe('The whole workflows, by their own ASL, with something wrong at any single call', function () {
  this.timeout(120_000);
  let once: WorkflowWorld;
  let twice: WorkflowWorld;
  before(async () => {
    once = worldBefore();
    expect(await once.export()).to.include({ status: 'SUCCEEDED' });
    twice = worldAfter(once);
    expect(await twice.export()).to.include({ status: 'SUCCEEDED' });
  });

  for (const { name, start, check, functions } of WORKFLOWS) {
    it(`calls every function of ${name}`, async () => {
      const world = worldAfter(twice);
      await start(world);
      expect([...new Set(world.invoked)]).to.deep.equal(functions);
    });

    for (const [disaster, strike] of Object.entries(DISASTERS)) {
      it(`${name} ends the same after ${disaster}`, async () => {
        const ready = (): WorkflowWorld => worldAfter(name === 'ExportWorkflow' ? once : twice);
        const whole = ready();
        expect(await start(whole)).to.include({ status: 'SUCCEEDED' });
        check(whole, 'undisturbed');
        const calls = whole.calls.count;
        for (let nth = 1; nth <= calls; nth += 1) {
          const about = `${disaster}: call ${nth} of ${calls}, ${whole.calls.log[nth - 1]?.call ?? ''}`;
          const world = ready();
          strike(world, nth);
          await until(world, () => start(world), about);
          check(world, about);
          expect(world.messages, about).to.not.have.length(0);
        }
      });
    }
  }
});
