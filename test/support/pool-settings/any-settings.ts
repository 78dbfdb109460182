import fc from 'fast-check';
import type { KeptSettings } from '../../../source/domain/pool-settings/shape.ts';
import { DESCRIBED_ATTRIBUTES } from '../../../tools/simulation/cognito/configuration/standard-attributes.ts';

const REGION = 'us-east-1';
const ACCOUNT = '111122223333';
const lambda = (name: string): string => `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${name}`;
const SES = `arn:aws:ses:${REGION}:${ACCOUNT}:identity/example.com`;

/** The member, present or absent. */
const maybe = <T>(name: string, value: fc.Arbitrary<T>): fc.Arbitrary<Record<string, T>> =>
  fc.option(value, { nil: undefined }).map((one) => (one === undefined ? {} : { [name]: one }));
const merged = (...parts: readonly fc.Arbitrary<object>[]): fc.Arbitrary<Record<string, unknown>> =>
  fc.tuple(...parts).map((all) => Object.assign({}, ...all) as Record<string, unknown>);

const limits = fc
  .tuple(fc.nat(100), fc.nat(1948))
  .map(([min, more]) => ({ min: String(min), max: String(min + more) }));
const custom = fc.record({
  name: fc.stringMatching(/^[a-zA-Z0-9_-]{1,20}$/),
  type: fc.constantFrom('String', 'Number', 'DateTime', 'Boolean'),
  developer: fc.boolean(),
  mutable: fc.boolean(),
  limits: fc.option(limits),
});
/** The schema of a described pool: every standard attribute, some of them changed, and up to 70 custom ones. */
const schema = (alias: boolean) =>
  fc
    .tuple(
      fc.uniqueArray(custom, { maxLength: 70, selector: ({ name }) => name, size: 'max' }),
      fc.array(fc.tuple(fc.boolean(), fc.boolean()), {
        minLength: DESCRIBED_ATTRIBUTES.length,
        maxLength: DESCRIBED_ATTRIBUTES.length,
      }),
    )
    .map(([customs, changes]) => [
      ...DESCRIBED_ATTRIBUTES.map((standard, index) => {
        const [required = false, mutable = true] = changes[index] ?? [];
        const { Name } = standard;
        const fixed = Name === 'sub' || Name === 'identities' || Name.endsWith('_verified');
        const free = !(alias && Name === 'preferred_username');
        return fixed ? standard : { ...standard, Mutable: mutable, Required: required && free };
      }),
      ...customs.map(({ name, type, developer, mutable, limits: of }) => ({
        Name: `${developer ? 'dev:' : ''}custom:${name}`,
        AttributeDataType: type,
        DeveloperOnlyAttribute: developer,
        Mutable: mutable,
        Required: false,
        ...(type === 'String'
          ? { StringAttributeConstraints: of === null ? {} : { MinLength: of.min, MaxLength: of.max } }
          : {}),
        ...(type === 'Number'
          ? { NumberAttributeConstraints: of === null ? {} : { MinValue: of.min, MaxValue: of.max } }
          : {}),
      })),
    ]);

