import { expect } from 'chai';
import { Checksums } from '../../source/domain/backup/checksums.ts';
import { contentHash } from '../../source/domain/backup/hashing.ts';
import type { RestoreCounts } from '../../source/domain/import/plan/outcome.ts';
import { backupOf, contentItems, contentOfTable, restorable } from '../support/stored-contents.ts';
import { storedState, StoredWorld } from '../support/stored-state.ts';
import type { StoredPool, StoredState } from '../support/stored-state.ts';
import type { EndedExecution } from '../../tools/simulation/workflow/run-workflow.ts';

/** Items that an export writes after one of that version, whatever has changed: lease, settings of the pool, manifest, pointer. */
const ITEMS_OF_A_RUN = 4;
/** Calls that were under way when a restore was cut off may be made again. */
const CALLS_AT_A_TIME = 10;

const output = <T>({ output: given }: EndedExecution): T => given as T;
const latestRun = ({ items }: { readonly items: StoredState['table'] }): string =>
  items.find(({ id }) => id === 'EXPORT#LATEST')?.runId as string;
/** Users who were created one by one: import jobs leave theirs with that status. */
const createdIn = ({ users }: StoredPool): number => users.filter(({ status }) => status !== 'RESET_REQUIRED').length;

function expectSealed(world: StoredWorld, pool: StoredPool): void {
  const { items } = world;
  expect(contentOfTable(items)).to.deep.equal(backupOf(pool));
  expect(items.find(({ id }) => id === 'EXPORT#OPEN')).to.equal(undefined);
  const manifest = items.find(({ id }) => id === `EXPORT#${latestRun(world)}`);
  const sums = new Checksums();
  for (const item of contentItems(items)) sums.add(item);
  expect(manifest?.checksums).to.deep.equal(sums.toHex());
}

