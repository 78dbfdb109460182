import type { PoolUser } from '../../../source/domain/model.ts';
import { providerTypeOf } from '../../../tools/simulation/cognito/identities.ts';
import { addUsers, aGroup, aUser } from '../world/builders.ts';
import { SOURCE, TARGET, WorkflowWorld } from './workflow-world.ts';

interface Identity {
  readonly providerName: string;
  readonly userId: string;
  readonly primary?: boolean | string;
}

/** The attribute as ListUsers shows it. */
export const identities = (...all: readonly Identity[]): string =>
  JSON.stringify(
    all.map((one) => ({
      providerType: providerTypeOf(one.providerName),
      issuer: null,
      dateCreated: '1700000000000',
      primary: false,
      ...one,
    })),
  );

/** Ids of the kinds that providers give: upper case, a DN, an address, a slash, a colon and an umlaut. */
export const IDS = {
  lea: 'AbC-Mixed.Case',
  max: 'CN=Max Müller,OU=Sales/EU',
  fay: 'X9_Upper',
  fox: 'fox@Corp.Example:1',
  fee: 'plain1',
} as const;

export const PROVIDERS = [
  { name: 'Corp', mapped: ['email', 'name'] },
  { name: 'Google', mapped: ['email'] },
];

/** A profile that came into being at a sign-in; a pool that ignores case has lower-cased its username. */
export const federatedUser = (provider: string, id: string, over: Partial<PoolUser> = {}): PoolUser =>
  aUser({
    username: `${provider}_${id}`.toLowerCase(),
    status: 'EXTERNAL_PROVIDER',
    ...over,
    attributes: {
      email: 'somebody@corp.example',
      identities: identities({ providerName: provider, userId: id, primary: true }),
      ...over.attributes,
    },
  });

/**
 * A pool with local users (two of them linked, one also to a provider that the new pool lacks) and users of providers:
 * `fay` in groups, `fox` disabled with an attribute that no provider sets, `fee` with nothing to lose.
 */
export function federatedWorld(mode: 'REPORT' | 'PRELINK' = 'REPORT'): WorkflowWorld {
  const world = new WorkflowWorld();
  world.federatedUsers = mode;
  const { source, target } = world;
  addUsers(source, 4);
  const linked = (username: string, ...all: readonly Identity[]): void =>
    source.put(
      aUser({
        username,
        attributes: { email: `${username}@example.test`, email_verified: 'true', identities: identities(...all) },
      }),
    );
  linked('lea', { providerName: 'Corp', userId: IDS.lea });
  linked('max', { providerName: 'Google', userId: IDS.max }, { providerName: 'Gone', userId: 'g-1' });
  source.put(federatedUser('Corp', IDS.fay));
  source.put(federatedUser('Corp', IDS.fox, { enabled: false, attributes: { nickname: 'foxy' } }));
  source.put(federatedUser('Google', IDS.fee));
  for (const name of ['editors', 'admins', `${SOURCE}_Corp`]) source.putGroup(aGroup({ name }));
  source.join('lea', 'editors');
  for (const group of ['editors', 'admins', `${SOURCE}_Corp`]) source.join(`corp_${IDS.fay}`.toLowerCase(), group);
  target.settings = { ...target.settings, identityProviders: PROVIDERS };
  // Cognito makes one for each provider.
  for (const { name } of PROVIDERS) target.putGroup(aGroup({ name: `${TARGET}_${name}` }));
  return world;
}

/** Who is found in the new pool by the identity. */
export const holderIn = (world: WorkflowWorld, providerName: string, userId: string): PoolUser | undefined =>
  world.target.holderOf({ providerName, userId });

/** Groups of the user in the new pool. */
export const groupsIn = (world: WorkflowWorld, username: string): string[] =>
  [...world.target.groups].filter(([, { members }]) => members.has(username)).map(([name]) => name);
