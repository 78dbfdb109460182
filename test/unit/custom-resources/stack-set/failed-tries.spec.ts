import { expect } from 'chai';
import { mayBeRoleDelay } from '../../../../source/custom-resources/stack-set/role-delay.ts';
import { createRequest, deleteRequest, updateRequest } from '../../../support/custom-resources/requests.ts';
import {
  CHANGED_PROPERTIES,
  ROLE_UNKNOWN,
  STACK_SET_NAME,
  STACK_SET_PROPERTIES,
  StackSetWorld,
} from '../../../support/custom-resources/stack-set-world.ts';

const MINUTE = 60_000;
const ROLES = ['admin', 'execution'];
const LOG_DESTINATION =
  'ExportWorkflow (AWS::StepFunctions::StateMachine) CREATE_FAILED: Resource handler returned message: "The state machine IAM Role is not authorized to access the Log Destination (Service: Sfn, Status Code: 400)"';
const TRUST =
  'ImportWorkflow (AWS::StepFunctions::StateMachine) CREATE_FAILED: Resource handler returned message: "Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the provided role. (Service: Sfn, Status Code: 400)"';
const DEAD_LETTERS =
  'MessageBrokerInvokeConfig (AWS::Lambda::EventInvokeConfig) CREATE_FAILED: Resource handler returned message: "The function\'s execution role does not have permissions to call SendMessage on arn:aws:sqs:us-east-1:123456789012:queue"';
const DENIED =
  'NewUsers (AWS::SQS::Queue) CREATE_FAILED: User: arn:aws:sts::123456789012:assumed-role/execution/AWSCloudFormation is not authorized to perform: sqs:CreateQueue on resource: arn:aws:sqs:us-east-1:123456789012:queue with an explicit deny in a service control policy';

