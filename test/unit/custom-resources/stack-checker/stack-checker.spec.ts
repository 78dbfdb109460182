import { expect } from 'chai';
import { looks } from '../../../../source/custom-resources/stack-checker/aws.ts';
import type { Readable } from '../../../../source/custom-resources/stack-checker/assets.ts';
import { stackChecker } from '../../../../source/custom-resources/stack-checker/stack-checker.ts';
import type { StackCheckerDeps } from '../../../../source/custom-resources/stack-checker/stack-checker.ts';
import { Halt } from '../../../../source/domain/errors.ts';
import type { PoolSettings, UserPoolDescription } from '../../../../source/domain/model.ts';
import { AwsStub } from '../../../support/aws-stub.ts';
import { createRequest, deleteRequest, Deployment, updateRequest } from '../../../support/custom-resources/requests.ts';
import { FakeClock } from '../../../../tools/simulation/fake-clock.ts';

const PROPERTIES = {
  PrimaryUserPoolId: 'us-east-1_AbC',
  SecondaryRegion: 'eu-west-1',
  AssetBucketPrefix: 'files',
  AssetKeyPrefix: 'solution/v1',
  StackSetTemplateKey: 'solution/v1/stack-set-template-0123.template',
};
const ID = 'us-east-1_AbC|eu-west-1';

const pool = (settings: Partial<PoolSettings> = {}): UserPoolDescription => ({
  id: 'us-east-1_AbC',
  name: 'pool',
  region: 'us-east-1',
  deletionProtected: true,
  acceptsSignUps: false,
  importsConfirmed: false,
  estimatedNumberOfUsers: 1,
  settings: {
    usernameAttributes: [],
    aliasAttributes: [],
    caseSensitive: false,
    autoVerifiedAttributes: ['email'],
    mfaConfiguration: 'OFF',
    schema: [],
    triggers: [],
    ...settings,
  },
});
/** What a restore needs in its Region, beside S3. */
const SERVICES = [
  'Amazon Cognito',
  'Amazon DynamoDB',
  'AWS Step Functions',
  'AWS Lambda',
  'Amazon SQS',
  'Amazon SNS',
  'Amazon CloudWatch Logs',
];
const all = (call: (region: string) => Promise<void>): StackCheckerDeps['services'] =>
  SERVICES.map((name) => ({ name, call }));
const named = (name: string, extra: object = {}): Error =>
  Object.assign(new Error('text of the service'), { name, ...extra });

