import { expect } from 'chai';
import type { UpdateUsersResult } from '../../../../source/domain/import/update-users.ts';
import type { EndedExecution } from '../../../../tools/simulation/workflow/run-workflow.ts';
import { addGroups, addUsers } from '../../../support/world/builders.ts';
import { TARGET, WorkflowWorld } from '../../../support/workflows/workflow-world.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const USERS = 60;
/** Calls that write to a pool. */
const WRITES = /^(cognito\.(create|set|disable|enable|add|remove|update)|jobs\.(createJob|startJob))/;

/** A sealed backup, and an empty pool to restore it into. */
async function backedUp(): Promise<WorkflowWorld> {
  const world = new WorkflowWorld();
  world.clock.advance(36 * HOUR_MS);
  addUsers(world.source, USERS, { disabled: 0.2 });
  addGroups(world.source, [20, 10, 5]);
  expect((await world.export()).status).to.equal('SUCCEEDED');
  world.messages.length = 0;
  return world;
}
/** A recovery of the pool that is restored into: previewed for `hours`, then cancelled or restored. */
function recovery(world: WorkflowWorld, hours: number, then: 'cancelled' | 'restored' = 'cancelled'): void {
  const { id } = world.recoveries.initiate(TARGET, world.clock.now() - HOUR_MS, `r-${world.clock.now()}`);
  if (then === 'restored') {
    world.recoveries.knobs.restoreMs = hours * HOUR_MS;
    world.recoveries.start(TARGET, id);
  } else void world.clock.sleep(hours * HOUR_MS).then(() => world.recoveries.force(TARGET, id, 'PREVIEW_CANCELLED'));
}
function expectRestored(world: WorkflowWorld, ended: EndedExecution): void {
  expect(ended.status, ended.cause).to.equal('SUCCEEDED');
  const { outcome, counts } = ended.output as Extract<UpdateUsersResult, { done: true }>;
  expect(outcome).to.equal('complete');
  expect(counts).to.include({
    usersRestored: USERS,
    usersMissing: 0,
    membershipsMissing: 0,
    groupsMissingOrDifferent: 0,
  });
}
const waits = (world: WorkflowWorld) => world.messages.filter(({ subject }) => subject.includes('waits'));

