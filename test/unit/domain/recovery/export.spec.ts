import { expect } from 'chai';
import { LATEST_KEY } from '../../../../source/domain/backup/manifest.ts';
import { Fault } from '../../../../source/domain/errors.ts';
import type { CleanUpResult } from '../../../../source/domain/export/clean-up/clean-up.ts';
import { addGroups, addUsers } from '../../../support/world/builders.ts';
import { SOURCE, WorkflowWorld } from '../../../support/workflows/workflow-world.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** A pool with 40 users that was exported a day ago; deletion protection is on. */
async function exportedWorld(): Promise<WorkflowWorld> {
  const world = new WorkflowWorld();
  world.clock.advance(DAY_MS);
  addUsers(world.source, 40);
  addGroups(world.source, [5, 3, 2]);
  expect((await world.export()).status).to.equal('SUCCEEDED');
  world.clock.advance(DAY_MS);
  world.messages.length = 0;
  return world;
}
const begin = (world: WorkflowWorld, id = 'r-1'): string =>
  world.recoveries.initiate(SOURCE, world.clock.now() - 2 * HOUR_MS, id).id;
const latest = (world: WorkflowWorld): unknown => world.table.peek(LATEST_KEY)?.runId;
const said = (world: WorkflowWorld): string => (world.messages.at(-1)?.body ?? '').replaceAll(/\s+/g, ' ');

