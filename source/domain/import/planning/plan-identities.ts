import { isAutomaticGroup } from '../../backup/automatic-groups.ts';
import { readFederated } from '../../backup/federated/read.ts';
import type { FederatedUser } from '../../backup/federated/federated-users.ts';
import { prelinkedUsername } from '../../backup/federated/prelinked.ts';
import { counted, countedAs, number } from '../../counted.ts';
import { isRestorable } from '../../digests/user-content.ts';
import { Halt } from '../../errors.ts';
import type { PoolSettings } from '../../model.ts';
import { toNdjson } from '../../state/ndjson.ts';
import { inParts } from '../plan/csv-rows.ts';
import { identitiesOf } from '../plan/identity-plan.ts';
import type { FederatedRow, IdentityPlan, Prelink } from '../plan/identity-plan.ts';
import type { PlannedGroup, RestorePlan } from '../plan/plan-model.ts';
import { attributeProblem } from '../preflight/attribute-fit.ts';
import { creationIsAllowed } from '../preflight/triggers.ts';
import type { PlanningRun } from './planning-run.ts';
import type { StateOf } from './planning-state.ts';

const ADDRESSES = ['email', 'phone_number'];
const OF_ADDRESSES = [...ADDRESSES, ...ADDRESSES.map((name) => `${name}_verified`)];

/**
 * Plans what is done about identity providers: the links of users who come back, and, by FederatedUsers, the users of
 * providers. Undefined where the backup names no provider. Halt ReplicaBehind where users of providers were sealed and
 * cannot be read in this Region.
 */
