import { expect } from 'chai';
import { elementText } from '../../../../../../tools/local-cloud/gateway/xml.ts';
import { BOTH, DEFINITION, StackSetCalls } from '../../../../../support/local-cloud/stack-set-calls.ts';

describe('local cloud: operations of StackSets, Region by Region', () => {
  let call: StackSetCalls['call'];
  let instances: StackSetCalls['instances'];
  let operate: StackSetCalls['operate'];
  let world: StackSetCalls['world'];
  beforeEach(() => {
    ({ call, instances, operate, world } = new StackSetCalls());
  });

  it('creates, updates and deletes instances, one Region after the other', async () => {
    await call('CreateStackSet', DEFINITION);
    expect(await operate('CreateStackInstances', BOTH)).to.deep.equal(['SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED']);
    expect(await instances()).to.deep.equal(['us-east-1 CURRENT SUCCEEDED', 'eu-west-1 CURRENT SUCCEEDED']);
    expect(
      await operate('UpdateStackSet', { ...DEFINITION, 'Parameters.member.1.ParameterValue': '25' }),
    ).to.deep.equal(['SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED']);
    expect(world.parameters.get('eu-west-1')).to.deep.equal({ Rate: '25' });
    expect((await call('DeleteStackSet')).code).to.equal('StackSetNotEmptyException');
    expect(await operate('DeleteStackInstances', { ...BOTH, RetainStacks: 'false' })).to.deep.equal([
      'SUCCEEDED',
      'SUCCEEDED',
      'SUCCEEDED',
    ]);
    expect(world.calls).to.deep.equal(
      ['Create', 'Update', 'Delete'].flatMap((verb) => [`${verb}Stack us-east-1`, `${verb}Stack eu-west-1`]),
    );
    expect((await call('DeleteStackSet')).status).to.equal(200);
    expect(await call('DescribeStackSet')).to.include({ status: 404, code: 'StackSetNotFoundException' });
    expect((await call('DeleteStackSet')).status, 'deleting what is not there').to.equal(200);
  });

  it('stops at the first failed Region without tolerance, and keeps the new definition', async () => {
    await call('CreateStackSet', DEFINITION);
    await operate('CreateStackInstances', BOTH);
    world.endings.set('us-east-1', 'UPDATE_ROLLBACK_COMPLETE');
    expect(
      await operate('UpdateStackSet', { ...DEFINITION, 'Parameters.member.1.ParameterValue': '25' }),
    ).to.deep.equal(['FAILED', 'FAILED', 'CANCELLED']);
    expect(await instances()).to.deep.equal(['us-east-1 OUTDATED FAILED', 'eu-west-1 OUTDATED CANCELLED']);
    expect(elementText((await call('ListStackInstances')).xml, 'StatusReason')).to.equal(
      'ResourceLogicalId:Queue, ResourceType:AWS::SQS::Queue, ResourceStatusReason:no & no.',
    );
    expect(elementText((await call('DescribeStackSet')).xml, 'ParameterValue')).to.equal('25');
  });

  it('tolerates as many failures per Region as tolerated', async () => {
    await call('CreateStackSet', DEFINITION);
    world.endings.set('us-east-1', 'ROLLBACK_COMPLETE');
    expect(
      await operate('CreateStackInstances', { ...BOTH, 'OperationPreferences.FailureToleranceCount': '1' }),
    ).to.deep.equal(['SUCCEEDED', 'FAILED', 'SUCCEEDED']);
  });

  it('A6: refuses to make a stack again that is ROLLBACK_COMPLETE, until its instance was deleted', async () => {
    const one = { 'Accounts.member.1': '111122223333', 'Regions.member.1': 'us-east-1' };
    await call('CreateStackSet', DEFINITION);
    world.endings.set('us-east-1', 'ROLLBACK_COMPLETE');
    await operate('CreateStackInstances', one);
    expect(await operate('CreateStackInstances', one)).to.deep.equal(['FAILED', 'FAILED']);
    expect(elementText((await call('ListStackInstances')).xml, 'StatusReason')).to.match(
      /^Stack:\S+ is in ROLLBACK_COMPLETE state and can not be updated\.$/,
    );
    await operate('DeleteStackInstances', { ...one, RetainStacks: 'false' });
    expect(await operate('CreateStackInstances', one)).to.deep.equal(['SUCCEEDED', 'SUCCEEDED']);
    expect(world.calls).to.deep.equal(['CreateStack us-east-1', 'DeleteStack us-east-1', 'CreateStack us-east-1']);
  });

  it('goes through the Regions in the order that is asked for', async () => {
    await call('CreateStackSet', DEFINITION);
    await operate('CreateStackInstances', { ...BOTH, 'OperationPreferences.RegionOrder.member.1': 'eu-west-1' });
    expect(world.calls).to.deep.equal(['CreateStack eu-west-1', 'CreateStack us-east-1']);
  });

  it('makes an instance INOPERABLE when its stack cannot be deleted, until it is removed with RetainStacks', async () => {
    await call('CreateStackSet', DEFINITION);
    await operate('CreateStackInstances', BOTH);
    world.endings.set('us-east-1', 'DELETE_FAILED');
    expect(await operate('DeleteStackInstances', { ...BOTH, RetainStacks: 'false' })).to.deep.equal([
      'FAILED',
      'FAILED',
      'CANCELLED',
    ]);
    expect((await instances())[0]).to.equal('us-east-1 INOPERABLE INOPERABLE');
    expect(await operate('UpdateStackSet', DEFINITION), 'an inoperable instance is left out').to.deep.equal([
      'SUCCEEDED',
      'SUCCEEDED',
    ]);
    expect(await operate('DeleteStackInstances', { ...BOTH, RetainStacks: 'true' })).to.deep.equal([
      'SUCCEEDED',
      'SUCCEEDED',
      'SUCCEEDED',
    ]);
    expect(await instances()).to.deep.equal([]);
    expect([...world.stacks.values()], 'the stack itself stays').to.include('UPDATE_COMPLETE');
  });
});
