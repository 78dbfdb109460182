import { expect } from 'chai';
import { Fault } from '../../../../../source/domain/errors.ts';
import { CLOSED } from '../../../../../source/domain/import/plan/closed-objects.ts';
import { restoreFolder, restorePrefix } from '../../../../../source/domain/import/plan/plan-model.ts';
import { headKey } from '../../../../../source/domain/import/plan/restore-head.ts';
import { addGroups, addUsers } from '../../../../support/world/builders.ts';
import { TARGET, WorkflowWorld } from '../../../../support/workflows/workflow-world.ts';

async function exported(): Promise<WorkflowWorld> {
  const world = new WorkflowWorld();
  addUsers(world.source, 12);
  addGroups(world.source, [2, 9]);
  expect(await world.export()).to.include({ status: 'SUCCEEDED' });
  return world;
}

/** Everything about the pool that is restored into. */
const FOLDER = restorePrefix(TARGET);

const restoreId = (world: WorkflowWorld): string => world.head()?.restoreId ?? '';
const keys = (world: WorkflowWorld, prefix: string): string[] =>
  [...world.objects.stored.keys()].filter((key) => key.startsWith(prefix));
const untagged = (world: WorkflowWorld, prefix: string): string[] =>
  keys(world, prefix).filter((key) => world.objects.tags.get(key)?.restore !== CLOSED.restore);

describe('Objects of closed restores', () => {
  it('are all tagged when the restore is complete, except the head that says so', async () => {
    const world = await exported();
    expect(await world.import()).to.include({ status: 'SUCCEEDED' });
    expect(keys(world, `restores/${TARGET}/`)).to.have.length.above(10);
    expect(untagged(world, FOLDER)).to.deep.equal([headKey(TARGET)]);
    expect([...world.objects.tags.keys()].filter((key) => !key.startsWith('restores/'))).to.deep.equal([]);
  });

  it('keep the longer retention while a restore is partial, and are tagged when a retry completes it', async () => {
    const world = await exported();
    world.writer.refuse = (call) => (call === 'addUserToGroup' ? 'InternalErrorException' : undefined);
    expect(await world.import()).to.include({ status: 'FAILED', error: 'RestoreIncomplete' });
    expect(world.objects.tags.size).to.equal(0);
    world.writer.refuse = () => undefined;
    expect(await world.import()).to.include({ status: 'SUCCEEDED' });
    expect(untagged(world, FOLDER)).to.deep.equal([headKey(TARGET)]);
  });

  it('D11: keep the longer retention while a complete restore makes gone accounts again', async () => {
    const world = await exported();
    expect(await world.import()).to.include({ status: 'SUCCEEDED' });
    for (const username of [...world.target.users.keys()]) world.target.remove(username);
    let whileOpen: string[] = [];
    world.calls.turn = (call) => {
      if (call === 'cognito.createUser')
        whileOpen = keys(world, FOLDER).filter((key) => world.objects.tags.get(key)?.restore === CLOSED.restore);
      return Promise.resolve();
    };
    expect(await world.import({ RecreateMissing: true })).to.include({ status: 'SUCCEEDED' });
    expect(world.calls.countOf('cognito.createUser')).to.be.greaterThan(0);
    expect(whileOpen).to.deep.equal([]);
    expect(untagged(world, FOLDER)).to.deep.equal([headKey(TARGET)]);

    expect(await world.import({ RecreateMissing: true, DryRun: true })).to.include({ status: 'SUCCEEDED' });
    expect(untagged(world, FOLDER)).to.deep.equal([headKey(TARGET)]);
  });

  it('are those of a dry run once it is reported, and of a plan that a later start replaced', async () => {
    const world = await exported();
    expect(await world.import({ DryRun: true })).to.include({ status: 'SUCCEEDED' });
    const dry = restoreFolder(TARGET, restoreId(world));
    expect(keys(world, `${dry}report/`)).to.have.length(2);
    expect(untagged(world, dry)).to.deep.equal([]);

    world.target.settings = { ...world.target.settings, autoVerifiedAttributes: [] };
    expect(await world.import()).to.include({ status: 'FAILED', error: 'PreflightFailed' });
    const refused = restoreFolder(TARGET, restoreId(world));
    expect(untagged(world, refused)).to.not.deep.equal([]);

    world.target.settings = { ...world.target.settings, autoVerifiedAttributes: ['email'] };
    world.jobs.knobs.endEarly = () => ({ afterRows: 0, status: 'Failed', message: 'The log role cannot be assumed.' });
    expect(await world.import()).to.include({ status: 'FAILED', error: 'ImportJobFailed' });
    const current = restoreFolder(TARGET, restoreId(world));
    expect(new Set([dry, refused, current]).size).to.equal(3);
    expect(untagged(world, FOLDER).filter((key) => !key.startsWith(current))).to.deep.equal([headKey(TARGET)]);
    expect(untagged(world, current)).to.deep.equal(keys(world, current));
  });

  it('never make a complete restore fail: without the permission they stay longer, and the log says so', async () => {
    const world = await exported();
    world.calls.fail({ call: 'objects.tag', times: 1_000, error: () => new Fault('Unprocessed', 'no') });
    expect(await world.import()).to.include({ status: 'SUCCEEDED' });
    expect(world.head()?.phase).to.equal('complete');
    expect(world.log.lines.join('\n')).to.match(
      /warn Objects of a closed restore could not be tagged: they expire after 180 days/,
    );
  });

  it('are tagged by a retried invocation when the first one died meanwhile', async () => {
    const whole = await exported();
    expect(await whole.import()).to.include({ status: 'SUCCEEDED' });
    const tags = whole.calls.log.flatMap(({ call }, index) => (call === 'objects.tag' ? [index] : []));
    for (const at of [tags[0], tags.at(-1)] as number[]) {
      const world = await exported();
      world.calls.killAt(at - world.calls.count + 1);
      expect(await world.import()).to.include({ status: 'SUCCEEDED' });
      expect(untagged(world, FOLDER)).to.deep.equal([headKey(TARGET)]);
    }
  });
});