export async function planIdentities(
  { accepted, draft, target }: StateOf<'seal'>,
  groups: readonly PlannedGroup[],
  run: PlanningRun,
): Promise<IdentityPlan | undefined> {
  const { deps, folder, input } = run;
  const { linked = { users: 0, byProvider: {} } } = draft;
  const kept = accepted.manifest.federated;
  if (linked.users === 0 && (kept?.users ?? 0) === 0) return undefined;
  const poolId = target.pool.id;
  const providers = await deps.pools.identityProviders(poolId);
  const mode = deps.federatedUsers;
  const onlyListed = mode === 'PRELINK' ? whyOnlyListed(target.pool.settings, run) : undefined;
  const sorting = new Sorting(
    {
      ...target.pool.settings,
      secret: draft.secret ?? '',
      sourcePoolId: accepted.manifest.userPoolId,
      groups: new Map(groups.map(({ name }, index) => [name, index])),
      mapped: new Map(
        mode === 'PRELINK' && onlyListed === undefined && (kept?.users ?? 0) > 0
          ? await mappedBy(run, poolId, providers)
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
    if (kept === undefined) return;
    const source = {
      ...(accepted.source === 'table' ? { table: deps.table } : {}),
      objects: deps.objects,
      runId: accepted.manifest.runId,
    };
    for await (const users of readFederated(source, kept)) {
      if (!('missing' in users)) yield users;
      else if (input.options.acceptIncomplete) sorting.missing += users.missing;
      else
        throw new Halt(
          'ReplicaBehind',
          `This Region does not hold, as they were sealed, ${counted(users.missing, 'user')} of identity providers that the export ${accepted.manifest.runId} kept. Nothing was written to the new pool. Start again later, when they have arrived, or give "AcceptIncomplete": true: then these are neither listed nor made.`,
        );
    }
  });
  await deps.objects.write(prelinksKey, joined(prelinks, run));
  const named = new Set([...Object.keys(linked.byProvider), ...sorting.named]);
  const missingProviders = [...named].filter((name) => !providers.includes(name)).sort();
  const links = Object.entries(linked.byProvider);
  return {
    mode,
    linksKey,
    prelinksKey,
    federatedKey,
    missingProviders,
    ...(onlyListed === undefined ? {} : { onlyListed }),
    counts: {
      linkedUsers: linked.users,
      links: links.reduce((sum, [, count]) => sum + count, 0),
      linksWithoutProvider: links.reduce(
        (sum, [name, count]) => sum + (missingProviders.includes(name) ? count : 0),
        0,
      ),
      ...sorting.counts,
      ...(sorting.missing === 0 ? {} : { missing: sorting.missing }),
    },
  };
}

const REPORT = 'FederatedUsers is REPORT; the user comes back with the next sign-in through the provider, in no group';

/** Users can be made without an address that could be verified, or not at all: nobody may get round the provider by a password reset. */
function whyOnlyListed(settings: PoolSettings, { input }: PlanningRun): string | undefined {
  if (settings.usernameAttributes.length > 0)
    return `in the new pool ${settings.usernameAttributes.join(' and ')} stand for the username: a user made there has an address by which a password reset leads past the provider`;
  const required = settings.schema.filter(({ name, required: must }) => must && ADDRESSES.includes(name));
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

interface SortingRules extends Pick<PoolSettings, 'schema' | 'aliasAttributes'> {
  readonly secret: string;
  readonly sourcePoolId: string;
  /** Index by name. */
  readonly groups: ReadonlyMap<string, number>;
  /** Attributes that each provider of the new pool sets at sign-in. */
  readonly mapped: ReadonlyMap<string, readonly string[]>;
}

/** Tells users of providers who are made beforehand from those who are only listed, and counts them. */
class Sorting {
  readonly named = new Set<string>();
  readonly counts = { federatedUsers: 0, federatedWithGroups: 0, prelinks: 0, unreadable: 0 };
  /** Users of parts that could not be read. */
  missing = 0;

  /** `onlyListed`: why nobody is made. */
  constructor(
    private readonly rules: SortingRules,
    private readonly onlyListed: string | undefined,
  ) {}

  sort(user: FederatedUser): { readonly row: FederatedRow; readonly prelink?: Prelink } {
    const { rules } = this;
    const { sub, username: name, enabled } = user;
    const identities = identitiesOf(user.attributes);
    const groups = user.groups.filter((group) => !isAutomaticGroup(group, rules.sourcePoolId));
    for (const { provider } of identities ?? []) this.named.add(provider);
    this.counts.federatedUsers += 1;
    if (groups.length > 0) this.counts.federatedWithGroups += 1;
    if (identities === undefined || identities.length === 0) this.counts.unreadable += 1;
    const row = { sub, name, enabled, identities: identities ?? [], groups };
    const [first] = identities ?? [];
    if (this.onlyListed !== undefined) return { row: { ...row, why: this.onlyListed } };
    if (first === undefined)
      return {
        row: { ...row, why: 'the attribute identities, which alone tells the id at the provider, cannot be read' },
      };
    // Of a provider that the new pool lacks nobody knows yet what it sets; it may be made before the users are.
    const { attributes, lost } = this.#unmapped(user, rules.mapped.get(first.provider) ?? []);
    if (groups.length === 0 && Object.keys(attributes).length === 0 && enabled)
      return { row: { ...row, ...lostOf(lost), why: 'the next sign-in brings back all that the user had' } };
    this.counts.prelinks += 1;
    const known = groups.map((group) => rules.groups.get(group)).filter((index) => index !== undefined);
    const prelink = {
      sub,
      name,
      username: prelinkedUsername(rules.secret, sub),
      attributes,
      enabled,
      groups: known.sort((a, b) => a - b),
      links: identities as Prelink['links'],
    };
    return { row: { ...row, ...lostOf(lost) }, prelink };
  }

  /** What the provider does not set at sign-in, without what a link or the rules of this restore forbid. */
  #unmapped(
    { attributes }: FederatedUser,
    mapped: readonly string[],
  ): { readonly attributes: Record<string, string>; readonly lost: string[] } {
    const { schema, aliasAttributes } = this.rules;
    const kept: Record<string, string> = {};
    const lost: string[] = [];
    for (const [name, value] of Object.entries(attributes)) {
      if (!isRestorable(name, value) || mapped.includes(name) || name.endsWith('_verified')) continue;
      const given = schema.find((one) => one.name === name);
      // Cognito links nobody who has an immutable attribute, and an alias could be somebody else's.
      const fits =
        given !== undefined &&
        given.mutable &&
        !OF_ADDRESSES.includes(name) &&
        !aliasAttributes.includes(name) &&
        attributeProblem(given, value) === undefined;
      if (fits) kept[name] = value;
      else lost.push(name);
    }
    return { attributes: kept, lost };
  }
}

const lostOf = (lost: readonly string[]): { readonly lost?: string[] } =>
  lost.length === 0 ? {} : { lost: [...lost].sort() };

/** Writes everybody's line, and what is to be made in objects of their own, whose keys it returns. */
async function spoolPrelinks(
  { deps, folder }: PlanningRun,
  sorting: Sorting,
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

/** What report and dry run say of it, without personal data. */
export function identityNotes({ identities }: Pick<RestorePlan, 'identities'>): string[] {
  if (identities === undefined) return [];
  const { mode, missingProviders, onlyListed, counts } = identities;
  const { linkedUsers, links, linksWithoutProvider, federatedUsers, federatedWithGroups, prelinks, missing } = counts;
  return [
    ...(linkedUsers === 0
      ? []
      : [
          `${countedAs(linkedUsers, 'user', ['is', 'are'])} linked to accounts of identity providers (attribute identities): ${counted(links - linksWithoutProvider, 'link')} can be made again by AdminLinkProviderForUser.`,
        ]),
    ...(missingProviders.length === 0
      ? []
      : [
          `The new pool has no identity provider of the name ${missingProviders.join(', ')}: what the backup links to it cannot be linked. Make it in the new pool under the same name and with the same client id at the provider, and start again.`,
        ]),
    ...(federatedUsers === 0
      ? []
      : [
          `${countedAs(federatedUsers, 'user', ['comes', 'come'])} from identity providers, ${number(federatedWithGroups)} of them with groups: ${
            mode === 'PRELINK' && onlyListed === undefined
              ? `${number(prelinks)} of them ${prelinks === 1 ? 'is' : 'are'} made and linked before the first sign-in, the others are only listed in federated.csv.`
              : 'they are listed in federated.csv, and come back with their next sign-in, in no group.'
          }`,
        ]),
    ...((missing ?? 0) === 0
      ? []
      : [
          `${countedAs(missing ?? 0, 'user', ['comes', 'come'])} from identity providers and could not be read in this Region: neither listed nor made.`,
        ]),
    ...(onlyListed === undefined
      ? []
      : [`Nobody from identity providers is made although FederatedUsers is PRELINK: ${onlyListed}.`]),
  ];
}
