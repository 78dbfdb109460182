import { CognitoException } from '../exception.ts';
import {
  assertClient,
  assertCreatable,
  assertMfa,
  assertProvider,
  entries,
  textsIn,
  part,
  refuseIf,
} from './refusals.ts';
import type { Configuration } from './refusals.ts';
import { DESCRIBED_ATTRIBUTES } from './standard-attributes.ts';

type Changeable = Record<string, unknown>;
interface ConfiguredPool {
  readonly pool: Changeable;
  mfa: Configuration;
  readonly clients: Changeable[];
  readonly servers: Configuration[];
  readonly providers: Changeable[];
  readonly branding: Changeable[];
  readonly customization: Map<string, Configuration>;
  readonly risk: Map<string, Configuration>;
  readonly terms: Changeable[];
  logs?: readonly unknown[];
}

/** The configuration of the user pools of one Region: made, shown and refused as Cognito does it. */
export class SimulatedUserPools {
  readonly pools = new Map<string, ConfiguredPool>();
  #made = 0;

  constructor(readonly region: string) {}

  /** One call of Cognito's API. @throws CognitoException */
  call(operation: string, input: Configuration): Configuration {
    if (operation === 'CreateUserPool') return { UserPool: this.#create(input) };
    if (operation === 'ListUserPools')
      return { UserPools: [...this.pools.values()].map(({ pool: { Id, Name } }) => ({ Id, Name })) };
    if (operation === 'DescribeUserPoolDomain') return { DomainDescription: {} };
    const asked = this.pools.get(String(input['UserPoolId']));
    if (asked === undefined)
      throw new CognitoException(
        'ResourceNotFoundException',
        `User pool ${String(input['UserPoolId'])} does not exist.`,
      );
    const answer = this.#operations[operation];
    if (answer === undefined) throw new Error(`The simulation has no ${operation}.`);
    return answer(asked, input) ?? {};
  }

  #id(prefix: string): string {
    this.#made += 1;
    return `${prefix}${String(this.#made).padStart(9, '0')}`;
  }

