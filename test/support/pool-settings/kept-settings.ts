import type { KeptSettings } from '../../../source/domain/pool-settings/shape.ts';

/** A pool's configuration with one of everything, as a run keeps it. */
export const keptSettings = (change: Partial<KeptSettings> = {}): KeptSettings => ({
  format: 1,
  takenAt: '2026-03-01T00:00:00.000Z',
  poolId: 'us-east-1_abcdefghi',
  region: 'us-east-1',
  pool: {
    Id: 'us-east-1_abcdefghi',
    Name: 'customers',
    MfaConfiguration: 'OFF',
    UsernameAttributes: ['email'],
    SchemaAttributes: [{ Name: 'sub', AttributeDataType: 'String', Mutable: false, Required: true }],
    LambdaConfig: { PreSignUp: 'arn:aws:lambda:us-east-1:111122223333:function:sign-up' },
    UserPoolTags: { team: 'identity' },
    Domain: 'customers',
  },
  mfa: { MfaConfiguration: 'OFF' },
  clients: [
    {
      ClientId: '1example23456789',
      ClientName: 'web',
      GeneratedSecret: true,
      ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH'],
    },
  ],
  resourceServers: [
    { Identifier: 'orders', Name: 'Orders', Scopes: [{ ScopeName: 'read', ScopeDescription: 'Read' }] },
  ],
  identityProviders: [
    {
      ProviderName: 'Google',
      ProviderType: 'Google',
      ProviderDetails: { client_id: 'example', authorize_scopes: 'email' },
    },
  ],
  domain: { Domain: 'customers', ManagedLoginVersion: 2 },
  uiCustomization: [{ ClientId: 'ALL', CSS: '.banner { color: red }' }],
  managedLoginBranding: [{ ClientId: '1example23456789', UseCognitoProvidedValues: true }],
  risk: [{ CompromisedCredentialsRiskConfiguration: { Actions: { EventAction: 'BLOCK' } } }],
  terms: [{ TermsId: '4ab2c3d4', TermsName: 'terms-of-use', ClientId: '1example23456789' }],
  tags: { team: 'identity' },
  triggers: { PreSignUp: 'arn:aws:lambda:us-east-1:111122223333:function:sign-up' },
  leftOut: [{ part: 'logDelivery', reason: 'AccessDeniedException' }],
  ...change,
});