describe('State that version 2.0.0 stored', () => {
  for (const name of ['sealed', 'half-export', 'half-restore'] as const) {
    it(`${name}: has the content hashes that this version would write`, () => {
      const items = contentItems(storedState(name).table);
      expect(items.length).to.be.greaterThan(600);
      for (const item of items) expect(item.contentHash, `${item.id} ${item.type}`).to.equal(contentHash(item));
    });
  }

  describe('a sealed export', () => {
    const state = storedState('sealed');
    const { source } = state.pools;

    it('is found in order by VerifyWorkflow, with its snapshot', async () => {
      const world = await StoredWorld.after(state);
      const ended = await world.verify();
      expect(ended.status, ended.cause).to.equal('SUCCEEDED');
      expect(ended.output).to.deep.include({
        skipped: false,
        runId: latestRun({ items: state.table }),
        notes: [],
        objects: { read: 8, of: 8 },
      });
    });

    it('is the base of the next export, which writes nothing but its own records', async () => {
      const world = await StoredWorld.after(state, { minutesLater: 24 * 60 });
      const ended = await world.export();
      expect(ended.status, ended.cause).to.equal('SUCCEEDED');
      expect(world.itemsWritten).to.equal(ITEMS_OF_A_RUN);
      expect(contentItems(world.items)).to.deep.equal(contentItems(state.table));
      expectSealed(world, source);
      expect((await world.verify()).status).to.equal('SUCCEEDED');
    });

    const restored = async (world: StoredWorld, from: 'table' | 'snapshot', input: object): Promise<void> => {
      const ended = await world.import({ RestoreUnconfirmed: true, ...input });
      expect(ended.status, ended.cause).to.equal('SUCCEEDED');
      expect(output<object>(ended)).to.deep.include({
        outcome: 'complete',
        source: from,
        exportRun: latestRun({ items: state.table }),
      });
      expect(restorable(world.target)).to.deep.equal(restorable(source));
    };

    it('gives everything back from the table', async () => {
      await restored(await StoredWorld.after(state), 'table', {});
    });

    it('gives everything back from its snapshot, when the table has lost every user', async () => {
      const world = await StoredWorld.after({
        ...state,
        table: state.table.filter(({ id }) => id.startsWith('EXPORT#')),
      });
      await restored(world, 'snapshot', { ExportRun: latestRun({ items: state.table }) });
    });
  });

  describe('an export that was cut off', () => {
    const state = storedState('half-export');
    const { source } = state.pools;
    const opened = state.table.find(({ id }) => id === 'EXPORT#OPEN')?.runId;
    const listed = new Set(source.users.map(({ sub }) => `USER#${sub}`));
    /** Each is looked up once before it is deleted. */
    const gone = state.table.filter(({ id, type }) => type === 'PROFILE' && !listed.has(id)).length;

    it('goes on within an hour, and lists no user again', async () => {
      const world = await StoredWorld.after(state, { minutesLater: 50 });
      const ended = await world.export();
      expect(ended.status, ended.cause).to.equal('SUCCEEDED');
      expect(latestRun(world)).to.equal(opened);
      expect(world.callsOf('listUsersPage')).to.equal(gone);
      // The second look at a group that seems gone.
      expect(world.callsOf('listGroupsPage')).to.equal(1);
      // Pages of the groups that were not through, and of those whose memberships seem gone.
      expect(world.callsOf('listUsersInGroupPage')).to.be.lessThan(source.groups.length);
      expectSealed(world, source);
    });

    it('gives way to a new one after more than an hour', async () => {
      const world = await StoredWorld.after(state, { minutesLater: 70 });
      const ended = await world.export();
      expect(ended.status, ended.cause).to.equal('SUCCEEDED');
      expect(latestRun(world)).to.not.equal(opened);
      expect(world.callsOf('listUsersPage')).to.be.greaterThan(gone);
      expect(world.callsOf('listUsersInGroupPage')).to.be.at.least(source.groups.length);
      expectSealed(world, source);
    });
  });

  it('a restore that was cut off ends when it is started again, and makes nothing twice', async () => {
    const state = storedState('half-restore');
    const { source, target } = state.pools;
    const world = await StoredWorld.after(state);
    const ended = await world.import();
    expect(ended.status, ended.cause).to.equal('SUCCEEDED');
    const { outcome, counts } = output<{ readonly outcome: string; readonly counts: RestoreCounts }>(ended);
    expect(outcome).to.equal('policy');
    expect(restorable(world.target)).to.deep.equal(restorable(source, { without: ['UNCONFIRMED'] }));
    expect(counts).to.include({
      usersRestored: world.target.users.length,
      usersMissing: 0,
      usersDifferent: 0,
      usersWithoutPassword: 0,
      membershipsMissing: 0,
    });

    // The running job is waited for, and the two chunks that are left have one job each.
    expect(world.jobs.slice(0, state.jobs.length).map(({ jobName }) => jobName)).to.deep.equal(
      state.jobs.map(({ job }) => job.jobName),
    );
    expect(world.jobs.slice(state.jobs.length).map(({ jobName }) => jobName.slice(-5))).to.deep.equal([
      'c3-a1',
      'c4-a1',
    ]);
    expect(world.callsOf('createGroup')).to.equal(0);
    const missing = {
      createUser: createdIn(world.target) - createdIn(target),
      addUserToGroup: world.target.memberships.length - target.memberships.length,
    };
    for (const [method, calls] of Object.entries(missing))
      expect(world.callsOf(method), method).to.be.within(calls, calls + CALLS_AT_A_TIME);
  });

  it('D11: a restore that was cut off makes nobody again who was deleted since, although it recorded no accounts', async () => {
    const state = storedState('half-restore');
    const world = await StoredWorld.after(state);
    const imported = state.pools.target.users.filter(({ status }) => status === 'RESET_REQUIRED').slice(0, 5);
    for (const { username } of imported) world.deleteFromTarget(username);
    const ended = await world.import();
    expect(ended.status, ended.cause).to.equal('SUCCEEDED');
    const { counts } = output<{ readonly counts: RestoreCounts }>(ended);
    expect(counts.usersDeletedSince).to.equal(imported.length);
    for (const { username } of imported)
      expect(world.target.users.some((user) => user.username === username)).to.equal(false);
  });
});
