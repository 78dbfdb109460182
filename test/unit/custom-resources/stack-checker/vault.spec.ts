import { expect } from 'chai';
import { looks } from '../../../../source/custom-resources/stack-checker/aws.ts';
import { checkVault, checkVaultParameters } from '../../../../source/custom-resources/stack-checker/vault.ts';
import type { BucketFacts, VaultLaunch } from '../../../../source/custom-resources/stack-checker/vault.ts';
import { AwsStub } from '../../../support/aws-stub.ts';

const OWNER = '210987654321';
const VAULT = { bucketArn: 'arn:aws:s3:::the-vault', accountId: OWNER, keyArn: '' };
const KEY = `arn:aws:kms:eu-west-1:${OWNER}:key/01234567-89ab-cdef-0123-456789abcdef`;
const LAUNCH: VaultLaunch = { partition: 'aws', account: '123456789012', encrypted: false };

describe('17.7: StackChecker and the vault', () => {
  const look = (vault: object, launch: object = {}, facts: BucketFacts = { found: true }) =>
    checkVault({ ...VAULT, ...vault }, { ...LAUNCH, ...launch }, async () => facts);
  const refusal = async (vault: object, launch: object = {}, facts?: BucketFacts): Promise<string> => {
    try {
      await look(vault, launch, facts);
    } catch (error) {
      return (error as Error).message;
    }
    throw new Error('was accepted');
  };

  it('17.7: asks nobody where there is none', async () => {
    const asked = () => Promise.reject(new Error('asked'));
    expect(await checkVault({ bucketArn: '', accountId: '', keyArn: '' }, LAUNCH, asked)).to.equal(undefined);
  });

  it('17.7: says what only the account of the vault can see, and nothing where the vault is only read', async () => {
    expect(await look({}))
      .to.include('the-vault')
      .and.include(`if account ${OWNER} owns it`)
      .and.include('docs/runbooks/account-lost.md');
    expect(await look({}, { account: OWNER })).to.equal(undefined);
  });

  it('17.7: refuses a vault without an owner, an owner without a vault, and a key without either', async () => {
    expect(await refusal({ accountId: '' })).to.include('Give the account that owns it as VaultAccountId');
    expect(await refusal({ bucketArn: '' })).to.include('VaultAccountId is given and VaultBucketArn is empty');
    expect(await refusal({ bucketArn: '', accountId: '', keyArn: KEY })).to.include('VaultKmsKeyArn is given');
  });

  it('17.7: refuses a bucket of another partition, and one that does not exist', async () => {
    expect(await refusal({}, { partition: 'aws-cn' })).to.include('another partition');
    expect(await refusal({}, {}, { found: false })).to.include('does not exist. Create it in account 210987654321');
  });

  it("17.7: refuses a key that is not the owner's or not of the vault's Region, and an encrypted launch without one", async () => {
    expect(await refusal({ keyArn: KEY.replace(OWNER, '123456789012') })).to.include('is not a key of account');
    expect(await refusal({ keyArn: KEY.replace('arn:aws:', 'arn:aws-cn:') })).to.include('is not a key of account');
    expect(await refusal({ keyArn: KEY }, {}, { found: true, region: 'us-east-1' })).to.include(
      'is a key of eu-west-1, but the vault the-vault lies in us-east-1',
    );
    expect(await look({ keyArn: KEY }, {}, { found: true })).to.include('the-vault');
    expect(await refusal({}, { encrypted: true })).to.include(`Give a key of account ${OWNER} as VaultKmsKeyArn`);
    expect(await look({ keyArn: KEY }, { encrypted: true }, { found: true, region: 'eu-west-1' })).to.include('vault');
    // Nothing is copied to a vault of the launch's own account.
    expect(await look({}, { encrypted: true, account: OWNER })).to.equal(undefined);
  });

  it('17.7: an update looks at the parameters only, so that a rollback never fails because a bucket is gone', () => {
    expect(() => checkVaultParameters(VAULT, LAUNCH)).to.not.throw();
    expect(() => checkVaultParameters({ ...VAULT, accountId: '' }, LAUNCH)).to.throw('VaultAccountId');
  });

  for (const [status, headers, facts] of [
    [200, { 'x-amz-bucket-region': 'eu-west-1' }, { found: true, region: 'eu-west-1' }],
    [403, { 'x-amz-bucket-region': 'eu-west-1' }, { found: true, region: 'eu-west-1' }],
    [301, { 'x-amz-bucket-region': 'eu-west-1' }, { found: true, region: 'eu-west-1' }],
    [403, {}, { found: true }],
    [404, {}, { found: false }],
  ] as const)
    it(`17.7: reads of an answer ${status} of S3 ${JSON.stringify(facts)}`, async () => {
      const stub = new AwsStub();
      await stub.start();
      try {
        stub.answer = () => ({ status, headers: { ...headers, 'content-length': '0' } });
        expect(await looks('solution/v1', 'us-east-1').lookForBucket('the-vault')).to.deep.equal(facts);
        expect(stub.requests.map(({ method, url }) => `${method} ${url}`)).to.deep.equal(['HEAD /the-vault/']);
      } finally {
        await stub.stop();
      }
    });
});
