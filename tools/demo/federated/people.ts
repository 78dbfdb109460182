import type { PutUser } from '../../local-cloud/index.ts';

/** Somebody at an identity provider. */
export interface DemoIdentity {
  readonly provider: string;
  readonly id: string;
}

/** A provider of the demo's pool. */
export interface DemoProvider {
  readonly name: string;
  readonly type: 'SAML' | 'OIDC' | 'Google';
  /** Attributes that it sets at sign-in. */
  readonly mapped: readonly string[];
}

export const PROVIDERS: readonly DemoProvider[] = [
  { name: 'Corp-SAML', type: 'SAML', mapped: ['email', 'name'] },
  { name: 'Google', type: 'Google', mapped: ['email', 'name'] },
  { name: 'Acme', type: 'OIDC', mapped: ['email'] },
];
/** The new pool lacks it at first. */
export const FORGOTTEN = 'Acme';

/** A local user, and who signs in as that user through providers. */
export interface LinkedPerson {
  readonly username: string;
  readonly identities: readonly DemoIdentity[];
}

export const LINKED: readonly LinkedPerson[] = [
  { username: 'linked-google', identities: [{ provider: 'Google', id: '109876543210987654321' }] },
  { username: 'linked-saml', identities: [{ provider: 'Corp-SAML', id: 'CN=Zoë Ümlaut,OU=R&D/EU' }] },
  {
    username: 'linked-twice',
    identities: [
      { provider: 'Corp-SAML', id: 'Mixed.Case+tag@Corp.Example' },
      { provider: 'Acme', id: 'auth0|AbC-123_x:y' },
    ],
  },
];

/** A user who came into being at the first sign-in through a provider. */
export interface FederatedPerson extends DemoIdentity {
  readonly groups: readonly string[];
  readonly enabled: boolean;
  /** Set by an application, by no provider. */
  readonly nickname?: string;
}

export const FEDERATED: readonly FederatedPerson[] = [
  { provider: 'Corp-SAML', id: 'Ada.L@Corp.Example', groups: ['administrators', 'beta-testers'], enabled: true },
  { provider: 'Acme', id: 'auth0|UPPER-case_0', groups: ['beta-testers'], enabled: true, nickname: 'uppie' },
  { provider: 'Google', id: '111111111111111111111', groups: [], enabled: false },
  { provider: 'Google', id: '222222222222222222222', groups: [], enabled: true, nickname: 'n, "q"' },
  { provider: 'Google', id: '333333333333333333333', groups: [], enabled: true },
];

/** Has nothing that a sign-in would not bring back. */
export const hasNothingToLose = ({ groups, enabled, nickname }: FederatedPerson): boolean =>
  groups.length === 0 && enabled && nickname === undefined;

/** The local users as they are put into the pool; they are linked there by Cognito's own operation. */
export const linkedUsers = (): PutUser[] =>
  LINKED.map(({ username }) => ({
    username,
    attributes: { email: `${username}@example.com`, email_verified: 'true' },
    status: 'CONFIRMED',
    groups: ['newsletter'],
  }));

const typeOf = (provider: string): string | undefined => PROVIDERS.find(({ name }) => name === provider)?.type;

/** The users of providers as a sign-in leaves them; a pool that ignores case has lower-cased their usernames. */
export const federatedUsers = (): PutUser[] =>
  FEDERATED.map(({ provider, id, groups, enabled, nickname }) => ({
    username: `${provider}_${id}`.toLowerCase(),
    attributes: {
      email: 'somebody@corp.example',
      ...(nickname === undefined ? {} : { nickname }),
      identities: JSON.stringify([
        {
          userId: id,
          providerName: provider,
          providerType: typeOf(provider),
          issuer: null,
          primary: true,
          dateCreated: 1,
        },
      ]),
    },
    status: 'EXTERNAL_PROVIDER',
    enabled,
    groups,
  }));
