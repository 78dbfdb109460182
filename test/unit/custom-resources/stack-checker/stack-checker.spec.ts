import { expect } from 'chai';
import { looks } from '../../../../source/custom-resources/stack-checker/aws.ts';
import type { Readable } from '../../../../source/custom-resources/stack-checker/assets.ts';
import { stackChecker } from '../../../../source/custom-resources/stack-checker/stack-checker.ts';
import type { StackCheckerDeps } from '../../../../source/custom-resources/stack-checker/stack-checker.ts';
import { Halt } from '../../../../source/domain/errors.ts';
import type { PoolSettings, UserPoolDescription } from '../../../../source/domain/model.ts';
import { AwsStub, refusal as refusedBy } from '../../../support/aws-stub.ts';
import { createRequest, deleteRequest, Deployment, updateRequest } from '../../../support/custom-resources/requests.ts';
import { keyPolicy } from '../../../../source/domain/operator/permissions/key-policy.ts';
import type { KeyFacts, Keys } from '../../../../source/custom-resources/stack-checker/customer-key.ts';
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
const KEY = 'arn:aws:kms:us-east-1:123456789012:key/mrk-0123456789abcdef0123456789abcdef';
const REPLICA = KEY.replace('us-east-1', 'eu-west-1');
const GOOD_KEY: KeyFacts = {
  state: 'Enabled',
  usage: 'ENCRYPT_DECRYPT',
  spec: 'SYMMETRIC_DEFAULT',
  multiRegion: true,
  manager: 'CUSTOMER',
};
const KEY_POLICY = JSON.stringify(
  keyPolicy({
    partition: 'aws',
    account: '123456789012',
    primaryRegion: 'us-east-1',
    secondaryRegion: 'eu-west-1',
    stackName: 'Backup',
  }),
);
const goodKeys: Keys = { describe: async () => GOOD_KEY, policy: async () => KEY_POLICY };
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
  const encrypted: string[] = [];
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
          lookForBucket: () => Promise.reject(new Error('looked at a bucket')),
          keys: {
            describe: () => Promise.reject(new Error('asked')),
            policy: () => Promise.reject(new Error('asked')),
          },
          encryptLogGroup: async (name, key) => {
            encrypted.push(`${name} ${key}`);
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
    encrypted.length = 0;
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

  it('17.1: AllowMfa can be changed later, without a look at the pool', async () => {
    const pools = { describe: () => Promise.reject(new Error('asked')) };
    for (const [before, after] of [
      ['NO', 'YES'],
      ['YES', 'NO'],
    ]) {
      const [old, now] = [
        { ...PROPERTIES, AllowMfa: before },
        { ...PROPERTIES, AllowMfa: after },
      ];
      const answer = await deploymentWith({ pools }).request(updateRequest(ID, old, now));
      expect(answer.Status, answer.Reason).to.equal('SUCCESS');
    }
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
      'multi-factor authentication OPTIONAL, and the parameter AllowMfa is NO',
    );
    expect(
      await refusal({ pools: { describe: async () => pool({ usernameAttributes: ['email', 'phone_number'] }) } }),
    ).to.contain('the parameter AllowMultipleUsernameAttributes is NO');
  });

  it('17.1: takes a pool with MFA where AllowMfa is YES, and no other word', async () => {
    const pools = { describe: async () => pool({ mfaConfiguration: 'ON' }) };
    expect(await refusal({ pools }, { AllowMfa: 'NO' })).to.contain('AllowMfa');
    const answer = await deploymentWith({ pools }).request(createRequest({ ...PROPERTIES, AllowMfa: 'YES' }));
    expect(answer.Status, answer.Reason).to.equal('SUCCESS');
    expect(await refusal({}, { AllowMfa: 'yes' })).to.contain('must be NO or YES');
  });

  it('17.2: takes a pool with two username attributes where AllowMultipleUsernameAttributes is YES', async () => {
    const pools = { describe: async () => pool({ usernameAttributes: ['email', 'phone_number'] }) };
    const allowed = { ...PROPERTIES, AllowMultipleUsernameAttributes: 'YES' };
    const answer = await deploymentWith({ pools }).request(createRequest(allowed));
    expect(answer.Status, answer.Reason).to.equal('SUCCESS');
    expect(await refusal({ pools }, { AllowMfa: 'YES' })).to.contain('AllowMultipleUsernameAttributes');
    expect(await refusal({}, { AllowMultipleUsernameAttributes: 'yes' })).to.contain('must be NO or YES');
    const gone = { describe: () => Promise.reject(new Error('asked')) };
    const updated = await deploymentWith({ pools: gone }).request(updateRequest(ID, PROPERTIES, allowed));
    expect(updated.Status, updated.Reason).to.equal('SUCCESS');
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
      const { services } = looks('solution/v1', 'us-east-1');
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

  describe('B13: with a key of the customer', () => {
    const given = { KmsKeyArn: KEY, LogGroupName: 'checker' };
    const keysWith = (region: string, changes: Partial<KeyFacts> | undefined, policy = KEY_POLICY): Keys => ({
      describe: async (where) =>
        where !== region ? GOOD_KEY : changes === undefined ? undefined : { ...GOOD_KEY, ...changes },
      policy: async (where) => (where === region ? policy : KEY_POLICY),
    });

    it('looks at the key in both Regions, then encrypts its own log group, and keeps the key in its id', async () => {
      const asked: string[] = [];
      const keys: Keys = {
        describe: async (region, arn) => {
          asked.push(`${region} ${arn}`);
          return GOOD_KEY;
        },
        policy: goodKeys.policy,
      };
      const answer = await deploymentWith({ keys }).request(createRequest({ ...PROPERTIES, ...given }));
      expect(answer).to.include({ Status: 'SUCCESS', PhysicalResourceId: `${ID}|${encodeURIComponent(KEY)}` });
      expect(asked).to.deep.equal([`us-east-1 ${KEY}`, `eu-west-1 ${REPLICA}`]);
      expect(encrypted).to.deep.equal([`checker ${KEY}`]);
    });

    it('asks for no key where none is given, also by an empty parameter', async () => {
      for (const none of [{}, { KmsKeyArn: '', LogGroupName: 'checker' }])
        expect(await deploymentWith().request(createRequest({ ...PROPERTIES, ...none }))).to.include({
          Status: 'SUCCESS',
          PhysicalResourceId: ID,
        });
      expect(encrypted).to.deep.equal([]);
    });

    it('refuses a key of one Region, of another account or of another Region, without a call', async () => {
      const reasonFor = (KmsKeyArn: string): Promise<string> => refusal({}, { KmsKeyArn });
      expect(await reasonFor('arn:aws:kms:us-east-1:123456789012:key/0123')).to.contain(
        'is not the ARN of a multi-Region key',
      );
      expect(await reasonFor(KEY.replace('123456789012', '210987654321'))).to.contain(
        'is a key of account 210987654321, but this stack is launched in 123456789012',
      );
      expect(await reasonFor(REPLICA)).to.contain(
        'is a key of eu-west-1, but this stack is launched in us-east-1. Give the ARN of the same key in us-east-1',
      );
    });

    const wrong: readonly (readonly [Partial<KeyFacts> | undefined, string])[] = [
      [undefined, 'does not exist'],
      [{ state: 'Disabled' }, 'is in state Disabled: enable it'],
      [{ state: 'PendingDeletion' }, 'is in state PendingDeletion: cancel its deletion'],
      [{ state: 'PendingReplicaDeletion' }, 'cancel its deletion'],
      [{ state: 'Creating' }, 'is in state Creating: wait until it is Enabled'],
      [{ usage: 'SIGN_VERIFY' }, 'is for SIGN_VERIFY'],
      [{ spec: 'RSA_2048' }, 'is of kind RSA_2048'],
      [{ multiRegion: false }, 'is not a multi-Region key'],
      [{ manager: 'AWS' }, 'is managed by AWS'],
    ];
    for (const [facts, words] of wrong)
      it(`refuses, by name and in either Region, a key that ${words}`, async () => {
        expect(await refusal({ keys: keysWith('us-east-1', facts) }, given))
          .to.contain(`KmsKeyArn ${KEY} `)
          .and.to.contain(words);
        expect(await refusal({ keys: keysWith('eu-west-1', facts) }, given))
          .to.contain(`The replica of KmsKeyArn in the backup Region, ${REPLICA}, `)
          .and.to.contain(words);
        expect(encrypted).to.deep.equal([]);
      });

    it('refuses a key or replica whose policy lets a service out, as the default one of a replica does', async () => {
      const { Statement } = JSON.parse(KEY_POLICY) as { Statement: { Sid: string }[] };
      const without = (...sids: string[]): string =>
        JSON.stringify({ Statement: Statement.filter(({ Sid }) => !sids.includes(Sid)) });
      expect(await refusal({ keys: keysWith('us-east-1', {}, without('LogGroups')) }, given))
        .to.contain('does not let CloudWatch Logs (logs.<Region>) use it')
        .and.to.contain('docs/security.md');
      expect(
        await refusal({ keys: keysWith('eu-west-1', {}, without('LogGroups', 'UndeliveredEvents')) }, given),
      ).to.contain('does not let CloudWatch Logs (logs.<Region>) and EventBridge (events) use it');
      const denied = JSON.stringify({
        Statement: Statement.map((statement) => ({ ...statement, Effect: 'Deny' })),
      });
      expect(await refusal({ keys: keysWith('eu-west-1', {}, denied) }, given)).to.contain('EventBridge');
      const oneStatement = JSON.stringify({
        Statement: {
          Effect: 'Allow',
          Principal: { Service: ['logs.amazonaws.com', 'events.amazonaws.com'] },
          Action: 'kms:*',
        },
      });
      expect(
        await deploymentWith({ keys: keysWith('eu-west-1', {}, oneStatement) }).request(
          createRequest({ ...PROPERTIES, ...given }),
        ),
      ).to.include({ Status: 'SUCCESS' });
    });

    it('says what may not be asked, where the key or the organization refuses the look', async () => {
      const denied = () => Promise.reject(named('AccessDeniedException'));
      expect(await refusal({ keys: { ...goodKeys, describe: denied } }, given)).to.contain(
        `this account refuses kms:DescribeKey on ${KEY}`,
      );
      expect(await refusal({ keys: { ...goodKeys, policy: denied } }, given)).to.contain(
        `this account refuses kms:GetKeyPolicy on ${KEY}`,
      );
    });

    it('reads of KMS what it judges by, and a key that is not there as such', async () => {
      const stub = new AwsStub();
      await stub.start();
      try {
        const { keys, encryptLogGroup } = looks('solution/v1', 'us-east-1');
        stub.answer = ({ action }) => ({
          body:
            action === 'DescribeKey'
              ? {
                  KeyMetadata: {
                    KeyId: 'mrk-1',
                    KeyState: 'Disabled',
                    KeyUsage: 'ENCRYPT_DECRYPT',
                    KeySpec: 'SYMMETRIC_DEFAULT',
                    MultiRegion: true,
                    KeyManager: 'CUSTOMER',
                  },
                }
              : { Policy: KEY_POLICY },
        });
        expect(await keys.describe('eu-west-1', REPLICA)).to.deep.equal({ ...GOOD_KEY, state: 'Disabled' });
        expect(await keys.policy('eu-west-1', REPLICA)).to.equal(KEY_POLICY);
        await encryptLogGroup('checker', KEY);
        expect(
          stub.requests.map(({ action, headers }) => [
            /\/([a-z]+-[a-z]+-\d)\//.exec(headers.authorization ?? '')?.[1],
            action,
          ]),
        ).to.deep.equal([
          ['eu-west-1', 'DescribeKey'],
          ['eu-west-1', 'GetKeyPolicy'],
          ['us-east-1', 'AssociateKmsKey'],
        ]);
        stub.answer = () => refusedBy('NotFoundException');
        expect(await keys.describe('eu-west-1', REPLICA)).to.equal(undefined);
      } finally {
        await stub.stop();
      }
    });
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

    const withKey = { ...PROPERTIES, KmsKeyArn: KEY };
    const keyId = `${ID}|${encodeURIComponent(KEY)}`;
    const other = { ...PROPERTIES, KmsKeyArn: KEY.replace('mrk-0', 'mrk-1') };
    const none = { ...PROPERTIES, KmsKeyArn: '' };
    for (const [what, id, before, after] of [
      ['that is given later', ID, none, withKey],
      ['that is given to a stack of an older version', ID, PROPERTIES, withKey],
      ['that is exchanged', keyId, withKey, other],
      ['that is taken away', keyId, withKey, none],
    ] as const)
      it(`B13: refuses a key ${what}, and lets the rollback of that update succeed`, async () => {
        const refused = await deploymentWith(blind).request(updateRequest(id, after, before));
        expect(refused).to.include({ Status: 'FAILED', PhysicalResourceId: id });
        expect(refused.Reason)
          .to.match(/^KmsKeyArn cannot be changed/)
          .and.to.contain(`the update gives "${after.KmsKeyArn}"`)
          .and.to.contain('what is stored stays encrypted');
        const rolledBack = await deploymentWith(blind).request(updateRequest(id, before, after, 'rollback-1'));
        expect(rolledBack).to.include({ Status: 'SUCCESS', PhysicalResourceId: id });
      });
  });
});
