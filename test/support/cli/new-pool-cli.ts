import { createHash } from 'node:crypto';
import { settingsBytes, settingsItems, settingsRecord } from '../../../source/domain/pool-settings/kept.ts';
import { settingsHash } from '../../../source/domain/pool-settings/shape.ts';
import type { KeptSettings } from '../../../source/domain/pool-settings/shape.ts';
import { SETTINGS_NAME, snapshotKey, snapshotManifestKey } from '../../../source/domain/backup/snapshot/names.ts';
import type { Manifest } from '../../../source/domain/backup/manifest.ts';
import { SimulatedUserPools } from '../../../tools/simulation/cognito/configuration/user-pools.ts';
import { callSimulated } from '../pool-settings/simulated-cognito.ts';
import { aManifest } from './a-manifest.ts';
import { awsError } from './fake-clients.ts';
import { InstalledCli } from './installed.ts';

const REGIONS = ['us-east-1', 'eu-west-1'];
export const SEALED_RUN = '2026-02-28T21:00:00.000Z';

/** A command line beside a backup that keeps these settings, in table and snapshot of both Regions, and a Cognito in each. */
export class NewPoolCli extends InstalledCli {
  readonly pools = new Map(REGIONS.map((region) => [region, new SimulatedUserPools(region)]));
  readonly manifest: Manifest;
  /** Of the changing calls the one that takes effect and whose answer is lost, counted from 1. */
  lostAnswer = 0;
  /** By operation, what Cognito refuses it with. */
  readonly refused = new Map<string, Error>();
  #changes = 0;

  constructor(settings: KeptSettings) {
    super();
    const bytes = settingsBytes(settings);
    const items = settingsItems(settingsHash(settings), bytes);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    this.manifest = aManifest(SEALED_RUN, {
      settings: settingsRecord(settings, items),
      snapshot: { objects: [], settings: { name: SETTINGS_NAME, bytes: bytes.length, sha256 } },
    });
    this.seal(this.manifest);
    for (const region of REGIONS) {
      for (const item of items) this.items.set(`${region} ${item.id} ${item.type}`, item);
      this.put(region, snapshotManifestKey(this.manifest.runId), this.manifest);
      this.put(region, snapshotKey(this.manifest.runId, SETTINGS_NAME), bytes);
    }
    for (const operation of [...READS, ...CHANGES])
      this.cloud.on(operation, (input, region) => this.#call(operation, input, region));
  }

  /** The pools of a Region, with everything that was made. */
  madeIn(region = 'us-east-1') {
    return [...(this.pools.get(region)?.pools.values() ?? [])];
  }

  /** Begins counting changing calls anew. */
  loseAnswer(number: number): void {
    [this.lostAnswer, this.#changes] = [number, 0];
  }

  #call(operation: string, input: Readonly<Record<string, unknown>>, region: string): unknown {
    const refused = this.refused.get(operation);
    if (refused !== undefined) throw refused;
    const answer = callSimulated(this.pools.get(region) as SimulatedUserPools, operation, input);
    if (CHANGES.includes(operation)) {
      this.#changes += 1;
      if (this.#changes === this.lostAnswer) throw awsError('TimeoutError');
    }
    return structuredClone(answer);
  }
}

const READS = [
  'ListUserPools',
  'DescribeUserPool',
  'DescribeUserPoolDomain',
  'GetUserPoolMfaConfig',
  'ListUserPoolClients',
  'DescribeUserPoolClient',
  'ListResourceServers',
  'ListIdentityProviders',
  'DescribeIdentityProvider',
  'GetUICustomization',
  'DescribeManagedLoginBrandingByClient',
  'DescribeRiskConfiguration',
  'GetLogDeliveryConfiguration',
  'ListTerms',
  'DescribeTerms',
];
const CHANGES: readonly string[] = [
  'CreateUserPool',
  'AddCustomAttributes',
  'SetUserPoolMfaConfig',
  'CreateResourceServer',
  'CreateIdentityProvider',
  'CreateUserPoolClient',
  'CreateManagedLoginBranding',
  'UpdateManagedLoginBranding',
  'SetUICustomization',
  'CreateTerms',
  'SetRiskConfiguration',
  'SetLogDeliveryConfiguration',
];
