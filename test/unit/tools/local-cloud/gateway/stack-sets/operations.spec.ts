import { expect } from 'chai';
import { elementText } from '../../../../../../tools/local-cloud/gateway/xml.ts';
import { BOTH, DEFINITION, StackSetCalls } from '../../../../../support/local-cloud/stack-set-calls.ts';

describe('local cloud: operations of a StackSet, one at a time', () => {
  let call: StackSetCalls['call'];
  let instances: StackSetCalls['instances'];
  beforeEach(() => {
    ({ call, instances } = new StackSetCalls());
  });

  it('allows one operation at a time, and each operation id once', async () => {
    await call('CreateStackSet', DEFINITION);
    const first = call('CreateStackInstances', { ...BOTH, OperationId: 'one' });
    expect((await call('UpdateStackSet', DEFINITION)).code).to.equal('OperationInProgressException');
    expect((await call('DeleteStackSet')).code).to.equal('OperationInProgressException');
    await first;
    for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate);
    expect((await call('CreateStackInstances', { ...BOTH, OperationId: 'one' })).code).to.equal(
      'OperationIdAlreadyExistsException',
    );
  });

  it('stops after the Region at work', async () => {
    await call('CreateStackSet', DEFINITION);
    const started = await call('CreateStackInstances', { ...BOTH, OperationId: 'one' });
    expect(started.status).to.equal(200);
    expect((await call('StopStackSetOperation', { OperationId: 'one' })).status).to.equal(200);
    for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate);
    expect(elementText((await call('DescribeStackSetOperation', { OperationId: 'one' })).xml, 'Status')).to.equal(
      'STOPPED',
    );
    expect(await instances()).to.include('eu-west-1 OUTDATED CANCELLED');
    expect((await call('StopStackSetOperation', { OperationId: 'one' })).code).to.equal('InvalidOperationException');
  });
});