/** How users sign in: by usernames, by addresses, or by aliases. */
const signIn = fc.constantFrom<Record<string, unknown>>(
  {},
  { UsernameAttributes: ['email'] },
  { UsernameAttributes: ['phone_number'] },
  { UsernameAttributes: ['email', 'phone_number'] },
  { AliasAttributes: ['email'] },
  { AliasAttributes: ['preferred_username'] },
  { AliasAttributes: ['phone_number', 'email', 'preferred_username'] },
);
const validity = fc.integer({ min: 0, max: 365 });
const policies = validity.chain((days) =>
  fc.constantFrom(
    {
      Policies: {
        PasswordPolicy: { MinimumLength: 8, RequireNumbers: true, TemporaryPasswordValidityDays: days },
        SignInPolicy: { AllowedFirstAuthFactors: ['PASSWORD'] },
      },
      AdminCreateUserConfig: {
        AllowAdminCreateUserOnly: true,
        UnusedAccountValidityDays: days,
        InviteMessageTemplate: { EmailMessage: 'Welcome {username} {####}', EmailSubject: 'Welcome' },
      },
    },
    // A pool of the time before there was the policy's setting.
    { AdminCreateUserConfig: { AllowAdminCreateUserOnly: false, UnusedAccountValidityDays: days } },
  ),
);
const messages = fc.constantFrom(
  {},
  { VerificationMessageTemplate: { DefaultEmailOption: 'CONFIRM_WITH_CODE' } },
  {
    SmsVerificationMessage: 'Code {####}',
    EmailVerificationMessage: 'Your code is {####}.',
    EmailVerificationSubject: 'Code',
    VerificationMessageTemplate: {
      SmsMessage: 'Code {####}',
      EmailMessage: 'Your code is {####}.',
      EmailSubject: 'Code',
      DefaultEmailOption: 'CONFIRM_WITH_CODE',
    },
  },
  {
    VerificationMessageTemplate: {
      EmailMessageByLink: 'Click {##here##}',
      EmailSubjectByLink: 'Click',
      DefaultEmailOption: 'CONFIRM_WITH_LINK',
    },
  },
);
const triggers = fc.constantFrom(
  {},
  { LambdaConfig: { PreSignUp: lambda('sign-up'), PostConfirmation: lambda('confirmed'), PreAuthentication: '' } },
  {
    LambdaConfig: {
      PreTokenGeneration: lambda('token'),
      PreTokenGenerationConfig: { LambdaArn: lambda('token'), LambdaVersion: 'V2_0' },
      CustomEmailSender: { LambdaArn: lambda('mail'), LambdaVersion: 'V1_0' },
      KMSKeyID: `arn:aws:kms:${REGION}:${ACCOUNT}:key/1234`,
    },
  },
);
const SMS = { SnsCallerArn: `arn:aws:iam::${ACCOUNT}:role/sms`, ExternalId: 'x', SnsRegion: REGION };
const mfa = fc.constantFrom<readonly [KeptSettings['mfa'], object]>(
  [{ MfaConfiguration: 'OFF' }, {}],
  [
    { MfaConfiguration: 'OFF' },
    {
      EmailConfiguration: { EmailSendingAccount: 'COGNITO_DEFAULT', SourceArn: '', ReplyToEmailAddress: '' },
      SmsConfiguration: { ...SMS, ExternalId: '' },
    },
  ],
  [
    {
      MfaConfiguration: 'OFF',
      SoftwareTokenMfaConfiguration: { Enabled: false },
      SmsMfaConfiguration: { SmsConfiguration: SMS },
    },
    { SmsConfiguration: SMS },
  ],
  [{ MfaConfiguration: 'ON', SoftwareTokenMfaConfiguration: { Enabled: true } }, {}],
  [
    {
      MfaConfiguration: 'OPTIONAL',
      SmsMfaConfiguration: { SmsAuthenticationMessage: 'Code {####}', SmsConfiguration: SMS },
      SoftwareTokenMfaConfiguration: { Enabled: true },
    },
    { SmsConfiguration: SMS },
  ],
  [
    {
      MfaConfiguration: 'OPTIONAL',
      SmsMfaConfiguration: { SmsAuthenticationMessage: '', SmsConfiguration: { ...SMS, ExternalId: '' } },
    },
    { SmsConfiguration: { ...SMS, ExternalId: '' } },
  ],
  [
    { MfaConfiguration: 'ON', EmailMfaConfiguration: {} },
    { EmailConfiguration: { EmailSendingAccount: 'DEVELOPER', SourceArn: SES, From: 'a@example.com' } },
  ],
  [
    {
      MfaConfiguration: 'OFF',
      WebAuthnConfiguration: { RelyingPartyId: 'auth.example.com', UserVerification: 'required' },
    },
    { Policies: { SignInPolicy: { AllowedFirstAuthFactors: ['PASSWORD', 'WEB_AUTHN'] } } },
  ],
);