describe('StackChecker', () => {
  const looked: string[] = [];
  const deploymentWith = (changes: Partial<StackCheckerDeps> = {}): Deployment<unknown> =>
    new Deployment(
      () =>
        stackChecker({
          thisRegion: 'us-east-1',
          pools: { describe: async () => pool() },
          services: SERVICES.map((name) => ({ name, call: async () => {} })),
          lookForObject: async (region, bucket, key) => {
            looked.push(`${region} ${bucket} ${key}`);
            return 'readable';
          },
          ...changes,
        }),
      new FakeClock(),
    );
  const refusal = async (changes: Partial<StackCheckerDeps>, properties: object = {}): Promise<string> => {
    const answer = await deploymentWith(changes).request(createRequest({ ...PROPERTIES, ...properties }));
    expect(answer.Status).to.equal('FAILED');
    return answer.Reason ?? '';
  };
  beforeEach(() => {
    looked.length = 0;
  });

  it('accepts a good launch after a look at the files of both Regions', async () => {
    expect(await deploymentWith().request(createRequest(PROPERTIES))).to.include({
      Status: 'SUCCESS',
      PhysicalResourceId: ID,
    });
    // The backup Region's S3 is first asked whether it is there at all.
    expect(looked).to.deep.equal([
      `eu-west-1 files-eu-west-1 ${PROPERTIES.StackSetTemplateKey}`,
      `us-east-1 files-us-east-1 ${PROPERTIES.StackSetTemplateKey}`,
      `eu-west-1 files-eu-west-1 ${PROPERTIES.StackSetTemplateKey}`,
    ]);
  });

  it('C18: launches for a pool without deletion protection, and says so in LaunchNotice', async () => {
    const noticeOf = async (deletionProtected: boolean): Promise<unknown> => {
      const pools = { describe: async () => ({ ...pool(), deletionProtected }) };
      const answer = await deploymentWith({ pools }).request(createRequest(PROPERTIES));
      expect(answer.Status).to.equal('SUCCESS');
      return answer.Data?.['LaunchNotice'];
    };
    expect(await noticeOf(true)).to.equal('None.');
    expect(await noticeOf(false))
      .to.include('Deletion protection of the user pool us-east-1_AbC is off')
      .and.include('Turn it on');
  });

  it('C18: has the attribute at updates, too, without a look at the pool, which may be gone', async () => {
    const pools = { describe: () => Promise.reject(new Error('gone')) };
    const answer = await deploymentWith({ pools }).request(updateRequest(ID, PROPERTIES, PROPERTIES));
    expect(answer.Status, answer.Reason).to.equal('SUCCESS');
    expect(answer.Data?.['LaunchNotice']).to.include('Only a launch looks');
  });

  it('refuses what is not a pool id, or a pool of another Region', async () => {
    expect(await refusal({}, { PrimaryUserPoolId: 'nonsense' })).to.contain(
      'PrimaryUserPoolId "nonsense" is not the id of a user pool',
    );
    expect(await refusal({}, { PrimaryUserPoolId: 'eu-west-1_AbC' })).to.contain(
      'is a pool of eu-west-1, but this stack is launched in us-east-1',
    );
  });

  it('refuses a pool that is missing or that the export would refuse, in the words of the export', async () => {
    const missing = () =>
      Promise.reject(new Halt('UserPoolNotFound', 'The user pool us-east-1_AbC does not exist in this Region.'));
    expect(await refusal({ pools: { describe: missing } })).to.contain('does not exist');
    expect(await refusal({ pools: { describe: async () => pool({ mfaConfiguration: 'OPTIONAL' }) } })).to.contain(
      'multi-factor authentication OPTIONAL',
    );
    expect(
      await refusal({ pools: { describe: async () => pool({ usernameAttributes: ['email', 'phone_number'] }) } }),
    ).to.contain('2 username attributes');
  });

  it('refuses the Region of the stack as the backup Region, without a call', async () => {
    const services = all(() => Promise.reject(new Error('called')));
    expect(await refusal({ services }, { SecondaryRegion: 'us-east-1' })).to.contain(
      'SecondaryRegion us-east-1 is the Region of this stack',
    );
  });

  it('says whether the backup Region is not enabled, forbidden, unknown or silent', async () => {
    const reasonFor = (error: Error): Promise<string> =>
      refusal({ services: all(() => Promise.reject(error)), lookForObject: () => Promise.reject(error) });
    expect(await reasonFor(named('UnrecognizedClientException'))).to.contain(
      'SecondaryRegion eu-west-1 is not enabled in this account',
    );
    expect(await reasonFor(named('AccessDeniedException'))).to.contain('refuses calls of this account');
    expect(await reasonFor(named('Error', { code: 'ENOTFOUND' }))).to.contain('does not answer (ENOTFOUND)');
    expect(await reasonFor(named('TimeoutError'))).to.contain('does not answer (TimeoutError)');
    expect(await reasonFor(named('InternalServerError')))
      .to.contain('could not be checked (InternalServerError)')
      .and.not.to.contain('text of the service');
  });

  it('A9: names each service that the backup Region lacks or refuses, and no other', async () => {
    for (const name of [...SERVICES, 'Amazon S3']) {
      const failing = () => Promise.reject(named('Error', { code: 'ENOTFOUND' }));
      const reason = await refusal({
        services: SERVICES.map((service) => ({ name: service, call: service === name ? failing : async () => {} })),
        ...(name === 'Amazon S3' ? { lookForObject: failing } : {}),
      });
      expect(reason)
        .to.include(`SecondaryRegion eu-west-1 cannot be used for a restore: ${name} does not answer (ENOTFOUND)`)
        .and.include('choose another backup Region');
      expect([...SERVICES, 'Amazon S3'].filter((other) => reason.includes(other))).to.deep.equal([name]);
    }
    const errors: Record<string, Error> = {
      'Amazon SQS': named('AccessDeniedException'),
      'Amazon SNS': named('InvalidClientTokenId'),
    };
    const services = SERVICES.map((name) => ({
      name,
      call: () => (errors[name] === undefined ? Promise.resolve() : Promise.reject(errors[name])),
    }));
    expect(await refusal({ services })).to.include(
      'Amazon SQS refuses calls of this account (AccessDeniedException); Amazon SNS does not know this account (InvalidClientTokenId).',
    );
  });

  it('A9: asks every service that a restore needs, in the backup Region and by one call each', async () => {
    const stub = new AwsStub();
    await stub.start();
    try {
      const { services } = looks('solution/v1');
      expect(services.map(({ name }) => name)).to.deep.equal(SERVICES);
      // SNS speaks XML; the others take an empty object.
      stub.answer = ({ text }) => (text.includes('ListTopics') ? { body: '<r><ListTopicsResult/></r>' } : { body: {} });
      for (const { call } of services) await call('eu-central-1');
      expect(
        stub.requests.map(({ action, headers, url }) => [
          /\/eu-central-1\/([a-z-]+)\//.exec(headers.authorization ?? '')?.[1],
          action.startsWith('List') || action.startsWith('Describe') ? action : url.split('?')[0],
        ]),
      ).to.deep.equal([
        ['cognito-idp', 'ListUserPools'],
        ['dynamodb', 'ListTables'],
        ['states', 'ListStateMachines'],
        ['lambda', '/2015-03-31/functions'],
        ['sqs', 'ListQueues'],
        ['sns', '/'],
        ['logs', 'DescribeLogGroups'],
      ]);
    } finally {
      await stub.stop();
    }
  });

  it('names the bucket, the Region and the way to upload when the files cannot be read', async () => {
    const lookIn =
      (wrong: string, answer: Readable) =>
      async (region: string): Promise<Readable> =>
        region === wrong ? answer : 'readable';
    const secondary = await refusal({ lookForObject: lookIn('eu-west-1', 'missing') });
    expect(secondary)
      .to.contain('bucket files-eu-west-1 has no object solution/v1/stack-set-template-0123.template')
      .and.to.contain('s3://files-eu-west-1/solution/v1/')
      .and.to.contain('build-s3-dist.sh');
    expect(await refusal({ lookForObject: lookIn('us-east-1', 'denied') })).to.contain(
      'files-us-east-1 does not let this account read',
    );
    expect(await refusal({ lookForObject: lookIn('eu-west-1', 'inAnotherRegion') })).to.contain(
      'files-eu-west-1 lies in another Region',
    );
  });

  it('keeps its id when the launch is refused, and has nothing to delete', async () => {
    const answer = await deploymentWith({ lookForObject: async () => 'missing' }).request(createRequest(PROPERTIES));
    expect(answer).to.include({ Status: 'FAILED', PhysicalResourceId: ID });
    for (const id of [ID, 'made-up'])
      expect((await deploymentWith().request(deleteRequest(id))).Status).to.equal('SUCCESS');
  });

  describe('at an update', () => {
    const blind: Partial<StackCheckerDeps> = {
      pools: { describe: () => Promise.reject(new Error('looked at the pool')) },
      services: all(() => Promise.reject(new Error('looked at the Region'))),
      lookForObject: () => Promise.reject(new Error('looked at the files')),
    };

    it('does not look at the pool, which may be gone', async () => {
      const answer = await deploymentWith(blind).request(
        updateRequest(ID, { ...PROPERTIES, StackSetTemplateKey: 'other' }, PROPERTIES),
      );
      expect(answer).to.include({ Status: 'SUCCESS', PhysicalResourceId: ID });
    });

    const changes = { PrimaryUserPoolId: 'us-east-1_Other', SecondaryRegion: 'eu-west-2' };
    for (const [parameter, value] of Object.entries(changes)) {
      it(`refuses a changed ${parameter} by name, and lets the rollback of that update succeed`, async () => {
        const changed = { ...PROPERTIES, [parameter]: value };
        const refused = await deploymentWith(blind).request(updateRequest(ID, changed, PROPERTIES));
        expect(refused).to.include({ Status: 'FAILED', PhysicalResourceId: ID });
        expect(refused.Reason)
          .to.match(new RegExp(`^${parameter} cannot be changed`))
          .and.to.contain(`the update gives "${value}"`);
        const rolledBack = await deploymentWith(blind).request(updateRequest(ID, PROPERTIES, changed, 'rollback-1'));
        expect(rolledBack).to.include({ Status: 'SUCCESS', PhysicalResourceId: ID });
      });
    }
  });
});
