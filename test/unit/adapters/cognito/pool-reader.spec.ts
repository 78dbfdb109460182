import { expect } from 'chai';
import { userPoolReader } from '../../../../source/adapters/cognito/pool-reader.ts';
import { adapterOptions, STUB_POOL, stubOfSuite } from '../../../support/cognito-stub.ts';

describe('Cognito adapters: reading a pool', () => {
  const stub = stubOfSuite();

  it('reads a page of users: attributes without a prototype, dates as ISO 8601, the token of the next page', async () => {
    stub.answer = () => ({
      body: {
        Users: [
          {
            Username: 'ana',
            Enabled: false,
            UserStatus: 'CONFIRMED',
            UserCreateDate: 1_700_000_000.5,
            UserLastModifiedDate: 1_700_000_001,
            Attributes: [
              { Name: 'sub', Value: 's-1' },
              { Name: '__proto__', Value: 'x' },
            ],
          },
        ],
        PaginationToken: 't2',
      },
    });
    const page = await userPoolReader(adapterOptions()).listUsersPage(STUB_POOL, { filter: 'sub ^= "a"', token: 't1' });
    expect(stub.requests[0]?.json).to.deep.equal({
      UserPoolId: STUB_POOL,
      Limit: 60,
      Filter: 'sub ^= "a"',
      PaginationToken: 't1',
    });
    expect(stub.requests[0]?.headers['user-agent']).to.include('solution/v1');
    expect(page.next).to.equal('t2');
    const [user] = page.items;
    expect(user).to.include({
      username: 'ana',
      sub: 's-1',
      enabled: false,
      status: 'CONFIRMED',
      created: '2023-11-14T22:13:20.500Z',
    });
    expect(Object.getPrototypeOf(user?.attributes)).to.equal(null);
    expect(Object.entries(user?.attributes ?? {})).to.deep.equal([
      ['sub', 's-1'],
      ['__proto__', 'x'],
    ]);
  });

  it('pages groups and members by NextToken', async () => {
    stub.answer = ({ action }) => ({
      body:
        action === 'ListGroups'
          ? {
              Groups: [
                { GroupName: 'g', Precedence: 0, RoleArn: 'r' },
                { GroupName: 'h', RoleArn: '' },
              ],
              NextToken: 'n',
            }
          : { Users: [] },
    });
    const reader = userPoolReader(adapterOptions());
    expect(await reader.listGroupsPage(STUB_POOL, {})).to.deep.equal({
      items: [{ name: 'g', precedence: 0, roleArn: 'r' }, { name: 'h' }],
      next: 'n',
    });
    expect(await reader.listUsersInGroupPage(STUB_POOL, 'g', { token: 'm' })).to.deep.equal({ items: [] });
    expect(stub.requests[1]?.json).to.deep.equal({ UserPoolId: STUB_POOL, GroupName: 'g', Limit: 60, NextToken: 'm' });
  });

  it('C14: knows by which mechanisms the pool recovers, the preferred one first', async () => {
    const mechanisms = [
      { Name: 'verified_phone_number', Priority: 2 },
      { Name: 'verified_email', Priority: 1 },
    ];
    for (const [setting, expected] of [
      [{ RecoveryMechanisms: mechanisms }, ['verified_email', 'verified_phone_number']],
      [{ RecoveryMechanisms: [{ Name: 'admin_only', Priority: 1 }] }, ['admin_only']],
      [{ RecoveryMechanisms: [] }, undefined],
      [undefined, undefined],
    ] as const) {
      stub.answer = () => ({ body: { UserPool: { AccountRecoverySetting: setting } } });
      const { settings } = await userPoolReader(adapterOptions()).describe(STUB_POOL);
      expect(settings.recoveryMechanisms).to.deep.equal(expected);
    }
  });

  it('describes a pool by what matters to a restore', async () => {
    stub.answer = () => ({
      body: {
        UserPool: {
          Name: 'p',
          EstimatedNumberOfUsers: 5,
          UsernameAttributes: ['email'],
          AutoVerifiedAttributes: ['email'],
          LambdaConfig: { PreSignUp: 'arn', KMSKeyID: 'k' },
          UsernameConfiguration: { CaseSensitive: false },
          SchemaAttributes: [
            {
              Name: 'custom:n',
              AttributeDataType: 'Number',
              Mutable: false,
              Required: false,
              NumberAttributeConstraints: { MinValue: '1' },
            },
          ],
        },
      },
    });
    expect(await userPoolReader(adapterOptions()).describe(STUB_POOL)).to.deep.equal({
      id: STUB_POOL,
      name: 'p',
      region: 'eu-west-1',
      deletionProtected: false,
      acceptsSignUps: true,
      importsConfirmed: false,
      estimatedNumberOfUsers: 5,
      settings: {
        usernameAttributes: ['email'],
        aliasAttributes: [],
        caseSensitive: false,
        autoVerifiedAttributes: ['email'],
        mfaConfiguration: 'OFF',
        triggers: ['PreSignUp'],
        schema: [{ name: 'custom:n', type: 'Number', mutable: false, required: false, min: '1' }],
      },
    });
  });

  it('17.1: reads MFA settings: factors that are set up, texts, passkeys, no external id', async () => {
    stub.answer = () => ({
      body: {
        MfaConfiguration: 'ON',
        SmsMfaConfiguration: {
          SmsAuthenticationMessage: 'Code: {####}',
          SmsConfiguration: { SnsCallerArn: 'arn:aws:iam::1:role/sms', ExternalId: 'x-1', SnsRegion: 'eu-west-1' },
        },
        EmailMfaConfiguration: { Subject: 'Code' },
        SoftwareTokenMfaConfiguration: { Enabled: true },
        WebAuthnConfiguration: { RelyingPartyId: 'example.com', UserVerification: 'required' },
      },
    });
    const settings = await userPoolReader(adapterOptions()).mfaSettings(STUB_POOL);
    expect(stub.requests[0]).to.deep.include({ action: 'GetUserPoolMfaConfig', json: { UserPoolId: STUB_POOL } });
    expect(settings).to.deep.equal({
      factors: ['SMS_MFA', 'EMAIL_OTP', 'SOFTWARE_TOKEN_MFA'],
      sms: { message: 'Code: {####}', callerArn: 'arn:aws:iam::1:role/sms', region: 'eu-west-1' },
      email: { subject: 'Code' },
      passkeys: { relyingPartyId: 'example.com', userVerification: 'required' },
    });
  });

  it('17.1: takes a factor that cannot be used for none', async () => {
    const answers: readonly (readonly [object, object])[] = [
      [{ MfaConfiguration: 'ON' }, { factors: [] }],
      [{ SoftwareTokenMfaConfiguration: { Enabled: false } }, { factors: [] }],
      [{ SmsMfaConfiguration: { SmsAuthenticationMessage: 'x' } }, { factors: [], sms: { message: 'x' } }],
      [{ EmailMfaConfiguration: {} }, { factors: ['EMAIL_OTP'], email: {} }],
    ];
    for (const [body, expected] of answers) {
      stub.answer = () => ({ body });
      expect(await userPoolReader(adapterOptions()).mfaSettings(STUB_POOL)).to.deep.equal(expected);
    }
  });
});
