import { expect } from 'chai';
import type { RecreateOptions } from '../../../../source/domain/pool-settings/recreate/omissions.ts';
import { poolRequest } from '../../../../source/domain/pool-settings/recreate/pool-request.ts';
import type { PoolRecreation } from '../../../../source/domain/pool-settings/recreate/pool-request.ts';
import { mfaRequest } from '../../../../source/domain/pool-settings/recreate/mfa-request.ts';
import { missingAdditions, schemaRequests } from '../../../../source/domain/pool-settings/recreate/schema-request.ts';
import type { KeptSettings } from '../../../../source/domain/pool-settings/shape.ts';
import { keptSettings } from '../../../support/pool-settings/kept-settings.ts';

const OPTIONS: RecreateOptions = { name: 'again', tags: { ours: 'yes' } };
const withPool = (pool: object, over: Partial<KeptSettings> = {}): KeptSettings =>
  keptSettings({ pool: { Id: 'us-east-1_abcdefghi', Name: 'customers', ...pool }, ...over });
const made = (pool: object, options: Partial<RecreateOptions> = {}): PoolRecreation =>
  poolRequest(withPool(pool), { ...OPTIONS, ...options });
const requested = (pool: object, options: Partial<RecreateOptions> = {}): Readonly<Record<string, unknown>> =>
  made(pool, options).request;
const omitted = (pool: object, options: Partial<RecreateOptions> = {}): string[] =>
  made(pool, options).omissions.map(({ setting }) => setting);
const LAMBDA = 'arn:aws:lambda:us-east-1:111122223333:function:sign-up';

