import type { KeptProvider } from '../shape.ts';
import { isNothing, membersOf, only, present, without } from './omissions.ts';
import type { ApiObject, Omission, Recreation } from './omissions.ts';

/** Cognito only shows these (CreateIdentityProvider, ProviderDetails: request and answer of each type). */
const SHOWN_ONLY = [
  'attributes_url_add_attributes',
  'token_request_method',
  'ActiveEncryptionCertificate',
  'SSORedirectBindingURI',
  'SLORedirectBindingURI',
];
/** What the request of a social provider takes; the rest of its details Cognito fills in. */
const SOCIAL: Readonly<Record<string, readonly string[]>> = {
  Google: ['client_id', 'authorize_scopes'],
  LoginWithAmazon: ['client_id', 'authorize_scopes'],
  Facebook: ['client_id', 'authorize_scopes', 'api_version'],
  SignInWithApple: ['client_id', 'team_id', 'key_id', 'authorize_scopes'],
};

/** What stands in place of secrets, which are in no backup, until somebody sets them. */
export interface Placeholders {
  readonly clientSecret: string;
  /** A key of the form that Apple hands out. */
  readonly privateKey: string;
}

/** The secret of a provider of this type, as its details name it; undefined for one without a secret. */
export function secretOf(type: string): keyof typeof SECRETS | undefined {
  if (type === 'SAML') return undefined;
  return type === 'SignInWithApple' ? 'private_key' : 'client_secret';
}
const SECRETS = { client_secret: 'clientSecret', private_key: 'privateKey' } as const;

/**
 * The request for CreateIdentityProvider, without the pool's id. The provider is made with a placeholder for its secret, so
 * that app clients can name it and users can be linked to it; nobody signs in by it before the secret is set.
 */
export function providerRequest(provider: KeptProvider, placeholders: Placeholders): Recreation {
  const { ProviderName, ProviderType, ProviderDetails } = provider;
  const path = `identityProviders[${ProviderName}].ProviderDetails`;
  const kept = membersOf(ProviderDetails);
  const social = SOCIAL[ProviderType];
  const details = social === undefined ? without(kept, SHOWN_ONLY) : only(kept, social);
  const secret = secretOf(ProviderType);
  const { MetadataFile, ...byUrl } = details;
  const twice = !isNothing(details['MetadataURL']) && !isNothing(MetadataFile);
  return {
    request: {
      ProviderName,
      ProviderType,
      ProviderDetails: {
        ...(twice ? byUrl : details),
        ...(secret === undefined ? {} : { [secret]: placeholders[SECRETS[secret]] }),
      },
      ...present(only(provider, ['AttributeMapping', 'IdpIdentifiers', 'AcrMapping'])),
    },
    omissions: [...shownOnly(path, kept, social === undefined ? SHOWN_ONLY : undefined), ...fileOmission(path, twice)],
  };
}

const shownOnly = (path: string, kept: ApiObject, names: readonly string[] | undefined): Omission[] =>
  (names ?? [...SHOWN_ONLY, ...ENDPOINTS])
    .filter((name) => kept[name] !== undefined)
    .map((name) => ({
      setting: `${path}.${name}`,
      why: 'Cognito makes this by itself; nobody can set it.',
      expected: true,
    }));
/** Of social providers. */
const ENDPOINTS = ['attributes_url', 'authorize_url', 'token_url', 'oidc_issuer'];

const fileOmission = (path: string, twice: boolean): Omission[] =>
  twice
    ? [{ setting: `${path}.MetadataFile`, why: 'Cognito reads the metadata from MetadataURL anew.', expected: true }]
    : [];
