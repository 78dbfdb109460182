import type { PoolSettings } from '../../model.ts';
import { identitiesOf, providersWith } from '../plan/identity-plan.ts';
import type { ExternalIdentity, PoolProviders } from '../plan/identity-plan.ts';
import { providerNotes } from '../planning/identity-notes.ts';
import { REPORT, whyOnlyListed } from '../planning/plan-identities.ts';
import type { ScanTableDeps, ScanTableInput } from '../planning/planning-run.ts';
import { FederatedSorting } from '../planning/sort-federated.ts';
import type { SortedFederated, UnmappedAttributes } from '../planning/sort-federated.ts';
import type { AskedItems, MeantUser } from './asked.ts';
import { isFromProvider } from './backup-read.ts';
import type { BackupOfRun } from './backup-read.ts';

/** What decides how users of identity providers come back, and which links can be made. */
export interface FederatedRules {
  readonly settings: PoolSettings;
  /** Why nobody is made beforehand; undefined where users are. */
  readonly onlyListed: string | undefined;
  /** Attributes that each provider of the pool sets at sign-in, as far as one of the users needs it. */
  readonly mapped: ReadonlyMap<string, readonly string[]>;
  readonly secret: string;
  /** One sentence each, without personal data. */
  readonly notes: readonly string[];
}

/** Asks the pool for its providers, only where somebody who is asked for is known to one. */
export async function readFederatedRules(
  { users }: AskedItems,
  { input, settings }: { readonly input: ScanTableInput; readonly settings: PoolSettings },
  { pools, federatedUsers, newSecret }: Pick<ScanTableDeps, 'pools' | 'federatedUsers' | 'newSecret'>,
): Promise<FederatedRules> {
  const named = (some: readonly MeantUser[]): readonly ExternalIdentity[] =>
    some.flatMap(({ user }) => identitiesOf(user.attributes) ?? []);
  const all = named(users);
  const poolId = input.options.newUserPoolId;
  const providers: PoolProviders = all.length === 0 ? new Map() : await pools.identityProviders(poolId);
  const mapped = new Map<string, readonly string[]>();
  for (const name of new Set(named(users.filter(({ user }) => isFromProvider(user))).map(({ provider }) => provider)))
    if (providers.has(name)) mapped.set(name, await pools.mappedAttributes(poolId, name));
  return {
    settings,
    onlyListed: federatedUsers === 'REPORT' ? REPORT : whyOnlyListed(settings, { input }),
    mapped,
    secret: newSecret(),
    notes: providerNotes({
      missingProviders: providersWith('missing', all, providers),
      otherProviders: providersWith('other', all, providers),
    }),
  };
}

/** How the user would be made, and what the provider does not set. */
export function prelinkedOf(
  user: MeantUser['user'],
  { accepted }: Pick<BackupOfRun, 'accepted'>,
  { settings, onlyListed, mapped, secret }: FederatedRules,
): SortedFederated & { readonly unmapped: UnmappedAttributes } {
  const sorting = new FederatedSorting(
    { ...settings, secret, sourcePoolId: accepted.manifest.userPoolId, groups: new Map(), mapped },
    onlyListed,
  );
  return { ...sorting.sort(user), unmapped: sorting.unmapped(user) };
}
