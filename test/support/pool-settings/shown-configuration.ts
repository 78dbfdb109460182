import { CognitoException } from '../../../tools/simulation/cognito/exception.ts';
import type { ShownConfiguration } from '../../../tools/simulation/cognito/settings-reader.ts';

type Fields = Readonly<Record<string, unknown>>;
/** Texts that must be stored nowhere. */
export const SECRETS = ['canary-client-secret', 'canary-provider-secret', 'canary-private-key', 'canary-new-secret'];

const CLIENTS = [
  { ClientId: '1webclient', ClientName: 'web', ClientSecret: SECRETS[0], CallbackURLs: ['https://example.com/in'] },
  { ClientId: '2mobileclient', ClientName: 'mobile', ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH'] },
];

/** A pool with one of everything; a test changes it in place, as somebody in the console does. */
export function configuredPool(poolId: string, domain = 'customers') {
  const dates = { CreationDate: '2025-01-01T00:00:00.000Z', LastModifiedDate: '2026-01-01T00:00:00.000Z' };
  const state = {
    pool: {
      Id: poolId,
      Name: 'customers',
      Arn: `arn:aws:cognito-idp:eu-west-1:111122223333:userpool/${poolId}`,
      ...dates,
      EstimatedNumberOfUsers: 3,
      Policies: { PasswordPolicy: { MinimumLength: 12 } },
      LambdaConfig: {
        PreSignUp: 'arn:aws:lambda:eu-west-1:111122223333:function:pre-sign-up',
        PreTokenGenerationConfig: {
          LambdaVersion: 'V2_0',
          LambdaArn: 'arn:aws:lambda:eu-west-1:111122223333:function:t',
        },
        KMSKeyID: 'arn:aws:kms:eu-west-1:111122223333:key/1',
      },
      UserPoolTags: { team: 'identity' },
      Domain: domain,
    } as Record<string, unknown>,
    clients: CLIENTS.map((client) => ({ ...client, UserPoolId: poolId, ...dates })) as Record<string, unknown>[],
    providers: [
      {
        ProviderName: 'Google',
        ProviderType: 'Google',
        ProviderDetails: { client_id: 'id', client_secret: SECRETS[1], authorize_scopes: 'email' },
        ...dates,
      },
      {
        ProviderName: 'SignInWithApple',
        ProviderType: 'SignInWithApple',
        ProviderDetails: {
          client_id: 'id',
          team_id: 't',
          key_id: 'k',
          private_key: SECRETS[2],
          new_secret: SECRETS[3],
        },
        ...dates,
      },
    ] as Record<string, unknown>[],
    branding: new Map<string, Fields>([
      ['1webclient', { ManagedLoginBrandingId: 'b1', UserPoolId: poolId, UseCognitoProvidedValues: true, ...dates }],
    ]),
    risk: { CompromisedCredentialsRiskConfiguration: { Actions: { EventAction: 'BLOCK' } } } as Fields | undefined,
    logs: [{ LogLevel: 'ERROR', EventSource: 'userNotification' }] as readonly Fields[],
    terms: [{ TermsId: 't1', TermsName: 'terms-of-use', ClientId: '1webclient', ...dates }] as Record<
      string,
      unknown
    >[],
    css: '.banner {}',
  };
  const byId = (list: readonly Fields[], name: string, id: unknown): Fields => {
    const found = list.find((entry) => entry[name] === id);
    if (found === undefined) throw new CognitoException('ResourceNotFoundException', 'It does not exist.');
    return found;
  };
  const shown: ShownConfiguration = (operation, input) => {
    switch (operation) {
      case 'DescribeUserPool':
        return { UserPool: state.pool };
      case 'GetUserPoolMfaConfig':
        return { MfaConfiguration: 'OFF', WebAuthnConfiguration: { RelyingPartyId: 'example.com' } };
      case 'ListUserPoolClients':
        return { UserPoolClients: state.clients.map(({ ClientId, ClientName }) => ({ ClientId, ClientName })) };
      case 'DescribeUserPoolClient':
        return { UserPoolClient: byId(state.clients, 'ClientId', input.ClientId) };
      case 'ListResourceServers':
        return { ResourceServers: [{ UserPoolId: poolId, Identifier: 'orders', Name: 'Orders' }] };
      case 'ListIdentityProviders':
        return {
          Providers: state.providers.map(({ ProviderName, ProviderType, LastModifiedDate }) => ({
            ProviderName,
            ProviderType,
            LastModifiedDate,
          })),
        };
      case 'DescribeIdentityProvider':
        return { IdentityProvider: byId(state.providers, 'ProviderName', input.ProviderName) };
      case 'DescribeUserPoolDomain':
        return { DomainDescription: { UserPoolId: poolId, Domain: domain, Status: 'ACTIVE', ManagedLoginVersion: 2 } };
      case 'GetUICustomization':
        return { UICustomization: { UserPoolId: poolId, ClientId: 'ALL', CSS: state.css, CSSVersion: '1' } };
      case 'DescribeManagedLoginBrandingByClient':
        return {
          ManagedLoginBranding: byId(
            [...state.branding].map(([ClientId, branding]) => ({ ClientId, ...branding })),
            'ClientId',
            input.ClientId,
          ),
        };
      case 'DescribeRiskConfiguration':
        if (state.risk === undefined)
          throw new CognitoException('UserPoolAddOnNotEnabledException', 'Threat protection is not enabled.');
        return { RiskConfiguration: { UserPoolId: poolId, ...state.risk } };
      case 'GetLogDeliveryConfiguration':
        return { LogDeliveryConfiguration: { UserPoolId: poolId, LogConfigurations: state.logs } };
      case 'ListTerms':
        return {
          Terms: state.terms.map(({ TermsId, TermsName, LastModifiedDate }) => ({
            TermsId,
            TermsName,
            LastModifiedDate,
          })),
        };
      case 'DescribeTerms':
        return { Terms: byId(state.terms, 'TermsId', input.TermsId) };
    }
  };
  return { state, shown };
}