describe('request for a pool like the kept one', () => {
  it('17.5: the schema loses sub and the prefixes, and keeps its order and limits', () => {
    const attribute = (Name: string, over: object = {}): object => ({ Name, AttributeDataType: 'String', ...over });
    const { Schema } = requested({
      SchemaAttributes: [
        attribute('sub', { Required: true }),
        attribute('email', { Required: true, StringAttributeConstraints: { MinLength: '0', MaxLength: '2048' } }),
        attribute('identities', { StringAttributeConstraints: {} }),
        attribute('custom:zone', { StringAttributeConstraints: { MinLength: '1', MaxLength: '20' } }),
        attribute('dev:custom:rank', { DeveloperOnlyAttribute: true, StringAttributeConstraints: {} }),
      ],
    });
    expect(Schema).to.deep.equal([
      {
        Name: 'email',
        AttributeDataType: 'String',
        Required: true,
        StringAttributeConstraints: { MinLength: '0', MaxLength: '2048' },
      },
      { Name: 'zone', AttributeDataType: 'String', StringAttributeConstraints: { MinLength: '1', MaxLength: '20' } },
      { Name: 'rank', AttributeDataType: 'String', DeveloperOnlyAttribute: true },
    ]);
  });

  it('17.5: of more than 50 attributes the custom ones beyond follow by AddCustomAttributes, 25 at a time', () => {
    const custom = Array.from({ length: 70 }, (_, index) => ({
      Name: `custom:a${index}`,
      AttributeDataType: 'String',
    }));
    const kept = [...custom, { Name: 'email', AttributeDataType: 'String', Required: true }];
    const requests = schemaRequests(kept);
    expect(requests.schema).to.have.length(50);
    expect(requests.schema.map(({ Name }) => Name)).to.include('email');
    expect(requests.additions.map((part) => part.length)).to.deep.equal([21]);
    expect(missingAdditions(requests, kept.slice(0, 60)).flat()).to.have.length(10);
  });

  it('17.5: a custom attribute with the name of a standard one is added afterwards, with those behind it', () => {
    const attribute = (Name: string): object => ({ Name, AttributeDataType: 'String' });
    const { schema, additions } = schemaRequests(
      ['phone_number_verified', 'name', 'custom:zone', 'custom:name', 'custom:team'].map(attribute),
    );
    // Its own name is longer than the API lets a name be.
    expect(schema.map(({ Name }) => Name)).to.deep.equal(['name', 'zone']);
    expect(additions.flat().map(({ Name }) => Name)).to.deep.equal(['name', 'team']);
    expect(missingAdditions({ additions }, [attribute('name')]).flat()).to.have.length(2);
  });

  it('17.5: older names of settings are left out, and what only they say is kept', () => {
    const request = requested({
      EmailVerificationMessage: 'Your code is {####}.',
      EmailVerificationSubject: 'Code',
      SmsVerificationMessage: 'Code {####}',
      VerificationMessageTemplate: { EmailSubject: 'Your code', DefaultEmailOption: 'CONFIRM_WITH_CODE' },
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: false, UnusedAccountValidityDays: 3 },
      Policies: { PasswordPolicy: { MinimumLength: 8 }, SignInPolicy: { AllowedFirstAuthFactors: ['PASSWORD'] } },
      LambdaConfig: {
        PreTokenGeneration: 'another',
        PreTokenGenerationConfig: { LambdaArn: LAMBDA, LambdaVersion: 'V2_0' },
      },
    });
    expect(request).to.not.have.any.keys(
      'EmailVerificationMessage',
      'EmailVerificationSubject',
      'SmsVerificationMessage',
    );
    expect(request['VerificationMessageTemplate']).to.deep.equal({
      EmailMessage: 'Your code is {####}.',
      EmailSubject: 'Your code',
      SmsMessage: 'Code {####}',
      DefaultEmailOption: 'CONFIRM_WITH_CODE',
    });
    expect(request['AdminCreateUserConfig']).to.deep.equal({ AllowAdminCreateUserOnly: false });
    expect(request['Policies']).to.deep.equal({
      PasswordPolicy: { MinimumLength: 8, TemporaryPasswordValidityDays: 3 },
    });
    expect(request['LambdaConfig']).to.include({ PreTokenGeneration: LAMBDA });
  });

  it('17.5: of two texts of the verification mail only that of the chosen way is given', () => {
    const template = { EmailMessage: 'Code {####}', EmailMessageByLink: 'Click {##here##}' };
    const pool = { VerificationMessageTemplate: { ...template, DefaultEmailOption: 'CONFIRM_WITH_LINK' } };
    expect(requested(pool)['VerificationMessageTemplate']).to.not.have.property('EmailMessage');
    expect(omitted(pool)).to.include('pool.VerificationMessageTemplate.EmailMessage');
  });

  it('17.8: texts of messages that are empty are not given: Cognito refuses them', () => {
    const request = requested({
      SmsAuthenticationMessage: '',
      SmsVerificationMessage: '',
      VerificationMessageTemplate: {
        SmsMessage: '',
        EmailMessage: 'Code {####}',
        DefaultEmailOption: 'CONFIRM_WITH_CODE',
      },
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: false, InviteMessageTemplate: { SMSMessage: '' } },
    });
    expect(request).to.not.have.property('SmsAuthenticationMessage');
    expect(request).to.deep.include({
      VerificationMessageTemplate: { EmailMessage: 'Code {####}', DefaultEmailOption: 'CONFIRM_WITH_CODE' },
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: false },
    });
  });

  it('17.5: a tag without a value stays one', () => {
    expect(requested({ UserPoolTags: { team: '' } })['UserPoolTags']).to.include({ team: '' });
  });

  it('17.5: case sensitivity that is not said stays unsaid, and aliases go by the API', () => {
    const request = requested({ AliasAttributes: ['preferred_username'], UsernameAttributes: [] });
    expect(request).to.not.have.any.keys('UsernameConfiguration', 'UsernameAttributes');
    expect(request['AliasAttributes']).to.deep.equal(['preferred_username']);
  });

  it('17.5: tags of AWS are left out, ours are added, and there are never more than 50', () => {
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`t${index}`, 'x']));
    const { request, omissions } = made({ UserPoolTags: { 'aws:stack': 'x', ...many } });
    expect(Object.keys(request['UserPoolTags'] as object))
      .to.have.length(50)
      .and.to.include('ours');
    expect(request['UserPoolTags']).to.not.have.property('aws:stack');
    expect(omissions.find(({ setting }) => setting === 'pool.UserPoolTags.t49')?.expected).to.equal(undefined);
  });

  it('17.5: in another Region functions, mail identities, the role for SMS and keys are left out and told', () => {
    const pool = {
      LambdaConfig: { PreSignUp: LAMBDA },
      SmsConfiguration: { SnsCallerArn: 'arn:aws:iam::111122223333:role/sms', SnsRegion: 'us-east-1' },
      EmailConfiguration: {
        EmailSendingAccount: 'DEVELOPER',
        SourceArn: 'arn:aws:ses:us-east-1:111122223333:identity/x',
      },
      KeyConfiguration: { KeyType: 'CUSTOMER_MANAGED_KEY', KmsKeyArn: 'arn:aws:kms:us-east-1:111122223333:key/x' },
      VerificationMessageTemplate: { EmailMessage: '{####}..', SmsMessage: '{####}..' },
    };
    const names = ['LambdaConfig', 'SmsConfiguration', 'EmailConfiguration', 'KeyConfiguration'];
    expect(requested(pool)).to.include.all.keys(names);
    const elsewhere = requested(pool, { region: 'eu-west-1' });
    expect(elsewhere).to.not.have.any.keys(names);
    expect(elsewhere['VerificationMessageTemplate']).to.deep.equal({ SmsMessage: '{####}..' });
    expect(omitted(pool, { region: 'eu-west-1' })).to.include.members([
      ...names.map((name) => `pool.${name}`),
      'pool.VerificationMessageTemplate.EmailMessage',
    ]);
    expect(
      requested({ EmailConfiguration: { EmailSendingAccount: 'COGNITO_DEFAULT' } }, { region: 'eu-west-1' }),
    ).to.have.property('EmailConfiguration');
  });

  it('17.6: a pool for a rehearsal has no triggers, mail, SMS, key, protection and tags of others', () => {
    const pool = {
      LambdaConfig: { PreSignUp: LAMBDA },
      SmsConfiguration: { SnsCallerArn: 'arn:aws:iam::111122223333:role/sms' },
      EmailConfiguration: { EmailSendingAccount: 'COGNITO_DEFAULT', ReplyToEmailAddress: 'a@example.com' },
      DeletionProtection: 'ACTIVE',
      UserPoolTags: { team: 'identity' },
      AutoVerifiedAttributes: ['email'],
    };
    expect(requested(pool, { throwAway: true })).to.deep.equal({
      PoolName: 'again',
      AutoVerifiedAttributes: ['email'],
      DeletionProtection: 'INACTIVE',
      UserPoolTags: { ours: 'yes' },
    });
  });

  it('17.5: a setting that a later version of Cognito has is named, not sent', () => {
    expect(requested({ NewThing: true })).to.not.have.property('NewThing');
    expect(omitted({ NewThing: true })).to.include('pool.NewThing');
  });
});

