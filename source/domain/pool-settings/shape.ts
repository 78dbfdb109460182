import * as v from 'valibot';
import { canonicalJson, sha256 } from '../backup/hashing.ts';
import { problemWith, timeShape } from '../state/shape.ts';
import type { Stored } from '../state/shape.ts';

/**
 * The configuration of a user pool as a sealed run keeps it: everything that Cognito shows of it and that a new pool can be
 * made from. (The `PoolSettings` of a manifest are the few of them that a restore looks at.)
 *
 * What lies in it are Cognito's own answers, with the names of its API, so that they can be given back to the operations
 * that create: dates as ISO 8601, bytes (logos) as base64, without `$metadata`. Never in it: secrets of clients and of
 * identity providers, and what differs between two looks at the same settings (counts, dates of changes, the state of a
 * domain's distribution), so that equal settings have equal hashes.
 */
const answer = v.record(v.string(), v.unknown());
const text = v.pipe(v.string(), v.minLength(1));

export const keptPoolShape = v.looseObject({ Id: text, Name: text });
export const keptClientShape = v.looseObject({ ClientId: text, ClientName: v.exactOptional(v.string()) });
export const keptProviderShape = v.looseObject({ ProviderName: text, ProviderType: text });
export const keptServerShape = v.looseObject({ Identifier: text });
/** Of one client, or of the whole pool where no client is named. */
const ofClient = v.looseObject({ ClientId: v.exactOptional(v.string()) });

/** The parts that are read by calls of their own, by the member of the settings that they end in. */
export const SETTINGS_PARTS = [
  'mfa',
  'clients',
  'resourceServers',
  'identityProviders',
  'domain',
  'customDomain',
  'uiCustomization',
  'managedLoginBranding',
  'risk',
  'logDelivery',
  'terms',
] as const;
/** Name of a part. */
export type SettingsPart = (typeof SETTINGS_PARTS)[number];

export const keptSettingsShape = v.object({
  format: v.literal(1),
  /** When a run read just these settings for the first time; not part of their hash. */
  takenAt: timeShape,
  poolId: text,
  region: text,
  /** DescribeUserPool's `UserPool`, without `Arn`, `Status`, counts and dates. `Domain` and `CustomDomain` are in it. */
  pool: keptPoolShape,
  /** GetUserPoolMfaConfig, for pools with MFA OFF, too: passkeys are only here. */
  mfa: v.exactOptional(answer),
  /** DescribeUserPoolClient's `UserPoolClient` of each client without `ClientSecret` and dates, sorted by ClientId. A client that had a secret has `GeneratedSecret: true`, which is no member of Cognito's. */
  clients: v.array(keptClientShape),
  /** ListResourceServers, sorted by Identifier. */
  resourceServers: v.array(keptServerShape),
  /** DescribeIdentityProvider without dates; of ProviderDetails without `client_secret` and `private_key`. Sorted by ProviderName. */
  identityProviders: v.array(keptProviderShape),
  /** DescribeUserPoolDomain's `DomainDescription` of the prefix domain, and of the custom one: `Domain`, `CustomDomainConfig`, `ManagedLoginVersion`. */
  domain: v.exactOptional(answer),
  customDomain: v.exactOptional(answer),
  /** GetUICustomization where something is set: `ClientId` (`ALL`: of the pool), `CSS`, `ImageUrl`. */
  uiCustomization: v.array(ofClient),
  /** DescribeManagedLoginBrandingByClient without merged resources, with the `ClientId` that it was asked for. */
  managedLoginBranding: v.array(ofClient),
  /** DescribeRiskConfiguration; without `ClientId`: of the pool. */
  risk: v.array(ofClient),
  /** GetLogDeliveryConfiguration, where anything is delivered. */
  logDelivery: v.exactOptional(answer),
  /** DescribeTerms of each, without dates, sorted by TermsId. */
  terms: v.array(v.looseObject({ TermsId: text })),
  /** Tags of the pool, as `pool.UserPoolTags` has them. */
  tags: v.exactOptional(v.record(v.string(), v.string())),
  /** Triggers by name, each with the ARN of its function; from `pool.LambdaConfig`. */
  triggers: v.record(v.string(), v.string()),
  /** What could not be read, sorted: the part (a SettingsPart; of a single client or provider `part/id`), and Cognito's error. */
  leftOut: v.array(v.object({ part: text, reason: text })),
});
/** A pool's whole configuration as a run keeps it. */
export type KeptSettings = Stored<typeof keptSettingsShape>;
/** One client of them, and so on. */
export type KeptClient = KeptSettings['clients'][number];
export type KeptProvider = KeptSettings['identityProviders'][number];

const NOT_HASHED: ReadonlySet<string> = new Set(['takenAt']);

/** SHA-256 (64 hex digits) of the settings as JSON without `takenAt`, members sorted at every level. */
export const settingsHash = (settings: KeptSettings): string =>
  sha256(canonicalJson(settings, NOT_HASHED)).toString('hex');

/** The settings in what a text says; undefined where it holds none of that hash. */
export function settingsIn(json: string, hash: string): KeptSettings | undefined {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return undefined;
  }
  if (problemWith(value, keptSettingsShape) !== undefined) return undefined;
  const settings = value as KeptSettings;
  return settingsHash(settings) === hash ? settings : undefined;
}
