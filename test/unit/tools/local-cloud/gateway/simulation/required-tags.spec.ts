import { expect } from 'chai';
import { requiredTagsInterceptor } from '../../../../../../tools/local-cloud/gateway/simulation/required-tags.ts';
import { anAnswer, aRequest } from '../../../../../support/local-cloud/gateway-request.ts';

describe('local cloud gateway: tags that an organization requires', () => {
  const ask = async (parts: Parameters<typeof aRequest>[0], required = ['CostCenter', 'Team']): Promise<number> =>
    (await requiredTagsInterceptor(required)(aRequest(parts), () => Promise.resolve(anAnswer()))).status;
  const stackSet = (params: Record<string, unknown>) => ({
    service: 'cloudformation',
    action: 'CreateStackSet',
    params,
  });
  const parameter = (params: Record<string, unknown>) => ({ service: 'ssm', action: 'PutParameter', params });

  it('B11: denies what is made without them, in either protocol, and lets pass what has them', async () => {
    expect(await ask(stackSet({ 'Tags.member.1.Key': 'CostCenter' }))).to.equal(403);
    expect(await ask(stackSet({ 'Tags.member.1.Key': 'CostCenter', 'Tags.member.2.Key': 'Team' }))).to.equal(200);
    expect(await ask(parameter({ Tags: [{ Key: 'Team', Value: 'x' }] }))).to.equal(400);
    expect(await ask(parameter({ Tags: [{ Key: 'Team' }, { Key: 'CostCenter' }] }))).to.equal(200);
  });

  it('leaves alone what makes nothing, and everything where no tag is required', async () => {
    expect(await ask(parameter({ Overwrite: true }))).to.equal(200);
    expect(await ask({ service: 'cloudformation', action: 'DescribeStacks' })).to.equal(200);
    expect(await ask(stackSet({}), [])).to.equal(200);
  });
});
