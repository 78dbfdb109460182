import { counted, countedAs, number } from '../../counted.ts';
import type { RestorePlan } from '../plan/plan-model.ts';

/** What report and dry run say of it, without personal data. */
export function identityNotes({ identities }: Pick<RestorePlan, 'identities'>): string[] {
  if (identities === undefined) return [];
  const { mode, onlyListed, counts } = identities;
  const { linkedUsers, links, linksWithoutProvider, federatedUsers, federatedWithGroups, prelinks, missing } = counts;
  return [
    ...(linkedUsers === 0
      ? []
      : [
          `${countedAs(linkedUsers, 'user', ['is', 'are'])} linked to accounts of identity providers (attribute identities): ${counted(links - linksWithoutProvider, 'link')} can be made again by AdminLinkProviderForUser.`,
        ]),
    ...providerNotes(identities),
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

/** Providers whose links cannot be made, and what to do about it. */
export function providerNotes({
  missingProviders,
  otherProviders = [],
}: Pick<NonNullable<RestorePlan['identities']>, 'missingProviders' | 'otherProviders'>): string[] {
  return [
    ...(missingProviders.length === 0
      ? []
      : [
          `The new pool has no identity provider of the name ${shortened(missingProviders)}: what the backup links to it cannot be linked. Make it in the new pool under the same name and with the same client id at the provider, and start again.`,
        ]),
    ...(otherProviders.length === 0
      ? []
      : [
          `The identity provider ${shortened(otherProviders)} of the new pool is of another type than the backup says: the same id can be somebody else's there, so that nothing is linked to it. Make it with the type that it had, and start again.`,
        ]),
  ];
}

const MOST_NAMED = 10;
/** The first ones, and how many more there are: a damaged backup may name any number. */
export const firstOf = (names: readonly string[]): readonly string[] =>
  names.length <= MOST_NAMED ? names : [...names.slice(0, MOST_NAMED), `${names.length - MOST_NAMED} more`];
const shortened = (names: readonly string[]): string => firstOf(names).join(', ');
