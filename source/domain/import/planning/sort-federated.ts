import { isAutomaticGroup } from '../../backup/automatic-groups.ts';
import type { FederatedUser } from '../../backup/federated/federated-users.ts';
import { prelinkedUsername } from '../../backup/federated/prelinked.ts';
import { isRestorable } from '../../digests/user-content.ts';
import type { PoolSettings } from '../../model.ts';
import { identitiesOf, providerKey } from '../plan/identity-plan.ts';
import type { FederatedRow, Prelink } from '../plan/identity-plan.ts';
import { attributeProblem } from '../preflight/attribute-fit.ts';

/** Attributes by which a password can be reset. */
export const RESET_ADDRESSES = ['email', 'phone_number'];
const OF_ADDRESSES = [...RESET_ADDRESSES, ...RESET_ADDRESSES.map((name) => `${name}_verified`)];

interface SortingRules extends Pick<PoolSettings, 'schema' | 'aliasAttributes'> {
  readonly secret: string;
  readonly sourcePoolId: string;
  /** Index by name. */
  readonly groups: ReadonlyMap<string, number>;
  /** Attributes that each provider of the new pool sets at sign-in. */
  readonly mapped: ReadonlyMap<string, readonly string[]>;
}

/** A user of a provider as a restore goes about it; `prelink`: who is made beforehand. */
export interface SortedFederated {
  readonly row: FederatedRow;
  readonly prelink?: Prelink;
}
/** What the provider does not set at sign-in; `lost`: names of that which cannot be set. */
export interface UnmappedAttributes {
  readonly attributes: Readonly<Record<string, string>>;
  readonly lost: readonly string[];
}
/** Why somebody is not made who would not lose anything. */
export const NOTHING_LOST = 'the next sign-in brings back all that the user had';

/** Tells users of providers who are made beforehand from those who are only listed, and counts them. */
export class FederatedSorting {
  /** See providerKey. */
  readonly named = new Set<string>();
  readonly counts = { federatedUsers: 0, federatedWithGroups: 0, prelinks: 0, unreadable: 0 };
  /** Users of parts that could not be read. */
  missing = 0;

  /** `onlyListed`: why nobody is made. */
  constructor(
    private readonly rules: SortingRules,
    private readonly onlyListed: string | undefined,
  ) {}

  sort(user: FederatedUser): SortedFederated {
    const { rules } = this;
    const { sub, username: name, enabled } = user;
    const identities = identitiesOf(user.attributes);
    const groups = user.groups.filter((group) => !isAutomaticGroup(group, rules.sourcePoolId));
    for (const identity of identities ?? []) this.named.add(providerKey(identity));
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
    const { attributes, lost } = this.unmapped(user);
    if (groups.length === 0 && Object.keys(attributes).length === 0 && enabled)
      return { row: { ...row, ...lostOf(lost), why: NOTHING_LOST } };
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

  /**
   * What the first provider does not set at sign-in, without what a link or the rules of this restore forbid. Of one that the
   * pool lacks nobody knows yet what it sets; it may be made before the users are.
   */
  unmapped({ attributes }: Pick<FederatedUser, 'attributes'>): UnmappedAttributes {
    const { schema, aliasAttributes } = this.rules;
    const mapped = this.rules.mapped.get(identitiesOf(attributes)?.[0]?.provider ?? '') ?? [];
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
