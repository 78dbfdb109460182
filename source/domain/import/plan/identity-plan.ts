import * as v from 'valibot';
import type { Attributes } from '../../model.ts';
import { countShape, subShape, textsShape } from '../../state/shape.ts';
import type { Shape, Stored } from '../../state/shape.ts';

/** The parameter FederatedUsers: what a restore does about users of identity providers. */
export const FEDERATED_MODES = ['REPORT', 'PRELINK'] as const;
/** REPORT lists them; PRELINK makes those beforehand who would lose something by signing in as new users. */
export type FederatedMode = (typeof FEDERATED_MODES)[number];

const nonEmpty = v.pipe(v.string(), v.minLength(1));
export const externalIdentityShape = v.object({
  /** ProviderName in the pool. */
  provider: nonEmpty,
  /** The provider's own id of the person, in its own case: only `identities` has that, a username may be lower-cased. */
  id: nonEmpty,
  /** One of PROVIDER_TYPES, as far as it is known. */
  type: v.exactOptional(nonEmpty),
});
/** Somebody's account at an identity provider. */
export type ExternalIdentity = Stored<typeof externalIdentityShape>;

/** Cognito's model; whether `identities` has no other words for them no document says. */
const PROVIDER_TYPES = ['SAML', 'OIDC', 'Google', 'Facebook', 'LoginWithAmazon', 'SignInWithApple'] as const;
/** Characters of a ProviderName (Cognito's model). */
const MOST_NAME = 32;
const listedIdentitiesShape = v.array(
  v.object({
    userId: nonEmpty,
    providerName: v.pipe(nonEmpty, v.maxLength(MOST_NAME)),
    providerType: v.optional(v.nullable(v.string())),
    primary: v.optional(v.nullable(v.union([v.boolean(), v.string()]))),
  }),
);

/** What the attribute `identities` names, the primary one first; undefined when it cannot be read. */
export function identitiesOf({ identities }: Attributes): readonly ExternalIdentity[] | undefined {
  if (identities === undefined || identities.trim() === '') return [];
  let listed: unknown;
  try {
    listed = JSON.parse(identities);
  } catch {
    return undefined;
  }
  if (!v.is(listedIdentitiesShape, listed)) return undefined;
  const isFirst = ({ primary }: (typeof listed)[number]): boolean => String(primary) === 'true';
  return [...listed.filter(isFirst), ...listed.filter((one) => !isFirst(one))].map(
    ({ providerName, userId, providerType }) => ({
      provider: providerName,
      id: userId,
      ...(PROVIDER_TYPES.some((type) => type === providerType) ? { type: providerType as string } : {}),
    }),
  );
}

/** Types of a pool's identity providers, by their names. */
export type PoolProviders = ReadonlyMap<string, string>;
type Provider = Pick<ExternalIdentity, 'provider' | 'type'>;

/**
 * Why the pool's provider of that name is not the one that the identity is of. Under another type of provider the same id
 * can be somebody else's, who would then sign in as the user.
 */
export function providerProblem(
  { provider, type }: Provider,
  providers: PoolProviders,
): 'missing' | 'other' | undefined {
  const found = providers.get(provider);
  if (found === undefined) return 'missing';
  return type === undefined || type === found ? undefined : 'other';
}

/** Names of those providers of which the pool's own one has this problem. */
export const providersWith = (
  problem: NonNullable<ReturnType<typeof providerProblem>>,
  named: readonly Provider[],
  providers: PoolProviders,
): string[] =>
  [...new Set(named.flatMap((one) => (providerProblem(one, providers) === problem ? [one.provider] : [])))].sort();

/** A provider as one text, for counts by provider: no name has a space. */
export const providerKey = ({ provider, type }: Provider): string =>
  type === undefined ? provider : `${provider} ${type}`;
/** The reverse of providerKey; earlier versions wrote the name only. */
export function providerOfKey(key: string): Provider {
  const [provider = '', type] = key.split(' ');
  return { provider, ...(type === undefined ? {} : { type }) };
}

const about = { sub: subShape, name: v.string() };
const links = v.pipe(v.array(externalIdentityShape), v.minLength(1));
export const linkedUserShape = v.object({ ...about, links });
/** A user with a password of its own, who also signed in through providers; one JSON line each. */
export type LinkedUser = Stored<typeof linkedUserShape>;

export const prelinkShape = v.object({
  /** `name`: the username in the pool that was backed up. */
  ...about,
  /** The new username; see prelinkedUsername. */
  username: nonEmpty,
  /** Those that the provider does not set at sign-in; never an address. */
  attributes: v.record(v.string(), v.string()),
  enabled: v.boolean(),
  /** Indexes into the plan's groups. */
  groups: v.array(countShape),
  links,
});
/** A user of an identity provider who is made before the first sign-in; one JSON line each. */
export type Prelink = Stored<typeof prelinkShape>;

export const federatedRowShape = v.object({
  ...about,
  enabled: v.boolean(),
  identities: v.array(externalIdentityShape),
  groups: textsShape,
  /** Why the user is only listed; absent where it is to be made. */
  why: v.exactOptional(v.string()),
  /** Attributes that would not come back. */
  lost: v.exactOptional(textsShape),
});
/** A line of federated.csv before it is known how it went; one JSON line each. */
export type FederatedRow = Stored<typeof federatedRowShape>;

/** `key`: what the names of a plan's objects are like. */
export const identityPlanShape = (key: Shape<string>) =>
  v.object({
    mode: v.picklist(FEDERATED_MODES),
    /** NDJSON of LinkedUser, of Prelink and of FederatedRow. */
    linksKey: key,
    prelinksKey: key,
    federatedKey: key,
    /** Providers that the backup names and the new pool lacked. */
    missingProviders: textsShape,
    /** Providers that are of another type in the new pool. */
    otherProviders: v.exactOptional(textsShape),
    /** Why nobody is made beforehand although PRELINK was asked for. */
    onlyListed: v.exactOptional(v.string()),
    counts: v.object({
      linkedUsers: countShape,
      links: countShape,
      /** Of `links`: the new pool had no such provider, or one of another type, when the restore was planned. */
      linksWithoutProvider: countShape,
      federatedUsers: countShape,
      /** Of these: they were in groups, besides the one that Cognito makes for each provider. */
      federatedWithGroups: countShape,
      prelinks: countShape,
      /** Users of providers whose attribute `identities` cannot be read. */
      unreadable: countShape,
      /** Users of providers in parts that AcceptIncomplete let be missing. */
      missing: v.exactOptional(countShape),
    }),
  });
/** What a restore does about identity providers: links of users, and users of providers. */
export type IdentityPlan = Stored<ReturnType<typeof identityPlanShape>>;