describe('request for the MFA of a pool like the kept one', () => {
  const SMS = {
    SmsAuthenticationMessage: 'Code {####}',
    SmsConfiguration: { SnsCallerArn: 'arn:aws:iam::1:role/sms' },
  };
  const TOKEN = { Enabled: true };
  const PASSKEYS = { RelyingPartyId: 'auth.example.com', UserVerification: 'required' };
  const request = (mfa: KeptSettings['mfa'], options: Partial<RecreateOptions> = {}) =>
    mfaRequest(
      { ...withPool({ MfaConfiguration: 'ON' }), ...(mfa === undefined ? { mfa: undefined as never } : { mfa }) },
      options,
    );

  it('17.5: is whole, since it replaces what it lacks', () => {
    const mfa = {
      MfaConfiguration: 'ON',
      SmsMfaConfiguration: SMS,
      SoftwareTokenMfaConfiguration: TOKEN,
      EmailMfaConfiguration: {},
      WebAuthnConfiguration: PASSKEYS,
    };
    expect(request(mfa)).to.deep.equal({ request: mfa, omissions: [] });
  });

  it('17.5: a pool with MFA off gets no factors, and keeps its passkeys', () => {
    const mfa = { MfaConfiguration: 'OFF', SmsMfaConfiguration: SMS, WebAuthnConfiguration: PASSKEYS };
    expect(request(mfa).request).to.deep.equal({ MfaConfiguration: 'OFF', WebAuthnConfiguration: PASSKEYS });
    expect(request({ MfaConfiguration: 'OFF', SoftwareTokenMfaConfiguration: { Enabled: false } }).request).to.equal(
      undefined,
    );
  });

  it('17.5: in another Region SMS and mail are left out, and without any factor MFA is off and told', () => {
    const mfa = { MfaConfiguration: 'ON', SmsMfaConfiguration: SMS, EmailMfaConfiguration: {} };
    const there = request({ ...mfa, SoftwareTokenMfaConfiguration: TOKEN }, { region: 'eu-west-1' });
    expect(there.request).to.deep.equal({ MfaConfiguration: 'ON', SoftwareTokenMfaConfiguration: TOKEN });
    const none = request(mfa, { region: 'eu-west-1' });
    expect(none.request).to.equal(undefined);
    expect(none.omissions.map(({ setting }) => setting)).to.include.members([
      'mfa.SmsMfaConfiguration',
      'mfa.EmailMfaConfiguration',
      'mfa.MfaConfiguration',
    ]);
  });

  it('17.5: factors that the export could not read leave MFA off, and it is told', () => {
    expect(request(undefined).omissions.map(({ setting }) => setting)).to.deep.equal(['pool.MfaConfiguration']);
  });
});
