import { counted, countedAs, number } from '../../counted.ts';
import type { RestorePlan } from '../plan/plan-model.ts';

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
