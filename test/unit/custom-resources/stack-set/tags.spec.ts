import { expect } from 'chai';
import { stackTagsOnAws } from '../../../../source/custom-resources/framework/stack-tags.ts';
import { cloudFormationStackSets } from '../../../../source/custom-resources/stack-set/cloudformation.ts';
import { AwsStub } from '../../../support/aws-stub.ts';
import { createRequest, STACK_ID, updateRequest } from '../../../support/custom-resources/requests.ts';
import {
  STACK_SET_NAME,
  STACK_SET_PROPERTIES,
  StackSetWorld,
} from '../../../support/custom-resources/stack-set-world.ts';

describe('StackSetCustomResource: tags of the main stack', () => {
  const tagsOf = (world: StackSetWorld): unknown => world.sets.sets.get(STACK_SET_NAME)?.definition.tags;

  it('B11: are those of the StackSet when it is made, and after an update also without those that are gone', async () => {
    const world = new StackSetWorld();
    world.tags = { CostCenter: '7', Team: 'identity' };
    await world.deployment().request(createRequest(STACK_SET_PROPERTIES));
    expect(tagsOf(world)).to.deep.equal({ CostCenter: '7', Team: 'identity' });
    world.tags = { CostCenter: '8' };
    await world
      .deployment()
      .request(updateRequest(STACK_SET_NAME, { ...STACK_SET_PROPERTIES, TagsRevision: '2' }, STACK_SET_PROPERTIES));
    expect(tagsOf(world)).to.deep.equal({ CostCenter: '8' });
  });

  it('O15: two launches can be told apart by the tags of all that they make; no tag of the stack takes their place', async () => {
    const world = new StackSetWorld();
    const Tags = { MainStack: 'Backup', MainStackId: STACK_ID };
    world.tags = { CostCenter: '7', MainStackId: 'of another launch' };
    await world.deployment().request(createRequest({ ...STACK_SET_PROPERTIES, Tags }));
    expect(tagsOf(world)).to.deep.equal({ CostCenter: '7', ...Tags });
    expect(world.sets.sets.get(STACK_SET_NAME)?.definition.description).to.include('main stack Backup');
    // As a template of an earlier version asks for it.
    await world
      .deployment()
      .request(updateRequest(STACK_SET_NAME, STACK_SET_PROPERTIES, { ...STACK_SET_PROPERTIES, Tags }));
    expect(tagsOf(world)).to.deep.equal(world.tags);
  });

  describe('on AWS', () => {
    const stub = new AwsStub();
    before(() => stub.start());
    beforeEach(() => stub.reset());
    after(() => stub.stop());

    it("B11: are read from the stack, without AWS's own", async () => {
      stub.answer = () => ({
        headers: { 'content-type': 'text/xml' },
        body: `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>s</StackName><Tags>
          <member><Key>CostCenter</Key><Value>7</Value></member>
          <member><Key>aws:servicecatalog:x</Key><Value>y</Value></member>
        </Tags></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`,
      });
      expect(await stackTagsOnAws('solution/v1')(STACK_ID)).to.deep.equal({ CostCenter: '7' });
      expect(new URLSearchParams(stub.requests[0]?.text).get('StackName')).to.equal(STACK_ID);
    });

    it('B11: go with the definition, also an empty list, which removes them', async () => {
      const definition = {
        name: STACK_SET_NAME,
        description: 'd',
        templateUrl: 'https://files/template',
        parameters: {},
        administrationRoleArn: 'arn:aws:iam::123456789012:role/admin',
        executionRoleName: 'execution',
      };
      stub.answer = () => ({ headers: { 'content-type': 'text/xml' }, body: '<r><UpdateStackSetResult/></r>' });
      const sets = cloudFormationStackSets('solution/v1');
      await sets.startUpdate({ ...definition, tags: { CostCenter: '7' } }, ['us-east-1'], 'operation');
      await sets.startUpdate({ ...definition, tags: {} }, ['us-east-1'], 'operation');
      const [tagged, untagged] = stub.requests.map(({ text }) => new URLSearchParams(text));
      expect([tagged?.get('Tags.member.1.Key'), tagged?.get('Tags.member.1.Value')]).to.deep.equal(['CostCenter', '7']);
      expect(untagged?.has('Tags')).to.equal(true);
    });
  });
});
