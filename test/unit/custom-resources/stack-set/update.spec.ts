import { expect } from 'chai';
import { updateRequest } from '../../../support/custom-resources/requests.ts';
import {
  CHANGED_PROPERTIES,
  ROLE_UNKNOWN,
  STACK_SET_DATA,
  STACK_SET_NAME,
  STACK_SET_PROPERTIES,
  StackSetWorld,
} from '../../../support/custom-resources/stack-set-world.ts';

const MINUTE = 60_000;

describe('StackSetCustomResource: Update', () => {
  let world: StackSetWorld;
  beforeEach(() => {
    world = new StackSetWorld();
  });

  it('brings template and parameters to both instances, one Region after the other, and starts no export', async () => {
    await world.created();
    expect(
      await world.deployment().request(updateRequest(STACK_SET_NAME, CHANGED_PROPERTIES, STACK_SET_PROPERTIES)),
    ).to.deep.include({
      Status: 'SUCCESS',
      PhysicalResourceId: STACK_SET_NAME,
      Data: STACK_SET_DATA,
    });
    expect(world.sets.log).to.deep.equal(['update us-east-1,eu-west-1']);
    expect(world.sets.sets.get(STACK_SET_NAME)?.definition).to.deep.include({
      templateUrl: 'https://files/template-2',
      parameters: { CognitoTPS: '25' },
      administrationRoleArn: STACK_SET_PROPERTIES.AdministrationRoleArn,
    });
    expect(world.started).to.have.length(1);
  });

  it('fails with the reason and is undone by the rollback', async () => {
    await world.created();
    world.sets.nextFailures.push({ 'eu-west-1': 'Function: out of memory' });
    const refused = await world
      .deployment()
      .request(updateRequest(STACK_SET_NAME, CHANGED_PROPERTIES, STACK_SET_PROPERTIES));
    expect(refused).to.include({ Status: 'FAILED', PhysicalResourceId: STACK_SET_NAME });
    expect(refused.Reason).to.contain('eu-west-1: Function: out of memory').and.not.to.contain('retained');
    expect(
      (
        await world
          .deployment()
          .request(updateRequest(STACK_SET_NAME, STACK_SET_PROPERTIES, CHANGED_PROPERTIES, 'rollback-1'))
      ).Status,
    ).to.equal('SUCCESS');
    expect(world.sets.sets.get(STACK_SET_NAME)?.definition.templateUrl).to.equal(
      STACK_SET_PROPERTIES.StackSetTemplateUrl,
    );
    expect(
      [...(world.sets.sets.get(STACK_SET_NAME)?.instances.values() ?? [])].map(({ status }) => status),
    ).to.deep.equal(['CURRENT', 'CURRENT']);
  });

  it('waits for another operation of the StackSet', async () => {
    await world.created();
    await world.sets.startUpdate({ ...world.sets.sets.get(STACK_SET_NAME)!.definition }, ['by', 'hand'], 'by-hand');
    expect(
      (await world.deployment().request(updateRequest(STACK_SET_NAME, CHANGED_PROPERTIES, STACK_SET_PROPERTIES)))
        .Status,
    ).to.equal('SUCCESS');
    expect(world.sets.log).to.deep.equal(['update by,hand', 'update us-east-1,eu-west-1']);
  });

  it('makes an instance, or the whole StackSet, that someone has removed', async () => {
    await world.created();
    world.sets.sets.get(STACK_SET_NAME)?.instances.delete('eu-west-1');
    expect(
      (await world.deployment().request(updateRequest(STACK_SET_NAME, CHANGED_PROPERTIES, STACK_SET_PROPERTIES)))
        .Status,
    ).to.equal('SUCCESS');
    expect(world.sets.log).to.deep.equal(['update us-east-1,eu-west-1', 'add eu-west-1']);
    world.sets.sets.clear();
    expect(
      (
        await world
          .deployment()
          .request(updateRequest(STACK_SET_NAME, STACK_SET_PROPERTIES, CHANGED_PROPERTIES, 'update-2'))
      ).Status,
    ).to.equal('SUCCESS');
    expect([...(world.sets.sets.get(STACK_SET_NAME)?.instances.keys() ?? [])]).to.have.members([
      'us-east-1',
      'eu-west-1',
    ]);
  });

  it('joins its operation again after a role delay and a re-invocation', async () => {
    await world.created();
    world.sets.operationMs = MINUTE;
    world.sets.nextFailures.push({ 'us-east-1': ROLE_UNKNOWN });
    const slow = world.deployment();
    const done = slow.request(updateRequest(STACK_SET_NAME, CHANGED_PROPERTIES, STACK_SET_PROPERTIES));
    await world.clock.sleep(65_000);
    world.sets.operationMs = 20 * MINUTE;
    expect((await done).Status).to.equal('SUCCESS');
    expect(slow.invocations).to.equal(2);
    expect(world.sets.log).to.deep.equal(['update us-east-1,eu-west-1', 'update us-east-1,eu-west-1']);
  });
});
