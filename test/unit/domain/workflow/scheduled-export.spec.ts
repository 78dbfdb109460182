import { expect } from 'chai';
import { leaseKey } from '../../../../source/domain/workflow/lease.ts';
import type { SolutionWorkflow } from '../../../../source/domain/workflow/lease.ts';
import { notify } from '../../../../source/domain/workflow/notices/notify.ts';
import { addUsers } from '../../../support/world/builders.ts';
import { BACKUP_REGION, REGION, WorkflowWorld } from '../../../support/workflows/workflow-world.ts';

const SCHEDULED = { Trigger: 'Schedule' };
const HOUR_MS = 3_600_000;

/** A world in which an execution of the workflow is at work. */
function atWork(workflow: SolutionWorkflow, region: string): WorkflowWorld {
  const world = new WorkflowWorld();
  addUsers(world.source, 3);
  const executionArn = `arn:aws:states:${region}:111122223333:execution:${workflow}-0123456789ab:at-work`;
  world.table.seed({ ...leaseKey(workflow, region), executionArn, takenAt: '2026-03-01T00:00:00.000Z' });
  world.executions.set(executionArn, 'RUNNING');
  return world;
}

describe('A scheduled export that finds work under way', () => {
  for (const [workflow, region, error] of [
    ['ExportWorkflow', REGION, 'ExecutionAlreadyRunning'],
    ['ImportWorkflow', REGION, 'RestoreInProgress'],
    ['ImportWorkflow', BACKUP_REGION, 'RestoreInProgress'],
  ] as const) {
    it(`ends without an error, and one started by hand is refused: ${workflow} in ${region}`, async () => {
      const world = atWork(workflow, region);
      const skipped = await world.export(SCHEDULED);
      expect(skipped.status).to.equal('SUCCEEDED');
      expect(skipped.output).to.deep.include({ skipped: true }).and.have.nested.property('busy.Error', error);
      expect(world.invoked).to.deep.equal(['CheckStateMachine', 'MessageBroker']);
      expect(world.metrics).to.deep.equal([]);
      for (const input of [{}, { Trigger: 'Launch' }, { Trigger: 'me' }])
        expect(await world.export(input)).to.include({ status: 'FAILED', error });
    });
  }

  it('says so at most once a day, and what to do when it comes every day', async () => {
    const world = atWork('ExportWorkflow', REGION);
    for (let hour = 0; hour < 49; hour += 1) {
      expect(await world.export(SCHEDULED)).to.include({ status: 'SUCCEEDED' });
      world.clock.advance(HOUR_MS);
    }
    const told = world.messages.map(({ subject }) => subject);
    expect(told).to.deep.equal(
      Array.from({ length: 3 }, () => `A scheduled ExportWorkflow in ${REGION} found another one at work`),
    );
    expect(world.messages[0]?.body).to.include('at-work').and.include('ExportFrequency');
  });

  it('is no error for ERRORS_ONLY', async () => {
    const world = atWork('ImportWorkflow', REGION);
    const event = {
      event: 'skipped',
      workflow: 'ExportWorkflow',
      executionArn: `arn:aws:states:${REGION}:111122223333:execution:ExportWorkflow-0123456789ab:one`,
      startTime: '2026-03-01T00:00:00.000Z',
      error: { Error: 'RestoreInProgress', Cause: 'A restore runs.' },
    };
    const settings = { primaryRegion: REGION, userPoolId: 'pool', tableName: 'table', exportWorkflowArn: 'arn' };
    const { services } = world;
    const deps = { ...world.newInvocation(), ...services, measure: () => undefined };
    expect(await notify(event, deps, { ...settings, preference: 'ERRORS_ONLY' })).to.deep.equal({ sent: false });
    expect(world.messages).to.deep.equal([]);
  });

  it('ends without an error also when nobody can be told', async () => {
    const world = atWork('ExportWorkflow', REGION);
    world.calls.fail({ call: 'topic.publish', times: 100, error: () => new Error('the topic refuses') });
    expect(await world.export(SCHEDULED)).to.include({ status: 'SUCCEEDED' });
  });

  it('exports once nobody is at work any more', async () => {
    const world = atWork('ExportWorkflow', REGION);
    await world.export(SCHEDULED);
    world.executions.clear();
    const ended = await world.export(SCHEDULED);
    expect(ended.output).to.have.nested.property('manifest.counts.users', 3);
  });

  it('fails for any other reason as before', async () => {
    const world = atWork('ExportWorkflow', REGION);
    expect(await world.export({ ...SCHEDULED, Unknown: 1 })).to.include({ status: 'FAILED', error: 'InvalidInput' });
  });
});
