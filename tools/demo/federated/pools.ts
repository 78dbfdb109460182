import {
  AdminLinkProviderForUserCommand,
  CreateIdentityProviderCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import type { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { cognitoIn } from '../../deploy/clients.ts';
import { PRIMARY } from '../../deploy/regions.ts';
import type { PoolSnapshot } from '../compare/read-pool.ts';
import type { Demo } from '../context.ts';
import { federatedUsers, LINKED, linkedUsers, PROVIDERS } from './people.ts';
import type { DemoProvider } from './people.ts';

const DETAILS: Readonly<Record<DemoProvider['type'], Record<string, string>>> = {
  SAML: { MetadataURL: 'https://idp.corp.example/metadata' },
  OIDC: { client_id: 'demo', authorize_scopes: 'openid', oidc_issuer: 'https://acme.example' },
  Google: { client_id: 'demo', client_secret: 'none', authorize_scopes: 'openid email' },
};

/** Makes identity providers of a pool. */
export async function createProviders(
  client: CognitoIdentityProviderClient,
  UserPoolId: string,
  providers: readonly DemoProvider[],
): Promise<void> {
  for (const { name, type, mapped } of providers)
    await client.send(
      new CreateIdentityProviderCommand({
        UserPoolId,
        ProviderName: name,
        ProviderType: type,
        ProviderDetails: DETAILS[type],
        AttributeMapping: Object.fromEntries(mapped.map((attribute) => [attribute, attribute])),
      }),
    );
}

/** Puts the providers and their people into the pool that is backed up. */
export async function loadFederated({ cloud, narrator }: Demo, poolId: string): Promise<void> {
  const client = cognitoIn(cloud, PRIMARY);
  await createProviders(client, poolId, PROVIDERS);
  await cloud.putUsers(PRIMARY, poolId, [...linkedUsers(), ...federatedUsers()]);
  for (const { username, identities } of LINKED)
    for (const { provider, id } of identities)
      await client.send(
        new AdminLinkProviderForUserCommand({
          UserPoolId: poolId,
          DestinationUser: { ProviderName: 'Cognito', ProviderAttributeValue: username },
          SourceUser: {
            ProviderName: provider,
            ProviderAttributeName: 'Cognito_Subject',
            ProviderAttributeValue: id,
          },
        }),
      );
  narrator.say(
    `${PROVIDERS.length} identity providers; ${LINKED.length} local users linked to them, ${federatedUsers().length} users of theirs.`,
  );
}

const MADE_BEFOREHAND = /^restored-[0-9a-f]{32}$/;

/** The pool without what its providers brought: the groups that Cognito makes for them, and users who were made for them. */
export function withoutProviders({ users, groups }: PoolSnapshot, poolId: string): PoolSnapshot {
  const isLocal = (name: string): boolean => !MADE_BEFOREHAND.test(name);
  return {
    users: new Map([...users].filter(([name]) => isLocal(name))),
    groups: new Map(
      [...groups]
        .filter(([name]) => !name.startsWith(`${poolId}_`))
        .map(([name, group]) => [name, { ...group, members: new Set([...group.members].filter(isLocal)) }]),
    ),
  };
}