const provider = fc.constantFrom(
  {
    ProviderName: 'Google',
    ProviderType: 'Google',
    ProviderDetails: {
      client_id: 'c',
      authorize_scopes: 'email',
      token_url: 'https://g',
      attributes_url_add_attributes: 'true',
    },
  },
  {
    ProviderName: 'SignInWithApple',
    ProviderType: 'SignInWithApple',
    ProviderDetails: { client_id: 'c', team_id: 't', key_id: 'k', authorize_scopes: 'email' },
  },
  {
    ProviderName: 'Corporate',
    ProviderType: 'SAML',
    ProviderDetails: {
      MetadataURL: 'https://idp.example.com/metadata',
      MetadataFile: '<xml/>',
      SSORedirectBindingURI: 'https://idp',
    },
  },
  {
    ProviderName: 'Partner',
    ProviderType: 'OIDC',
    ProviderDetails: {
      client_id: 'c',
      authorize_scopes: 'openid',
      oidc_issuer: 'https://op.example.com',
      attributes_request_method: 'GET',
      token_request_method: 'POST',
    },
    AttributeMapping: { username: 'sub', email: 'email' },
    IdpIdentifiers: ['partner.example.com'],
  },
);
const client = (providers: readonly string[], scopes: readonly string[], attributes: readonly string[]) =>
  merged(
    fc.record({ ClientName: fc.constantFrom('web', 'mobile', 'server') }),
    maybe('GeneratedSecret', fc.constant(true)),
    maybe('SupportedIdentityProviders', fc.subarray(['COGNITO', ...providers], { minLength: 1 })),
    maybe('AllowedOAuthScopes', fc.subarray(['openid', ...scopes], { minLength: 1 })),
    maybe('ReadAttributes', fc.subarray([...attributes], { minLength: 1 })),
    maybe('ExplicitAuthFlows', fc.subarray(['ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'], { minLength: 1 })),
    fc.constantFrom(
      {},
      { CallbackURLs: ['https://a.example.com'], DefaultRedirectURI: 'https://a.example.com' },
      // Shown so where nobody set any.
      { CallbackURLs: [], LogoutURLs: [], DefaultRedirectURI: '' },
    ),
    maybe('RefreshTokenValidity', fc.integer({ min: 1, max: 365 })),
  );

/** Settings as a run keeps them of a pool that Cognito could have: of every way to sign in, with everything around it. */
export const anySettings = (): fc.Arbitrary<KeptSettings> =>
  fc
    .tuple(
      signIn,
      mfa,
      policies,
      merged(messages, triggers, maybe('UsernameConfiguration', fc.record({ CaseSensitive: fc.boolean() }))),
      fc.subarray(['email', 'phone_number']),
      fc.uniqueArray(provider, { selector: ({ ProviderName }) => ProviderName }),
      fc.dictionary(fc.stringMatching(/^[a-z]{1,10}$/), fc.stringMatching(/^[a-z]{0,10}$/), { maxKeys: 50 }),
      fc.integer({ min: 0, max: 4 }),
    )
    .chain(([way, [mfaConfig, ofMfa], ofPolicies, more, verified, identityProviders, tags, clientCount]) =>
      schema('AliasAttributes' in way).chain((attributes) => {
        const resourceServers = [
          { Identifier: 'orders', Name: 'Orders', Scopes: [{ ScopeName: 'read', ScopeDescription: 'Read' }] },
        ];
        const passwordless = 'Policies' in ofMfa ? (ofMfa as { Policies: object }).Policies : {};
        const pool = {
          Id: `${REGION}_Source001`,
          Name: 'customers',
          UserPoolTier: 'ESSENTIALS',
          DeletionProtection: 'ACTIVE',
          ...way,
          ...ofPolicies,
          ...more,
          ...ofMfa,
          ...('Policies' in ofPolicies || 'Policies' in ofMfa
            ? { Policies: { ...('Policies' in ofPolicies ? ofPolicies.Policies : {}), ...passwordless } }
            : {}),
          MfaConfiguration: mfaConfig?.['MfaConfiguration'],
          AutoVerifiedAttributes: verified,
          SchemaAttributes: attributes,
          UserPoolTags: { ...tags, 'aws:cloudformation:stack-name': 'stack' },
        };
        return fc
          .array(
            client(
              identityProviders.map(({ ProviderName }) => ProviderName),
              ['orders/read'],
              attributes.map(({ Name }) => Name),
            ),
            { minLength: clientCount, maxLength: clientCount },
          )
          .map((clients) => ({
            format: 1 as const,
            takenAt: '2026-03-01T00:00:00.000Z',
            poolId: pool.Id,
            region: REGION,
            pool,
            ...(mfaConfig === undefined ? {} : { mfa: mfaConfig }),
            clients: clients.map((one, index) => ({ ...one, ClientId: `old${index}` })),
            resourceServers,
            identityProviders,
            uiCustomization: [],
            managedLoginBranding: [],
            risk: [],
            terms: [],
            triggers: {},
            leftOut: [],
          }));
      }),
    );
