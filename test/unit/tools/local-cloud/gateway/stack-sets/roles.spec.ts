import { expect } from 'chai';
import { elementText } from '../../../../../../tools/local-cloud/gateway/xml.ts';
import { aRequest, anAnswer } from '../../../../../support/local-cloud/gateway-request.ts';
import { BOTH, DEFINITION, StackSetCalls } from '../../../../../support/local-cloud/stack-set-calls.ts';

describe('local cloud: roles of StackSets', () => {
  let call: StackSetCalls['call'];
  let intercept: StackSetCalls['intercept'];
  let operate: StackSetCalls['operate'];
  let world: StackSetCalls['world'];
  beforeEach(() => {
    ({ call, intercept, operate, world } = new StackSetCalls());
  });

  it('names the role that is missing, does not trust, or is too new', async () => {
    await call('CreateStackSet', DEFINITION);
    const reason = async (): Promise<string | undefined> => {
      expect(await operate('CreateStackInstances', BOTH)).to.deep.equal(['FAILED', 'FAILED', 'CANCELLED']);
      return elementText((await call('ListStackInstances')).xml, 'StatusReason');
    };
    world.administrationRole = { refused: 'role does not trust the service' };
    expect(await reason()).to.contain(
      'role/AWSCloudFormationStackSetAdministrationRole is invalid or cannot be assumed',
    );
    world.administrationRole = {};
    world.newRoleUnknownMs = 60_000;
    world.executionRoleCreated = '2026-11-22T23:59:30Z';
    expect(await reason()).to.contain(
      "should have 'AWSCloudFormationStackSetExecutionRole' role with trust relationship to Role 'AWSCloudFormationStackSetAdministrationRole'",
    );
    world.newRoleUnknownMs = 10_000;
    expect(await operate('CreateStackInstances', BOTH)).to.deep.equal(['SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED']);
  });

  it('leaves the caller to the policies, and other calls alone', async () => {
    const denied = { ...anAnswer({}, 403) };
    const seen: Array<string | undefined> = [];
    const answer = await intercept(
      aRequest({
        service: 'cloudformation',
        action: 'CreateStackSet',
        params: { AdministrationRoleARN: 'arn:role/admin' },
      }),
      (request) => {
        seen.push(request.headers['x-local-cloud-authorize-only'], request.headers['x-local-cloud-pass-role']);
        return Promise.resolve(denied);
      },
    );
    expect(answer).to.equal(denied);
    expect(seen).to.deep.equal(['yes', 'arn:role/admin']);
    const plain = aRequest({ service: 'cloudformation', action: 'CreateStack' });
    await intercept(plain, (request) => {
      expect(request).to.equal(plain);
      return Promise.resolve(anAnswer());
    });
  });
});
