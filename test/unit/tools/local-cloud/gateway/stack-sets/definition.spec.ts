import { expect } from 'chai';
import { elementText } from '../../../../../../tools/local-cloud/gateway/xml.ts';
import { BOTH, DEFINITION, StackSetCalls } from '../../../../../support/local-cloud/stack-set-calls.ts';

describe('local cloud: definitions of StackSets', () => {
  let call: StackSetCalls['call'];
  let operate: StackSetCalls['operate'];
  let world: StackSetCalls['world'];
  beforeEach(() => {
    ({ call, operate, world } = new StackSetCalls());
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
});
