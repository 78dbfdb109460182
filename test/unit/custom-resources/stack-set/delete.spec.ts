import { expect } from 'chai';
import { createRequest, deleteRequest } from '../../../support/custom-resources/requests.ts';
import {
  STACK_SET_NAME,
  STACK_SET_PROPERTIES,
  StackSetWorld,
} from '../../../support/custom-resources/stack-set-world.ts';

const MINUTE = 60_000;

describe('StackSetCustomResource: Delete', () => {
  let world: StackSetWorld;
  beforeEach(() => {
    world = new StackSetWorld();
  });

  it('deletes both instances, then the StackSet', async () => {
    await world.created();
    expect(await world.deployment().request(deleteRequest(STACK_SET_NAME))).to.include({
      Status: 'SUCCESS',
      PhysicalResourceId: STACK_SET_NAME,
    });
    expect(world.sets.log).to.deep.equal(['remove us-east-1,eu-west-1', 'delete set']);
    expect(world.sets.sets.size).to.equal(0);
  });

  it('succeeds where there is nothing, also the second time', async () => {
    expect((await world.deployment().request(deleteRequest(STACK_SET_NAME))).Status).to.equal('SUCCESS');
    expect(world.sets.log).to.be.empty;
  });

  it('finds the StackSet of a Create that was never answered', async () => {
    await world.created();
    expect((await world.deployment().request(deleteRequest('Backup-StackSetCustomResource-1XYZ'))).Status).to.equal(
      'SUCCESS',
    );
    expect(world.sets.sets.size).to.equal(0);
  });

  it('waits for a create that still runs, and leaves no stack of it behind', async () => {
    world.sets.operationMs = 10 * MINUTE;
    const creating = world.deployment().request(createRequest(STACK_SET_PROPERTIES));
    await world.clock.sleep(MINUTE);
    expect((await world.deployment().request(deleteRequest(STACK_SET_NAME))).Status).to.equal('SUCCESS');
    await creating;
    expect(world.sets.log).to.deep.equal([
      'create set',
      'add us-east-1,eu-west-1',
      'remove us-east-1,eu-west-1',
      'delete set',
    ]);
  });

  it('waits half an hour for slow stacks', async () => {
    await world.created();
    world.sets.operationMs = 30 * MINUTE;
    const slow = world.deployment();
    expect((await slow.request(deleteRequest(STACK_SET_NAME))).Status).to.equal('SUCCESS');
    expect(slow.invocations).to.equal(3);
    expect(world.sets.log).to.deep.equal(['remove us-east-1,eu-west-1', 'delete set']);
  });

  it('says what keeps a stack and what to do, and works when it is tried again', async () => {
    await world.created();
    world.sets.nextFailures.push({ 'eu-west-1': 'Stack has termination protection' });
    const refused = await world.deployment().request(deleteRequest(STACK_SET_NAME));
    expect(refused.Status).to.equal('FAILED');
    expect(refused.Reason)
      .to.contain('eu-west-1: Stack has termination protection')
      .and.to.contain('delete the main stack again');
    expect((await world.deployment().request(deleteRequest(STACK_SET_NAME, {}, 'delete-2'))).Status).to.equal(
      'SUCCESS',
    );
    expect(world.sets.sets.size).to.equal(0);
  });
});