  #create(request: Configuration): Changeable {
    assertCreatable(request, this.region);
    const { PoolName, Schema, SmsVerificationMessage, EmailVerificationMessage, EmailVerificationSubject, ...rest } =
      request;
    const template = part(request['VerificationMessageTemplate']);
    const pool: Changeable = {
      UserPoolTier: 'ESSENTIALS',
      DeletionProtection: 'INACTIVE',
      ...rest,
      Id: this.#id(`${this.region}_New`),
      Name: PoolName,
      MfaConfiguration: request['MfaConfiguration'] ?? 'OFF',
      SchemaAttributes: describedSchema(entries(Schema)),
      // The older names of what the template says.
      SmsVerificationMessage: SmsVerificationMessage ?? template['SmsMessage'],
      EmailVerificationMessage: EmailVerificationMessage ?? template['EmailMessage'],
      EmailVerificationSubject: EmailVerificationSubject ?? template['EmailSubject'],
      AdminCreateUserConfig: {
        AllowAdminCreateUserOnly: false,
        ...part(request['AdminCreateUserConfig']),
        UnusedAccountValidityDays: part(part(request['Policies'])['PasswordPolicy'])['TemporaryPasswordValidityDays'],
      },
    };
    this.pools.set(pool['Id'] as string, {
      pool,
      mfa: { MfaConfiguration: 'OFF' },
      clients: [],
      servers: [],
      providers: [],
      branding: [],
      customization: new Map(),
      risk: new Map(),
      terms: [],
    });
    return pool;
  }

  readonly #operations: Readonly<
    Record<string, (pool: ConfiguredPool, input: Configuration) => Configuration | undefined>
  > = {
    DescribeUserPool: ({ pool }) => ({ UserPool: pool }),
    AddCustomAttributes: ({ pool }, { CustomAttributes }) => {
      const added = entries(CustomAttributes).map(asCustom);
      const known = entries(pool['SchemaAttributes']).map(({ Name }) => Name);
      refuseIf(
        added.some(({ Name }) => known.includes(Name)),
        'Existing attribute already has that name.',
      );
      pool['SchemaAttributes'] = [...entries(pool['SchemaAttributes']), ...added];
      return undefined;
    },
    SetUserPoolMfaConfig: (asked, { UserPoolId: _, ...request }) => {
      assertMfa(request, asked.pool);
      asked.mfa = request;
      asked.pool['MfaConfiguration'] = request['MfaConfiguration'];
      return undefined;
    },
    GetUserPoolMfaConfig: ({ mfa }) => mfa,
    CreateResourceServer: ({ servers }, server) => {
      refuseIf(
        servers.some(({ Identifier }) => Identifier === server['Identifier']),
        'ResourceServer already exists.',
      );
      servers.push(server);
      return undefined;
    },
    ListResourceServers: ({ servers }) => ({ ResourceServers: servers }),
    CreateIdentityProvider: ({ providers }, provider) => {
      assertProvider(provider);
      if (providers.some(({ ProviderName }) => ProviderName === provider['ProviderName']))
        throw new CognitoException('DuplicateProviderException', 'Provider already exists.');
      providers.push({ ...provider });
      return undefined;
    },
    ListIdentityProviders: ({ providers }) => ({
      Providers: providers.map(({ ProviderName, ProviderType }) => ({ ProviderName, ProviderType })),
    }),
    DescribeIdentityProvider: ({ providers }, { ProviderName }) => ({
      IdentityProvider: providers.find((one) => one['ProviderName'] === ProviderName),
    }),
    CreateUserPoolClient: ({ pool, clients, providers, servers }, request) => {
      assertClient(request, {
        providers: providers.map(({ ProviderName }) => String(ProviderName)),
        scopes: servers.flatMap(({ Identifier, Scopes }) =>
          entries(Scopes).map(({ ScopeName }) => `${String(Identifier)}/${String(ScopeName)}`),
        ),
        attributes: entries(pool['SchemaAttributes']).map(({ Name }) => String(Name)),
      });
      const { GenerateSecret, ...rest } = request;
      const client = {
        ...rest,
        ClientId: this.#id('client'),
        ...(GenerateSecret === true ? { ClientSecret: 'generated' } : {}),
      };
      clients.push(client);
      return { UserPoolClient: client };
    },
    ListUserPoolClients: ({ clients }) => ({
      UserPoolClients: clients.map(({ ClientId, ClientName }) => ({ ClientId, ClientName })),
    }),
    DescribeUserPoolClient: ({ clients }, { ClientId }) => ({
      UserPoolClient: clients.find((one) => one['ClientId'] === ClientId),
    }),
    CreateManagedLoginBranding: ({ branding }, { UserPoolId: _, ...request }) => {
      const style = { ...request, ManagedLoginBrandingId: this.#id('00000000-0000-4000-8000-000') };
      branding.push(style);
      return { ManagedLoginBranding: style };
    },
    UpdateManagedLoginBranding: ({ branding }, { ManagedLoginBrandingId, Assets }) => {
      const style = branding.find((one) => one['ManagedLoginBrandingId'] === ManagedLoginBrandingId);
      if (style !== undefined) style['Assets'] = [...entries(style['Assets']), ...entries(Assets)];
      return undefined;
    },
    DescribeManagedLoginBrandingByClient: ({ branding }, { ClientId }) => {
      const style = branding.find((one) => one['ClientId'] === ClientId);
      if (style === undefined) throw new CognitoException('ResourceNotFoundException', 'There is no such style.');
      const { ClientId: _, ...shown } = style;
      return { ManagedLoginBranding: shown };
    },
    SetUICustomization: ({ pool, customization }, { ClientId = 'ALL', CSS }) => {
      refuseIf(
        pool['Domain'] === undefined && pool['CustomDomain'] === undefined,
        'There has to be an existing domain associated with this user pool',
      );
      customization.set(String(ClientId), { ClientId, CSS });
      return undefined;
    },
    GetUICustomization: ({ customization }, { ClientId = 'ALL' }) => ({
      UICustomization: customization.get(String(ClientId)) ?? customization.get('ALL') ?? {},
    }),
    CreateTerms: ({ terms }, { UserPoolId: _, ...request }) => {
      refuseIf(
        terms.some((one) => one['ClientId'] === request['ClientId'] && one['TermsName'] === request['TermsName']),
        'Terms already exist.',
      );
      terms.push({ ...request, TermsId: this.#id('terms') });
      return undefined;
    },
    ListTerms: ({ terms }) => ({ Terms: terms.map(({ TermsId, TermsName }) => ({ TermsId, TermsName })) }),
    DescribeTerms: ({ terms }, { TermsId }) => ({ Terms: terms.find((one) => one['TermsId'] === TermsId) }),
    SetRiskConfiguration: ({ risk }, { UserPoolId: _, ...request }) => {
      risk.set((request['ClientId'] ?? '') as string, request);
      return undefined;
    },
    DescribeRiskConfiguration: ({ risk }, { ClientId = '' }) => ({
      RiskConfiguration: risk.get(String(ClientId)) ?? risk.get('') ?? {},
    }),
    SetLogDeliveryConfiguration: (asked, { LogConfigurations }) => {
      asked.logs = textsIn(LogConfigurations);
      return undefined;
    },
    GetLogDeliveryConfiguration: ({ logs }) => ({
      LogDeliveryConfiguration: { LogConfigurations: logs ?? [] },
    }),
  };
}

/** Every pool has the standard attributes; custom ones get the prefixes by which DescribeUserPool shows them. */
function describedSchema(given: readonly Configuration[]): Configuration[] {
  const isStandard = ({ Name }: Configuration): boolean => DESCRIBED_ATTRIBUTES.some((one) => one.Name === Name);
  return [
    ...DESCRIBED_ATTRIBUTES.map((standard) => ({
      ...standard,
      ...given.find(({ Name }) => Name === standard.Name),
    })),
    ...given.filter((attribute) => !isStandard(attribute)).map(asCustom),
  ];
}

const asCustom = ({ Name, ...rest }: Configuration): Configuration => ({
  DeveloperOnlyAttribute: false,
  Mutable: true,
  Required: false,
  ...rest,
  Name: `${rest['DeveloperOnlyAttribute'] === true ? 'dev:' : ''}custom:${String(Name)}`,
});
