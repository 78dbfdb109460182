import type { FederatedUser } from '../../backup/federated/federated-users.ts';
import type { PoolSettings } from '../../model.ts';
import { toNdjson } from '../../state/ndjson.ts';
import { inParts } from '../plan/csv-rows.ts';
import { providerOfKey, providerProblem, providersWith } from '../plan/identity-plan.ts';
import type { IdentityPlan, Prelink } from '../plan/identity-plan.ts';
import type { PlannedGroup } from '../plan/plan-model.ts';
import { creationIsAllowed } from '../preflight/triggers.ts';
import { federatedInBackup } from './federated-in-backup.ts';
import type { PlanningRun } from './planning-run.ts';
import type { StateOf } from './planning-state.ts';
import { RESET_ADDRESSES, FederatedSorting } from './sort-federated.ts';

/**
 * Plans what is done about identity providers: the links of users who come back, and, by FederatedUsers, the users of
 * providers. Undefined where the backup names no provider, and in a drill, whose pool has none. Halt ReplicaBehind where
 * users of providers were sealed and cannot be read in this Region.
 */
export async function planIdentities(
  { accepted, draft, target }: StateOf<'seal'>,
  groups: readonly PlannedGroup[],
  run: PlanningRun,
): Promise<IdentityPlan | undefined> {
  const { deps, folder, input } = run;
  if (input.inDrill === true) return undefined;
  const { linked = { users: 0, byProvider: {} } } = draft;
  const kept = accepted.manifest.federated;
  if (linked.users === 0 && (kept?.users ?? 0) === 0) return undefined;
  const poolId = target.pool.id;
  const providers = await deps.pools.identityProviders(poolId);
  const mode = deps.federatedUsers;
  const onlyListed = mode === 'PRELINK' ? whyOnlyListed(target.pool.settings, run) : undefined;
  const sorting = new FederatedSorting(
    {
      ...target.pool.settings,
      secret: draft.secret ?? '',
      sourcePoolId: accepted.manifest.userPoolId,
      groups: new Map(groups.map(({ name }, index) => [name, index])),
      mapped: new Map(
        mode === 'PRELINK' && onlyListed === undefined && (kept?.users ?? 0) > 0
          ? await mappedBy(run, poolId, [...providers.keys()])
          : [],
      ),
    },
    mode === 'REPORT' ? REPORT : onlyListed,
  );
  const [linksKey, prelinksKey, federatedKey] = ['links', 'prelinks', 'federated'].map(
    (name) => `${folder}${name}.ndjson`,
  ) as [string, string, string];
  await deps.objects.write(linksKey, joined(draft.links ?? [], run));
  // Who is to be made is known only once everybody was listed, and both would not fit in memory.
  const prelinks = await spoolPrelinks(run, sorting, federatedKey, async function* () {
    for await (const users of federatedInBackup(accepted, run))
      if ('missing' in users) sorting.missing += users.missing;
      else yield users;
  });
  await deps.objects.write(prelinksKey, joined(prelinks, run));
  const named = [...new Set([...Object.keys(linked.byProvider), ...sorting.named])].map(providerOfKey);
  const otherProviders = providersWith('other', named, providers);
  const links = Object.entries(linked.byProvider);
  return {
    mode,
    linksKey,
    prelinksKey,
    federatedKey,
    missingProviders: providersWith('missing', named, providers),
    ...(otherProviders.length === 0 ? {} : { otherProviders }),
    ...(onlyListed === undefined ? {} : { onlyListed }),
    counts: {
      linkedUsers: linked.users,
      links: links.reduce((sum, [, count]) => sum + count, 0),
      linksWithoutProvider: links.reduce(
        (sum, [key, count]) => sum + (providerProblem(providerOfKey(key), providers) === undefined ? 0 : count),
        0,
      ),
      ...sorting.counts,
      ...(sorting.missing === 0 ? {} : { missing: sorting.missing }),
    },
  };
}

/** Why nobody is made where FederatedUsers is REPORT. */
export const REPORT =
  'FederatedUsers is REPORT; the user comes back with the next sign-in through the provider, in no group';

/** Users can be made without an address that could be verified, or not at all: nobody may get round the provider by a password reset. */
export function whyOnlyListed(settings: PoolSettings, { input }: Pick<PlanningRun, 'input'>): string | undefined {
  if (settings.usernameAttributes.length > 0)
    return `in the new pool ${settings.usernameAttributes.join(' and ')} stand for the username: a user made there has an address by which a password reset leads past the provider`;
  const required = settings.schema.filter(({ name, required: must }) => must && RESET_ADDRESSES.includes(name));
  if (required.length > 0)
    return `the new pool requires ${required.map(({ name }) => name).join(' and ')}: a user made there has an address by which a password reset leads past the provider`;
  if (!creationIsAllowed(input.options, settings))
    return 'the new pool has triggers that would see the user being made; "AllowTriggers": true lets them';
  return undefined;
}

async function mappedBy(
  { deps }: PlanningRun,
  poolId: string,
  providers: readonly string[],
): Promise<readonly (readonly [string, readonly string[]])[]> {
  const mapped: [string, readonly string[]][] = [];
  for (const name of providers) mapped.push([name, await deps.pools.mappedAttributes(poolId, name)]);
  return mapped;
}

/** Writes everybody's line, and what is to be made in objects of their own, whose keys it returns. */
async function spoolPrelinks(
  { deps, folder }: PlanningRun,
  sorting: FederatedSorting,
  federatedKey: string,
  parts: () => AsyncGenerator<readonly FederatedUser[], void, undefined>,
): Promise<readonly string[]> {
  const keys: string[] = [];
  const lines = async function* (): AsyncGenerator<string, void, undefined> {
    for await (const users of parts()) {
      const prelinks: Prelink[] = [];
      for (const user of users) {
        const { row, prelink } = sorting.sort(user);
        if (prelink !== undefined) prelinks.push(prelink);
        yield toNdjson([row]);
      }
      if (prelinks.length === 0) continue;
      const key = `${folder}planning/prelinks-${String(keys.length).padStart(6, '0')}.ndjson`;
      await deps.objects.put(key, toNdjson(prelinks));
      keys.push(key);
    }
  };
  await deps.objects.write(federatedKey, inParts(lines()));
  return keys;
}

async function* joined(keys: readonly string[], { deps }: PlanningRun): AsyncGenerator<Uint8Array, void, undefined> {
  for (const key of keys) yield* deps.objects.read(key);
}
