import type { SettingsOperation, SettingsReader } from '../../../source/domain/ports.ts';
import type { ServiceCalls } from '../service-calls.ts';
import { CognitoException } from './exception.ts';
import { poolOf } from './pool.ts';
import type { PoolListings } from './pool.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Shows the configuration of one pool by the operations of Cognito's API. @throws CognitoException */
export type ShownConfiguration = (operation: SettingsOperation, input: Fields) => Fields;

/** Configurations of simulated pools; calls are named `settings.DescribeUserPool`, ... */
export class SimulatedSettingsReader implements SettingsReader {
  /** By pool id, what else than the pool's own settings there is to show. */
  readonly configurations = new Map<string, ShownConfiguration>();
  /** The error by which an operation is refused, as where the role may not call it. */
  readonly refusals = new Map<SettingsOperation, string>();

  constructor(
    private readonly calls: ServiceCalls,
    private readonly pools: ReadonlyMap<string, PoolListings>,
  ) {}

  ask: SettingsReader['ask'] = (operation, input) => {
    const poolId = String(input.UserPoolId ?? this.#poolOfDomain());
    return this.calls.run(
      `settings.${operation}`,
      () => {
        const pool = poolOf(this.pools, poolId);
        const refused = this.refusals.get(operation);
        if (refused !== undefined) return { refused };
        const shown = this.configurations.get(poolId) ?? plainConfiguration(pool);
        try {
          return { answer: structuredClone(shown(operation, input)) };
        } catch (error) {
          if (error instanceof CognitoException) return { refused: error.code };
          throw error;
        }
      },
      { poolId },
    );
  };

  /** A domain is asked for by its name; only pools with a configuration of their own have any. */
  #poolOfDomain(): string {
    return [...this.configurations.keys()][0] ?? '';
  }
}

/** A pool of which nothing was set but what its listing rules look at. */
export const plainConfiguration =
  ({ id, name, settings }: PoolListings): ShownConfiguration =>
  (operation) => {
    switch (operation) {
      case 'DescribeUserPool':
        return { UserPool: describedPool({ id, name, settings }) };
      case 'GetUserPoolMfaConfig':
        return { MfaConfiguration: settings.mfaConfiguration };
      case 'DescribeRiskConfiguration':
        throw new CognitoException('UserPoolAddOnNotEnabledException', 'Threat protection is not enabled.');
      default:
        return {};
    }
  };

/** The same pool with so many app clients, of which none has branding or threat protection of its own. */
export const withClients =
  (shown: ShownConfiguration, clients: number): ShownConfiguration =>
  (operation, input) => {
    if (operation === 'ListUserPoolClients') {
      const [from, size] = [Number(input.NextToken ?? 0), Number(input.MaxResults)];
      const page = Array.from({ length: Math.max(0, Math.min(size, clients - from)) }, (_, index) =>
        client(from + index),
      );
      return { UserPoolClients: page, ...(from + size < clients ? { NextToken: String(from + size) } : {}) };
    }
    if (operation === 'DescribeUserPoolClient')
      return { UserPoolClient: { ...client(Number(String(input.ClientId).slice(6))), RefreshTokenValidity: 30 } };
    if (operation === 'DescribeManagedLoginBrandingByClient')
      throw new CognitoException('ResourceNotFoundException', 'The client has no branding.');
    return shown(operation, input);
  };

const client = (number: number): Fields => {
  const name = String(number).padStart(6, '0');
  return { ClientId: `client${name}`, ClientName: `app ${name}` };
};

/** DescribeUserPool of such a pool. */
const describedPool = ({ id, name, settings }: Pick<PoolListings, 'id' | 'name' | 'settings'>): Fields => ({
  Id: id,
  Name: name,
  MfaConfiguration: settings.mfaConfiguration,
  DeletionProtection: settings.deletionProtected === false ? 'INACTIVE' : 'ACTIVE',
  AutoVerifiedAttributes: settings.autoVerifiedAttributes,
  ...(settings.usernameAttributes.length === 0 ? {} : { UsernameAttributes: settings.usernameAttributes }),
  ...(settings.aliasAttributes.length === 0 ? {} : { AliasAttributes: settings.aliasAttributes }),
  UsernameConfiguration: { CaseSensitive: settings.caseSensitive },
  SchemaAttributes: settings.schema.map(({ name: Name, type, mutable, required, min, max }) => ({
    Name,
    AttributeDataType: type,
    DeveloperOnlyAttribute: false,
    Mutable: mutable,
    Required: required,
    ...(type === 'String' ? { StringAttributeConstraints: { MinLength: min, MaxLength: max } } : {}),
    ...(type === 'Number' ? { NumberAttributeConstraints: { MinValue: min, MaxValue: max } } : {}),
  })),
});