describe('StackSetCustomResource: tries that fail', () => {
  let world: StackSetWorld;
  beforeEach(() => {
    world = new StackSetWorld();
    world.sets.operationMs = 1000;
    world.sets.failuresLeaveStacks = true;
  });
  const launch = () => world.deployment().request(createRequest(STACK_SET_PROPERTIES));

  it('A5: takes the three sentences about an instance role that is not known yet, and refusals to take its own two roles, for a delay', () => {
    for (const reason of [
      ROLE_UNKNOWN,
      'Role arn:aws:iam::123456789012:role/admin is invalid or cannot be assumed',
      'User: arn:aws:sts::123456789012:assumed-role/admin/s is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::123456789012:role/execution',
      LOG_DESTINATION,
      TRUST,
      DEAD_LETTERS,
    ])
      expect(mayBeRoleDelay(reason, ROLES), reason).to.equal(true);
  });

  it('A5: takes nothing else for one: not an explicit deny, not a missing permission, not a role of somebody else', () => {
    for (const reason of [
      DENIED,
      `${ROLE_UNKNOWN} with an explicit deny in a service control policy`,
      'User: arn:aws:sts::123456789012:assumed-role/admin/s is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::123456789012:role/execution because no permissions boundary allows the sts:AssumeRole action',
      'User: arn:aws:sts::123456789012:assumed-role/execution/s is not authorized to perform: sqs:CreateQueue on resource: q',
      'The role defined for the function cannot be assumed by Lambda.',
      'User: u is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::123456789012:role/somebody',
      'The security token included in the request is invalid',
      'Bucket: quota reached',
    ])
      expect(mayBeRoleDelay(reason, ROLES), reason).to.equal(false);
  });

  for (const [name, reason] of Object.entries({ LOG_DESTINATION, TRUST, DEAD_LETTERS })) {
    it(`A5: tries again after ${name}, and leaves no bucket of the failed try`, async () => {
      world.sets.nextFailures.push({ 'us-east-1': 'several' });
      world.sets.firstFailures = { 'us-east-1': reason };
      expect((await launch()).Status).to.equal('SUCCESS');
      expect(world.sets.log).to.deep.equal([
        'create set',
        'add us-east-1,eu-west-1',
        'remove us-east-1',
        'add us-east-1',
      ]);
      expect([...world.sets.buckets.values()].flat()).to.deep.equal([]);
    });
  }

  it('A5: gives up at once after an explicit deny, and names the buckets that are left', async () => {
    world.sets.nextFailures.push({ 'us-east-1': 'several', 'eu-west-1': 'several' });
    world.sets.firstFailures = { 'us-east-1': DENIED, 'eu-west-1': LOG_DESTINATION };
    world.sets.filledBuckets.add('logs-eu-west-1-2');
    const { Status, Reason } = await launch();
    expect(Status).to.equal('FAILED');
    expect(Reason)
      .to.include('explicit deny')
      .and.include('Left by this and earlier tries: buckets logs-eu-west-1-2.')
      .and.not.include('logs-us-east-1-1');
    expect(world.sets.log).to.deep.equal(['create set', 'add us-east-1,eu-west-1']);
    expect(world.clock.elapsed).to.be.below(MINUTE);
  });

  it('A5: names the buckets of the Region whose instance was made, which the rollback retains', async () => {
    world.sets.nextFailures.push({ 'us-east-1': 'Bucket: quota reached' });
    world.sets.buckets.set('stack-eu-west-1', ['logs-of-the-other', 'files-of-the-other']);
    expect((await launch()).Reason).to.include('buckets logs-of-the-other, files-of-the-other.');
  });

  it('A5: remembers over an invocation what earlier tries have left', async () => {
    world.sets.nextFailures.push({ 'us-east-1': 'several' }, {}, { 'us-east-1': 'several' });
    world.sets.firstFailures = { 'us-east-1': TRUST };
    world.sets.filledBuckets.add('logs-us-east-1-1');
    const adding = world.sets.startAdding;
    world.sets.startAdding = (...request) => {
      if (world.sets.log.includes('remove us-east-1')) world.sets.operationMs = 20 * MINUTE;
      return adding(...request);
    };
    const deployment = world.deployment();
    const { Reason } = await deployment.request(createRequest(STACK_SET_PROPERTIES));
    expect(deployment.invocations).to.be.above(1);
    expect(world.sets.log).to.deep.equal([
      'create set',
      'add us-east-1,eu-west-1',
      'remove us-east-1',
      'add us-east-1',
    ]);
    expect(Reason).to.include('logs-us-east-1-1');
  });

  it('A6: removes an instance whose stack is ROLLBACK_COMPLETE before it is made again, at a create and at an update', async () => {
    world.sets.nextFailures.push({ 'eu-west-1': 'Bucket: quota reached' });
    await launch();
    expect((await world.deployment().request(createRequest(STACK_SET_PROPERTIES, 'create-2'))).Status).to.equal(
      'SUCCESS',
    );
    expect(world.sets.log.slice(2)).to.deep.equal(['remove eu-west-1', 'add eu-west-1']);

    world = new StackSetWorld();
    world.sets.failuresLeaveStacks = true;
    world.sets.nextFailures.push({ 'eu-west-1': 'Bucket: quota reached' });
    await launch();
    expect(
      (await world.deployment().request(updateRequest(STACK_SET_NAME, CHANGED_PROPERTIES, STACK_SET_PROPERTIES)))
        .Status,
    ).to.equal('SUCCESS');
    expect(world.sets.log.slice(2)).to.deep.equal(['remove eu-west-1', 'update us-east-1,eu-west-1', 'add eu-west-1']);
  });

  it('A6: deletes such an instance with the others', async () => {
    world.sets.nextFailures.push({ 'eu-west-1': 'Bucket: quota reached' });
    await launch();
    expect((await world.deployment().request(deleteRequest(STACK_SET_NAME))).Status).to.equal('SUCCESS');
    expect(world.sets.log.slice(2)).to.deep.equal(['remove us-east-1,eu-west-1', 'delete set']);
  });
});
