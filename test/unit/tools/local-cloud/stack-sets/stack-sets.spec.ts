import { expect } from 'chai';
import { stackSetInterceptor } from '../../../../../tools/local-cloud/gateway/stack-sets/index.ts';
import type { Interceptor } from '../../../../../tools/local-cloud/gateway/types.ts';
import { elementText, elementTexts } from '../../../../../tools/local-cloud/gateway/xml.ts';
import { FakeStacks } from '../../../../support/local-cloud/fake-stacks.ts';
import { aRequest, anAnswer } from '../../../../support/local-cloud/gateway-request.ts';

const BOTH = { 'Accounts.member.1': '111122223333', 'Regions.member.1': 'us-east-1', 'Regions.member.2': 'eu-west-1' };
const DEFINITION = {
  TemplateBody: '{}',
  'Capabilities.member.1': 'CAPABILITY_IAM',
  'Parameters.member.1.ParameterKey': 'Rate',
  'Parameters.member.1.ParameterValue': '10',
};

describe('local cloud: StackSets', () => {
  let world: FakeStacks;
  let intercept: Interceptor;

  beforeEach(() => {
    world = new FakeStacks();
    intercept = stackSetInterceptor(world.deps);
  });

  const call = async (
    action: string,
    params: Record<string, string> = {},
  ): Promise<{ status: number; code: string | undefined; xml: string }> => {
    const request = aRequest({
      service: 'cloudformation',
      action,
      params: { Action: action, StackSetName: 'set', ...params },
    });
    const { status, body } = await intercept(request, () => Promise.resolve(anAnswer()));
    const xml = body.toString();
    return { status, code: elementText(xml, 'Code'), xml };
  };
  /** Starts an operation, waits for its end, and gives its status and each Region's result. */
  const operate = async (action: string, params: Record<string, string> = {}): Promise<string[]> => {
    const started = await call(action, params);
    const OperationId = elementText(started.xml, 'OperationId');
    expect(OperationId, started.xml).to.be.a('string');
    for (;;) {
      const status = elementText(
        (await call('DescribeStackSetOperation', { OperationId: OperationId ?? '' })).xml,
        'Status',
      );
      if (status === 'RUNNING' || status === 'STOPPING') {
        await new Promise(setImmediate);
        continue;
      }
      const results = (await call('ListStackSetOperationResults', { OperationId: OperationId ?? '' })).xml;
      return [status ?? '', ...elementTexts(results, 'Status')];
    }
  };
  const instances = async (): Promise<string[]> => {
    const { xml } = await call('ListStackInstances');
    return elementTexts(xml, 'Region').map(
      (region, index) =>
        `${region} ${elementTexts(xml, 'Status')[index] ?? ''} ${elementTexts(xml, 'DetailedStatus')[index] ?? ''}`,
    );
  };

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
    expect(
      await operate('CreateStackInstances', BOTH),
      'a stack that failed to be created is made again',
    ).to.deep.equal(['SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED']);
    expect(world.calls.filter((made) => made.endsWith('us-east-1'))).to.deep.equal([
      'CreateStack us-east-1',
      'DeleteStack us-east-1',
      'CreateStack us-east-1',
    ]);
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

  it('takes previous values, and forgets a custom administration role that an update does not repeat', async () => {
    const custom = 'arn:aws:iam::111122223333:role/custom';
    await call('CreateStackSet', { ...DEFINITION, AdministrationRoleARN: custom });
    expect(elementText((await call('DescribeStackSet')).xml, 'AdministrationRoleARN')).to.equal(custom);
    const update = {
      UsePreviousTemplate: 'true',
      'Capabilities.member.1': 'CAPABILITY_IAM',
      'Parameters.member.1.ParameterKey': 'Rate',
      'Parameters.member.1.UsePreviousValue': 'true',
    };
    expect((await operate('UpdateStackSet', update))[0]).to.equal('SUCCEEDED');
    const { xml } = await call('DescribeStackSet');
    expect(elementText(xml, 'ParameterValue')).to.equal('10');
    expect(elementText(xml, 'AdministrationRoleARN')).to.contain('AWSCloudFormationStackSetAdministrationRole');
  });

  it('overrides parameters of single instances', async () => {
    await call('CreateStackSet', DEFINITION);
    await operate('CreateStackInstances', BOTH);
    await operate('UpdateStackInstances', {
      'Accounts.member.1': '111122223333',
      'Regions.member.1': 'eu-west-1',
      'ParameterOverrides.member.1.ParameterKey': 'Rate',
      'ParameterOverrides.member.1.ParameterValue': '5',
    });
    expect([world.parameters.get('us-east-1'), world.parameters.get('eu-west-1')]).to.deep.equal([
      { Rate: '10' },
      { Rate: '5' },
    ]);
    expect(
      (await call('UpdateStackInstances', { 'Accounts.member.1': '111122223333', 'Regions.member.1': 'eu-central-1' }))
        .code,
    ).to.equal('StackInstanceNotFoundException');
  });

  it('refuses bad definitions', async () => {
    const refused = async (params: Record<string, string>): Promise<string | undefined> =>
      (await call('CreateStackSet', params)).code;
    expect(await refused({ ...DEFINITION, 'Capabilities.member.1': '' })).to.equal('InsufficientCapabilitiesException');
    expect(await refused({ ...DEFINITION, 'Parameters.member.1.ParameterKey': 'Unknown' })).to.equal('ValidationError');
    expect(await refused({ 'Capabilities.member.1': 'CAPABILITY_IAM' })).to.equal('ValidationError');
    expect(await refused({ ...DEFINITION, TemplateURL: 'https://s3.amazonaws.com/b/k' })).to.equal('ValidationError');
    expect(await refused({ ...DEFINITION, StackSetName: '1-digit-first' })).to.equal('ValidationError');
    await call('CreateStackSet', { ...DEFINITION, ClientRequestToken: 'token' });
    expect(await refused(DEFINITION)).to.equal('NameAlreadyExistsException');
    expect(
      (await call('CreateStackSet', { ...DEFINITION, ClientRequestToken: 'token' })).status,
      'the same request again',
    ).to.equal(200);
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
    expect(seen).to.deep.equal(['yes', 'arn:role/admin cloudformation.amazonaws.com']);
    const plain = aRequest({ service: 'cloudformation', action: 'CreateStack' });
    await intercept(plain, (request) => {
      expect(request).to.equal(plain);
      return Promise.resolve(anAnswer());
    });
  });
});