describe("AWS's own recovery of the new pool: restores", () => {
  for (const kind of ['cancelled', 'restored'] as const)
    it(`C17: wait at the preflight until it is ${kind}, write nothing meanwhile, and tell it once`, async () => {
      const world = await backedUp();
      const begun = world.clock.now();
      recovery(world, 3, kind);
      const ended = await world.import();
      expectRestored(world, ended);
      const first = world.calls.log.find(({ call }) => WRITES.test(call));
      expect(first?.at).to.be.at.least(begun + 3 * HOUR_MS);
      expect(first?.at).to.be.below(begun + 3 * HOUR_MS + 15 * MINUTE_MS);
      expect(waits(world)).to.have.length(1);
      const [{ body = '' } = {}] = waits(world);
      expect(body)
        .to.include(TARGET)
        .and.include(kind === 'restored' ? 'RESTORING' : 'PREVIEW_GENERATED');
      expect(body.replaceAll(/\s+/g, ' ')).to.include('goes on by itself when the recovery has ended');
    });

  for (const [what, call, nth] of [
    ['the creation of an import job', 'jobs.createJob', 1],
    ['the start of an import job', 'jobs.startJob', 1],
    ['the creation of groups', 'cognito.createGroup', 2],
    ['memberships', 'cognito.addUserToGroup', 7],
    ['the disabling of users', 'cognito.disableUser', 3],
  ] as const)
    it(`C17: wait when one begins before ${what}, and take no paused write for a refusal`, async () => {
      const world = await backedUp();
      let seen = 0;
      world.calls.turn = async (made) => {
        if (made === call && ++seen === nth) recovery(world, 23);
      };
      expectRestored(world, await world.import());
      expect(seen).to.be.at.least(nth + 1);
      expect(waits(world), 'one a day').to.have.length(2);
    });

  it('C17: wait when one begins while attributes are put right and missing users are made', async () => {
    const world = await backedUp();
    world.jobs.knobs.rowFate = (_job, row) => (row % 5 === 0 ? 'failed' : undefined);
    let begun = false;
    world.calls.turn = async (made) => {
      if (begun || made !== 'cognito.createUser') return;
      begun = true;
      recovery(world, 2);
    };
    expectRestored(world, await world.import());
    expect(begun).to.equal(true);
  });

  it('C17: give up after two days with one clear statement, and go on when they are started again', async () => {
    const world = await backedUp();
    const { id } = world.recoveries.initiate(TARGET, world.clock.now() - HOUR_MS, 'r');
    world.recoveries.knobs.restoreMs = 72 * HOUR_MS;
    world.recoveries.start(TARGET, id);
    const ended = await world.import();
    expect(ended).to.include({ status: 'FAILED', error: 'RecoveryRunning' });
    expect(ended.cause).to.include('waits no longer').and.include(TARGET).and.include('RESTORING');
    expect(ended.historyEvents, 'of 25,000').to.be.below(6_000);
    expect(waits(world)).to.have.length.within(2, 3);
    expect(world.calls.log.filter(({ call }) => WRITES.test(call))).to.deep.equal([]);
    world.clock.advance(25 * HOUR_MS);
    expectRestored(world, await world.import());
  });

  it('C17: are not held up by a status that was left to AWS Support while the pool takes writes', async () => {
    const world = await backedUp();
    world.recoveries.force(
      TARGET,
      world.recoveries.initiate(TARGET, world.clock.now() - HOUR_MS, 'r').id,
      'AWS_ABORTED',
    );
    world.writer.pausedBy = world.jobs.pausedBy = () => undefined;
    expectRestored(world, await world.import());
    expect(waits(world)).to.deep.equal([]);
  });

  it('C17: wait in such a status once a write is refused, and try again: it may outlive the pause', async () => {
    const world = await backedUp();
    world.recoveries.force(
      TARGET,
      world.recoveries.initiate(TARGET, world.clock.now() - HOUR_MS, 'r').id,
      'AWS_ABORTED',
    );
    const begun = world.clock.now();
    const { pausedBy } = world.writer;
    world.writer.pausedBy = world.jobs.pausedBy = (poolId) =>
      world.clock.now() < begun + HOUR_MS ? pausedBy(poolId) : undefined;
    expectRestored(world, await world.import());
    expect(waits(world)).to.have.length(1);
    expect(waits(world)[0]?.body).to.include('AWS_ABORTED');
    const tried = world.calls.log.filter(({ call, at }) => call === 'jobs.createJob' && at < begun + HOUR_MS).length;
    expect(tried, 'not more often than the workflow waits').to.be.within(2, 6);
  });

  it('C17: a dry run waits for nothing', async () => {
    const world = await backedUp();
    recovery(world, 3);
    const begun = world.clock.now();
    expect((await world.import({ DryRun: true })).status).to.equal('SUCCEEDED');
    expect(world.clock.now() - begun).to.be.below(HOUR_MS);
  });

  it('C17: go on where they may not ask, and cost one call more than before', async () => {
    const world = await backedUp();
    const before = world.calls.countOf('cognito.recoveries');
    world.cognito.knobs.mayListRecoveries = false;
    expectRestored(world, await world.import());
    expect(world.calls.countOf('cognito.recoveries') - before).to.equal(1);
    expect(world.log.lines.filter((line) => line.includes('allow ListPointInTimeRecoveries'))).to.have.length(1);
  });

  it('C17: a second pause is a new one: the first does not count towards its end', async () => {
    const world = await backedUp();
    recovery(world, 20);
    let second = false;
    world.calls.turn = async (made) => {
      if (second || made !== 'cognito.addUserToGroup') return;
      second = true;
      await world.clock.sleep(10 * HOUR_MS);
      recovery(world, 23);
    };
    expectRestored(world, await world.import());
    expect(second).to.equal(true);
  });
});