describe("AWS's own recovery of the pool: exports", () => {
  it('C17: go on during a preview, and say that writes are paused', async () => {
    const world = await exportedWorld();
    world.recoveries.knobs.previewMs = 10 * HOUR_MS;
    begin(world);
    expect((await world.export()).status).to.equal('SUCCEEDED');
    expect(said(world)).to.include('PREVIEW_GENERATING').and.include('takes no writes');
    world.clock.advance(11 * HOUR_MS);
    expect((await world.export()).status).to.equal('SUCCEEDED');
    expect(said(world)).to.include('PREVIEW_GENERATED');
  });

  it('C17: halt while it restores, before anything is listed, and say when they come again', async () => {
    const world = await exportedWorld();
    const sealed = latest(world);
    world.recoveries.knobs.restoreMs = HOUR_MS;
    world.recoveries.start(SOURCE, begin(world));
    const listed = world.calls.countOf('cognito.listUsersPage');
    const ended = await world.export();
    expect(ended).to.include({ status: 'FAILED', error: 'RecoveryRunning' });
    expect(ended.cause).to.include('RESTORING').and.include(SOURCE).and.include('The last sealed export is');
    expect(said(world)).to.include('start ExportWorkflow with the input {} when the recovery has ended');
    expect(world.calls.countOf('cognito.listUsersPage')).to.equal(listed);
    expect(latest(world)).to.equal(sealed);
    world.clock.advance(HOUR_MS);
    expect((await world.export()).status).to.equal('SUCCEEDED');
  });

  for (const [when, restoreMs, text] of [
    ['still restores', DAY_MS, 'It began while export run'],
    ['has ended', 1, 'put the user pool'],
  ] as const)
    it(`C17: seal nothing when it begins in the middle of a listing and ${when} before the seal`, async () => {
      const world = await exportedWorld();
      const sealed = latest(world);
      world.recoveries.knobs.restoreMs = restoreMs;
      begin(world);
      world.source.onAccess = () => {
        if (
          world.calls.countOf('cognito.listGroupsPage') < 2 ||
          world.recoveries.list(SOURCE)[0]?.status !== 'PREVIEW_GENERATED'
        )
          return;
        world.recoveries.start(SOURCE, 'r-1');
        world.clock.advance(2);
      };
      const ended = await world.export();
      expect(ended).to.include({ status: 'FAILED', error: 'RecoveryRunning' });
      expect(ended.cause).to.include(text).and.include('Nothing was changed in the backup');
      expect(latest(world)).to.equal(sealed);
      world.source.onAccess = () => undefined;
      world.clock.advance(DAY_MS + HOUR_MS);
      const next = await world.export();
      expect(next.status, next.cause).to.equal('SUCCEEDED');
      expect((next.output as CleanUpResult).manifest?.runId).not.to.equal(sealed);
    });

  it('C17: list anew, instead of resuming, what was put back since it was listed', async () => {
    const world = await exportedWorld();
    begin(world);
    world.stopAtState = 6;
    await world.export().catch(() => undefined);
    const begun = world.history.findLast(({ state }) => state === 'CheckUserPoolConfig')?.answer as { runId: string };
    world.recoveries.start(SOURCE, 'r-1');
    world.clock.advance(1_000);
    const ended = await world.export();
    expect(ended.status, ended.cause).to.equal('SUCCEEDED');
    expect((ended.output as CleanUpResult).manifest?.runId).not.to.equal(begun.runId);
  });

  for (const status of ['TEMPORARY_INTERNAL_ERROR_SEE_SUPPORT_CASE', 'AWS_ABORTED', 'SOMETHING_NEW'])
    it(`C17: halt in ${status} until somebody says that it is settled, once`, async () => {
      const world = await exportedWorld();
      world.recoveries.force(SOURCE, begin(world), status);
      const ended = await world.export();
      expect(ended).to.include({ status: 'FAILED', error: 'RecoveryRunning' });
      expect(ended.cause).to.include(status).and.include('{"AllowUnsettledRecovery": true}');
      expect((await world.export({ AllowUnsettledRecovery: true })).status).to.equal('SUCCEEDED');
      world.clock.advance(DAY_MS);
      expect((await world.export()).status).to.equal('SUCCEEDED');
    });

  it('C17: are not allowed past a recovery that restores', async () => {
    const world = await exportedWorld();
    world.recoveries.knobs.restoreMs = HOUR_MS;
    world.recoveries.start(SOURCE, begin(world));
    expect(await world.export({ AllowUnsettledRecovery: true })).to.include({ error: 'RecoveryRunning' });
  });

  it('C17: one that was left to Support holds nothing up once another was begun', async () => {
    const world = await exportedWorld();
    world.recoveries.force(SOURCE, begin(world), 'AWS_ABORTED');
    world.recoveries.force(SOURCE, 'r-1', 'PREVIEW_CANCELLED');
    begin(world, 'r-2');
    world.recoveries.force(SOURCE, 'r-1', 'AWS_ABORTED');
    expect((await world.export()).status).to.equal('SUCCEEDED');
  });

  it('C17: name a recovery that completed since the last sealed run, once', async () => {
    const world = await exportedWorld();
    world.recoveries.start(SOURCE, begin(world));
    await world.export();
    expect(said(world)).to.include("AWS's own point-in-time recovery has put this user pool back");
    world.clock.advance(HOUR_MS);
    await world.export();
    expect(said(world)).not.to.include('point-in-time recovery');
  });

  it('C17: name it in MassDeleteRefused and MassChangeRefused', async () => {
    const world = await exportedWorld();
    for (const username of [...world.source.users.keys()].slice(0, 30)) world.source.remove(username);
    world.recoveries.start(SOURCE, begin(world));
    const ended = await world.export();
    expect(ended).to.include({ error: 'MassDeleteRefused' });
    expect(ended.cause).to.include("AWS's own point-in-time recovery has put this user pool back to its state of");

    const changed = await exportedWorld();
    for (const { user } of [...changed.source.users.values()])
      changed.source.put({ ...user, attributes: { ...user.attributes, name: 'same' } });
    changed.recoveries.start(SOURCE, begin(changed));
    const refused = await changed.export();
    expect(refused).to.include({ error: 'MassChangeRefused' });
    expect(refused.cause).to.include("AWS's own point-in-time recovery has put this user pool back to its state of");
  });

  it('C17: name it also when the export that came between was refused', async () => {
    const world = await exportedWorld();
    for (const username of [...world.source.users.keys()].slice(0, 30)) world.source.remove(username);
    world.recoveries.start(SOURCE, begin(world));
    await world.export();
    expect((await world.export({ AllowMassDelete: true })).status).to.equal('SUCCEEDED');
    expect(said(world)).to.include("AWS's own point-in-time recovery has put this user pool back");
  });

  it('C17: go on where they may not ask, and say so once', async () => {
    const world = new WorkflowWorld();
    world.clock.advance(DAY_MS);
    addUsers(world.source, 5);
    world.cognito.knobs.mayListRecoveries = false;
    const heard: boolean[] = [];
    const run = async (): Promise<void> => {
      expect((await world.export()).status).to.equal('SUCCEEDED');
      heard.push(said(world).includes('cognito-idp:ListPointInTimeRecoveries'));
    };
    await run();
    await run();
    world.cognito.knobs.mayListRecoveries = true;
    await run();
    world.cognito.knobs.mayListRecoveries = false;
    await run();
    expect(heard).to.deep.equal([true, false, false, true]);
  });

  it('C17: go on, and say so, where Cognito does not answer the question', async () => {
    const world = await exportedWorld();
    world.calls.fail({ call: 'cognito.recoveries', times: 2, error: () => new Fault('ServiceError', 'down') });
    const ended = await world.export();
    expect(ended.status, ended.cause).to.equal('SUCCEEDED');
    expect(said(world)).to.include('Cognito could not be asked');
  });

  it('C17: cost two calls more than before', async () => {
    const world = await exportedWorld();
    const before = world.calls.countOf('cognito.recoveries');
    await world.export();
    expect(world.calls.countOf('cognito.recoveries') - before).to.equal(2);
  });
});

describe('Deletion protection of the pool: exports', () => {
  it('C18: say once that it is off, with what to do, and again only after it was on', async () => {
    const world = new WorkflowWorld();
    world.clock.advance(DAY_MS);
    addUsers(world.source, 5);
    const heard: boolean[] = [];
    for (const deletionProtected of [false, false, true, true, false, false]) {
      world.source.settings = { ...world.source.settings, deletionProtected };
      expect((await world.export()).status).to.equal('SUCCEEDED');
      heard.push(said(world).includes('Deletion protection of the user pool'));
      if (heard.at(-1) === true) expect(said(world)).to.include(SOURCE).and.include('Turn it on');
      world.clock.advance(DAY_MS);
    }
    expect(heard).to.deep.equal([true, false, false, false, true, false]);
  });

  it('C18: an export that was not sealed has told nobody: the next one says it', async () => {
    const world = await exportedWorld();
    world.source.settings = { ...world.source.settings, deletionProtected: false };
    const users = [...world.source.users.keys()].slice(0, 30);
    for (const username of users) world.source.remove(username);
    expect(await world.export()).to.include({ error: 'MassDeleteRefused' });
    expect((await world.export({ AllowMassDelete: true })).status).to.equal('SUCCEEDED');
    expect(said(world)).to.include('Deletion protection of the user pool');
  });
});
