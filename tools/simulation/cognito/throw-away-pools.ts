import { toDescription } from '../../../source/adapters/cognito/users.ts';
import type { PoolIdentity } from '../../../source/domain/model.ts';
import type { ApiObject } from '../../../source/domain/pool-settings/recreate/omissions.ts';
import type { PoolLook, Refused, ThrowAwayPools } from '../../../source/domain/ports.ts';
import type { ServiceCalls } from '../service-calls.ts';
import { assertCreatable, assertMfa } from './configuration/refusals.ts';
import { CognitoException } from './exception.ts';
import { MemoryPool } from './memory-pool.ts';

/** A job of a simulated pool, as far as it can be stopped. */
interface StoppableJobs {
  /** Stops what is at work in the pool; how many jobs that were. */
  stopJobs(poolId: string): number;
}

/** Pools that are made and deleted in a Region; calls are named `pools.create`, `pools.remove`, ... */
export class SimulatedThrowAwayPools implements ThrowAwayPools {
  /** Pools that exist, by id: those that this made, and what a test puts beside them. */
  readonly known = new Map<string, ApiObject>();
  readonly #mfa = new Map<string, ApiObject>();
  #made = 0;

  constructor(
    private readonly calls: ServiceCalls,
    private readonly region: string,
    private readonly pools: Map<string, MemoryPool>,
    private readonly jobs: StoppableJobs,
  ) {}

  create = (request: ApiObject): Promise<{ readonly poolId: string } | Refused> =>
    this.calls.run('pools.create', () => {
      const refused = refusalBy(() => {
        assertCreatable(request, this.region);
      });
      if (refused !== undefined) return refused;
      this.#made += 1;
      const id = `${this.region}_Drill${String(this.#made).padStart(4, '0')}`;
      const { PoolName, Schema, ...settings } = request;
      this.#keep(id, {
        ...settings,
        Id: id,
        Name: PoolName,
        SchemaAttributes: withOwn((Schema as readonly ApiObject[]).map(asDescribed)),
      });
      return { poolId: id };
    });

  addAttributes = (poolId: string, attributes: readonly ApiObject[]): Promise<void> =>
    this.calls.run('pools.addAttributes', () => {
      const pool = this.known.get(poolId) ?? {};
      const before = pool['SchemaAttributes'] as readonly ApiObject[];
      this.#keep(poolId, { ...pool, SchemaAttributes: [...before, ...attributes.map(asDescribed)] });
    });

  setMfa = (poolId: string, request: ApiObject): Promise<Refused | undefined> =>
    this.calls.run('pools.setMfa', () => {
      const refused = refusalBy(() => {
        assertMfa(request, this.known.get(poolId) ?? {});
      });
      if (refused !== undefined) return refused;
      this.#mfa.set(poolId, request);
      this.#keep(poolId, { ...this.known.get(poolId), MfaConfiguration: request['MfaConfiguration'] });
      return undefined;
    });

  settings = (poolId: string): Promise<PoolLook | undefined> =>
    this.calls.run('pools.settings', () => {
      const pool = this.known.get(poolId);
      return pool === undefined ? undefined : { pool, mfa: this.#mfa.get(poolId) ?? { MfaConfiguration: 'OFF' } };
    });

  identity = (poolId: string): Promise<PoolIdentity | undefined> =>
    this.calls.run('pools.identity', () => {
      const pool = this.known.get(poolId);
      return pool === undefined
        ? undefined
        : { id: poolId, name: String(pool['Name']), tags: (pool['UserPoolTags'] ?? {}) as PoolIdentity['tags'] };
    });

  idsNamed = (name: string): Promise<readonly string[]> =>
    this.calls.run('pools.idsNamed', () => [...this.known].flatMap(([id, { Name }]) => (Name === name ? [id] : [])));

  stopJobs = (poolId: string): Promise<number> => this.calls.run('pools.stopJobs', () => this.jobs.stopJobs(poolId));

  remove = (poolId: string): Promise<boolean> =>
    this.calls.run('pools.remove', () => {
      this.known.delete(poolId);
      this.pools.delete(poolId);
      return true;
    });

  /** The pool has these settings from now on, and still its users. */
  #keep(id: string, pool: ApiObject): void {
    this.known.set(id, pool);
    const { settings, name } = toDescription(id, pool);
    const held = this.pools.get(id);
    if (held === undefined) this.pools.set(id, new MemoryPool(id, { settings, name }));
    else held.settings = settings;
  }
}

/** As the port tells it. */
function refusalBy(assert: () => void): Refused | undefined {
  try {
    assert();
    return undefined;
  } catch (error) {
    if (error instanceof CognitoException) return { refused: error.code };
    throw error;
  }
}

/** Attributes that Cognito makes in every pool, where nobody asks for them. */
const MADE_BY_COGNITO: readonly ApiObject[] = [
  {
    Name: 'sub',
    AttributeDataType: 'String',
    DeveloperOnlyAttribute: false,
    Mutable: false,
    Required: true,
    StringAttributeConstraints: { MinLength: '0', MaxLength: '2048' },
  },
  ...['email_verified', 'phone_number_verified'].map((Name) => ({
    Name,
    AttributeDataType: 'Boolean',
    DeveloperOnlyAttribute: false,
    Mutable: true,
    Required: false,
  })),
];
const withOwn = (asked: readonly ApiObject[]): readonly ApiObject[] => [
  ...MADE_BY_COGNITO.filter(({ Name }) => !asked.some((attribute) => attribute['Name'] === Name)),
  ...asked,
];

/** Names of Cognito's own attributes have no prefix. */
const OWN =
  /^(?:name|given_name|family_name|middle_name|nickname|preferred_username|profile|picture|website|email|email_verified|gender|birthdate|zoneinfo|locale|phone_number|phone_number_verified|address|updated_at|identities)$/;

const asDescribed = (attribute: ApiObject): ApiObject => ({
  ...attribute,
  Name: OWN.test(String(attribute['Name'])) ? attribute['Name'] : `custom:${String(attribute['Name'])}`,
});
