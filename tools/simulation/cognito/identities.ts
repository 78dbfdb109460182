/** An identity as the attribute `identities` of a user names it. */
export interface HeldIdentity {
  readonly providerName: string;
  readonly userId: string;
}

/** What Cognito looks at when an identity is to be linked. */
export interface LinkRequest {
  readonly source: HeldIdentity;
  /** Names of the pool's identity providers. */
  readonly providers: readonly string[];
  /** Identities of the profile that it is to be linked to. */
  readonly held: readonly HeldIdentity[];
  /** The profile has an immutable attribute besides `sub`. */
  readonly hasImmutable: boolean;
  /** Whose the identity is already: a user who signed in by it, somebody to whom it is linked, or nobody. */
  readonly holder: 'same' | 'other' | 'signedIn' | undefined;
}

/** Identities that may be linked to one profile (developer guide, "Linking federated users"). */
export const MAX_LINKS = 5;

/**
 * The exception with which AdminLinkProviderForUser refuses; undefined when it links. AWS documents the rules; of the
 * names only AliasExistsException, InvalidParameterException and LimitExceededException are in the model, and which one
 * answers what is not.
 */
export function linkRefusal({ source, providers, held, hasImmutable, holder }: LinkRequest): string | undefined {
  if (!providers.includes(source.providerName)) return 'InvalidParameterException';
  if (holder === 'other') return 'AliasExistsException';
  if (holder !== undefined || hasImmutable) return 'InvalidParameterException';
  return held.length >= MAX_LINKS ? 'LimitExceededException' : undefined;
}

/** The identities in the attribute; none where it is absent or damaged. */
export function heldIdentities(identities = '[]'): readonly (HeldIdentity & Readonly<Record<string, unknown>>)[] {
  try {
    const held: unknown = JSON.parse(identities);
    return Array.isArray(held) ? (held as never) : [];
  } catch {
    return [];
  }
}

/** The attribute with one more identity, in the form in which ListUsers shows it. */
export const withIdentity = (
  identities: string | undefined,
  { providerName, userId }: HeldIdentity,
  now: number,
): string =>
  JSON.stringify([
    ...heldIdentities(identities),
    {
      userId,
      providerName,
      providerType: providerTypeOf(providerName),
      issuer: null,
      primary: false,
      dateCreated: now,
    },
  ]);

const SOCIAL = ['Google', 'Facebook', 'LoginWithAmazon', 'SignInWithApple'];
/** Those of social providers are their names; any other one is taken for an OIDC provider. */
export const providerTypeOf = (provider: string): string => (SOCIAL.includes(provider) ? provider : 'OIDC');
