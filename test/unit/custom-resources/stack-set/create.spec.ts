import { expect } from 'chai';
import { createRequest, deleteRequest, LAUNCH_ID } from '../../../support/custom-resources/requests.ts';
import {
  ROLE_UNKNOWN,
  STACK_SET_DATA,
  STACK_SET_NAME,
  STACK_SET_PROPERTIES,
  StackSetWorld,
} from '../../../support/custom-resources/stack-set-world.ts';

const MINUTE = 60_000;

describe('StackSetCustomResource: Create', () => {
  let world: StackSetWorld;
  beforeEach(() => {
    world = new StackSetWorld();
  });

  it('makes the StackSet with both instances, then starts the first export', async () => {
    expect(await world.deployment().request(createRequest(STACK_SET_PROPERTIES))).to.deep.include({
      Status: 'SUCCESS',
      PhysicalResourceId: STACK_SET_NAME,
      Data: STACK_SET_DATA,
    });
    expect(world.sets.log).to.deep.equal(['create set', 'add us-east-1,eu-west-1']);
    expect(world.sets.sets.get(STACK_SET_NAME)?.definition).to.deep.include({
      templateUrl: STACK_SET_PROPERTIES.StackSetTemplateUrl,
      parameters: { CognitoTPS: '10' },
      administrationRoleArn: STACK_SET_PROPERTIES.AdministrationRoleArn,
    });
    expect(world.started).to.deep.equal([`export-us-east-1 launch-${LAUNCH_ID} {"Trigger":"Launch"}`]);
    expect(world.told).to.be.empty;
  });

  it('answers only when the operation has ended, however many invocations that takes', async () => {
    world.sets.operationMs = 35 * MINUTE;
    const slow = world.deployment();
    expect((await slow.request(createRequest(STACK_SET_PROPERTIES))).Status).to.equal('SUCCESS');
    expect(slow.invocations).to.equal(3);
    expect(world.sets.log).to.deep.equal(['create set', 'add us-east-1,eu-west-1']);
    expect(world.started).to.have.length(1);
  });

  it('does the work once when the request is delivered twice at the same time', async () => {
    const answers = await Promise.all([
      world.deployment().request(createRequest(STACK_SET_PROPERTIES)),
      world.deployment().request(createRequest(STACK_SET_PROPERTIES)),
    ]);
    expect(answers[0]).to.deep.equal(answers[1]);
    expect(world.sets.log).to.deep.equal(['create set', 'add us-east-1,eu-west-1']);
    expect(new Set(world.started).size).to.equal(1); // the same execution name: Step Functions starts one
  });

  it('completes what an invocation that died has left', async () => {
    await world.created();
    world.sets.sets.get(STACK_SET_NAME)?.instances.delete('eu-west-1');
    expect((await world.deployment().request(createRequest(STACK_SET_PROPERTIES, 'create-2'))).Status).to.equal(
      'SUCCESS',
    );
    expect(world.sets.log).to.deep.equal(['add eu-west-1']);
  });

  it('tries again while the new roles are not known', async () => {
    world.sets.operationMs = 1000;
    world.sets.createErrors.push(Object.assign(new Error(ROLE_UNKNOWN), { name: 'ValidationError' }));
    world.sets.nextFailures.push(new Error(ROLE_UNKNOWN), { 'us-east-1': ROLE_UNKNOWN });
    expect((await world.deployment().request(createRequest(STACK_SET_PROPERTIES))).Status).to.equal('SUCCESS');
    expect(world.sets.log).to.deep.equal(['create set', 'add us-east-1,eu-west-1', 'add us-east-1']);
  });

  it('reports a role that stays unknown after a few minutes', async () => {
    world.sets.createErrors.push(...Array.from({ length: 100 }, () => new Error(ROLE_UNKNOWN)));
    const answer = await world.deployment().request(createRequest(STACK_SET_PROPERTIES));
    expect(answer.Reason).to.contain('role with trust relationship');
    expect(world.clock.elapsed).to.be.within(3 * MINUTE, 6 * MINUTE);
  });

  it('fails with the resource that failed first, and with what is retained', async () => {
    world.sets.nextFailures.push({
      'us-east-1': 'ResourceLogicalId: several',
      'eu-west-1': 'Cancelled since failure tolerance has exceeded',
    });
    world.sets.firstFailures = {
      'us-east-1': 'Subscription (AWS::SNS::Subscription) CREATE_FAILED: Invalid parameter: ops@example.com',
    };
    const adding = world.sets.startAdding;
    world.sets.startAdding = async (...args) => {
      const answer = await adding(...args);
      world.sets.sets.get(STACK_SET_NAME)?.instances.set('us-east-1', {
        region: 'us-east-1',
        account: '123456789012',
        status: 'OUTDATED',
        stackId: 'stack-us-east-1',
      });
      return answer;
    };
    const answer = await world.deployment().request(createRequest(STACK_SET_PROPERTIES));
    expect(answer).to.include({ Status: 'FAILED', PhysicalResourceId: STACK_SET_NAME });
    expect(answer.Reason)
      .to.contain(`Operation "create" of StackSet ${STACK_SET_NAME} ended FAILED`)
      .and.to.contain(
        'us-east-1: Subscription (AWS::SNS::Subscription) CREATE_FAILED: Invalid parameter: [e-mail address]',
      )
      .and.to.contain('eu-west-1: Cancelled since')
      .and.to.contain('are retained');
    expect(world.sets.log).to.deep.equal(['create set', 'add us-east-1,eu-west-1']); // not tried again, nothing deleted here
    expect(world.started).to.be.empty;
  });

  it('is cleaned up by the Delete of the rollback', async () => {
    world.sets.nextFailures.push({ 'eu-west-1': 'Bucket: quota reached' });
    await world.deployment().request(createRequest(STACK_SET_PROPERTIES));
    expect((await world.deployment().request(deleteRequest(STACK_SET_NAME))).Status).to.equal('SUCCESS');
    expect(world.sets.log.slice(2)).to.deep.equal(['forget eu-west-1', 'remove us-east-1', 'delete set']);
    expect(world.sets.sets.size).to.equal(0);
  });

  it('turns a refused first export into a message, not into a failed launch', async () => {
    world.refusal = Object.assign(new Error('no'), { name: 'ExecutionLimitExceeded' });
    expect((await world.deployment().request(createRequest(STACK_SET_PROPERTIES))).Status).to.equal('SUCCESS');
    expect(world.told).to.deep.equal([
      {
        functionName: 'broker-us-east-1',
        event: 'launch-export-refused',
        workflow: 'ExportWorkflow',
        stateMachineArn: 'export-us-east-1',
        error: 'ExecutionLimitExceeded',
      },
    ]);
  });
});
