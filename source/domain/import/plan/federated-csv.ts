import { reportLine } from '../../report-line.ts';
import type { FederatedRow } from './identity-plan.ts';

export const FEDERATED_HEADER = 'sub,username,enabled,identities,groups,made_beforehand,why,not_brought_back\n';

/** What became of the user, or would. */
export interface FederatedFate {
  readonly made: 'yes' | 'no';
  /** Why not, or what went wrong. */
  readonly why: string;
  /** Names of attributes, and what else is lacking. */
  readonly lacking: readonly string[];
}

/** What a report would put an apostrophe before, in JSON's own way of writing it. */
const asJson = (value: unknown): string =>
  JSON.stringify(value).replace(
    /(?<=[,;|"']\s*)[=+\-@\uff1d\uff0b\uff0d\uff20]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** One line of federated.csv, line end included. Identities and groups are lists in JSON, for programs. */
export const federatedLine = (
  { sub, name, enabled, identities, groups }: FederatedRow,
  { made, why, lacking }: FederatedFate,
): string =>
  reportLine([
    sub,
    name,
    String(enabled),
    asJson(identities.map(({ provider, id }) => ({ provider, id }))),
    asJson(groups),
    made,
    why,
    lacking.join(' '),
  ]);
