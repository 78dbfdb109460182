import { Lane } from '../../../source/domain/pacing/lane.ts';
import { Pacer } from '../../../source/domain/pacing/pacer.ts';
import { PatientRetries } from '../../../source/adapters/cognito/retries.ts';
import { CognitoQuotas } from '../../simulation/cognito/quotas.ts';
import type { Latencies, Meter } from './meter.ts';

/** Below the service's 5 calls per second and pool, as in source/adapters/cognito/client.ts. */
const POOL_RESOURCE_CALLS_PER_SECOND = 4.5;
const POOL_RESOURCE_CALLS = new Set([
  'ListGroups',
  'GetCSVHeader',
  'DescribeUserImportJob',
  'ListUserImportJobs',
  'CreateGroup',
  'CreateUserImportJob',
  'StartUserImportJob',
  'GetUserPoolMfaConfig',
  'ListUserPoolClients',
  'DescribeUserPoolClient',
  'ListResourceServers',
  'ListIdentityProviders',
  'GetUICustomization',
  'DescribeManagedLoginBrandingByClient',
  'DescribeRiskConfiguration',
  'GetLogDeliveryConfiguration',
  'ListTerms',
]);
const LISTINGS = new Set(['ListUsers', 'ListUsersInGroup']);

/** What one warm function keeps between its invocations. */
interface Client {
  readonly pacer: Pacer;
  readonly lanes: Map<string, Lane>;
  readonly retries: PatientRetries;
}

/**
 * What stands between the domain and a pool: the product's pacer and retries around every attempt, and the same quotas
 * as the local cloud's gateway behind them.
 */
export class CognitoGate {
  readonly #clients = new Map<string, Client>();
  #client: Client;
  readonly #quotas: CognitoQuotas;

  constructor(
    private readonly meter: Meter,
    private readonly latencies: Latencies,
    readonly callsPerSecond: number,
    quotas: boolean | Readonly<Record<string, number>>,
    private readonly random: () => number,
  ) {
    this.#quotas = new CognitoQuotas(quotas, () => meter.clock.now());
    this.#client = this.#clientOf('');
  }

  /** An invocation of a function begins. */
  enter(functionName: string): void {
    this.#client = this.#clientOf(functionName);
    this.#client.pacer.restart(this.callsPerSecond);
  }

  async call<T>(action: string, poolId: string, effect: () => T): Promise<T> {
    const client = this.#client;
    let token = await client.retries.acquireInitialRetryToken();
    for (;;) {
      await this.#turn(client, action);
      const grantedAt = this.meter.clock.now();
      this.meter.arrived(action);
      if (this.#quotas.allow(action, { account: '', poolId })) {
        client.retries.recordSuccess();
        return this.meter.call(
          `cognito.${action}`,
          LISTINGS.has(action) ? this.latencies.listing : this.latencies.cognito,
          effect,
        );
      }
      this.meter.add('throttled');
      client.pacer.throttled(grantedAt);
      token = await client.retries.refreshRetryTokenForRetry(token, { errorType: 'THROTTLING' });
      await this.meter.clock.sleep(token.getRetryDelay());
    }
  }

  #turn({ pacer, lanes }: Client, action: string): Promise<void> {
    if (!POOL_RESOURCE_CALLS.has(action)) return pacer.take();
    const lane = lanes.get(action) ?? new Lane(pacer, POOL_RESOURCE_CALLS_PER_SECOND, this.meter.clock);
    lanes.set(action, lane);
    return lane.take();
  }

  #clientOf(functionName: string): Client {
    const known = this.#clients.get(functionName);
    if (known !== undefined) return known;
    const { clock } = this.meter;
    const client = {
      pacer: new Pacer({ callsPerSecond: this.callsPerSecond, clock }),
      lanes: new Map<string, Lane>(),
      retries: new PatientRetries(clock, this.random),
    };
    this.#clients.set(functionName, client);
    return client;
  }
}
