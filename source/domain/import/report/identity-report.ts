import type { ObjectStore } from '../../ports.ts';
import { readNdjson } from '../../state/ndjson.ts';
import { resultsIn } from '../identities/identity-log.ts';
import { FEDERATED_HEADER, federatedLine } from '../plan/federated-csv.ts';
import { federatedRowShape } from '../plan/identity-plan.ts';
import type { IdentityPlan } from '../plan/identity-plan.ts';
import { problemText } from '../plan/identity-state.ts';
import type { IdentityProblem, IdentityResult } from '../plan/identity-state.ts';
import type { FailureRow } from '../plan/csv-rows.ts';
import type { RestoreCounts } from '../plan/outcome.ts';
import type { RestorePlan } from '../plan/plan-model.ts';
import type { UpdatesState } from '../plan/updates-state.ts';

/** Who lacks what of identity providers, by old sub. */
export type IdentityResults = ReadonlyMap<string, IdentityResult>;

/** What the work on identity providers left open. */
export const identityResults = (
  objects: Pick<ObjectStore, 'read'>,
  { identities }: UpdatesState,
): Promise<IdentityResults> => resultsIn(objects, identities?.results ?? []);

/** A password that could not be set takes nothing from somebody who signs in through a provider. */
const isLoss = ({ lacks }: IdentityProblem): boolean => lacks !== 'password';

/** Counts of the report; none where the backup names no identity provider. */
export function identityCounts(
  { identities }: Pick<RestorePlan, 'identities'>,
  results: IdentityResults,
): Pick<
  RestoreCounts,
  'usersLinked' | 'usersNotLinked' | 'federatedUsers' | 'federatedWithGroups' | 'federatedMade' | 'federatedIncomplete'
> {
  if (identities === undefined) return {};
  const { linkedUsers, prelinks, federatedUsers, federatedWithGroups } = identities.counts;
  const open = [...results.values()].filter(({ problems }) => problems.some(isLoss));
  const notLinked = open.filter(({ kind }) => kind === 'link').length;
  const incomplete = open.length - notLinked;
  return {
    usersLinked: linkedUsers - notLinked,
    usersNotLinked: notLinked,
    federatedUsers,
    federatedWithGroups,
    federatedMade: prelinks - incomplete,
    federatedIncomplete: incomplete,
  };
}

/** Rows of failures.csv. */
export function* identityRows(results: IdentityResults): Generator<FailureRow, void, undefined> {
  for (const { kind, sub, name, problems } of results.values())
    for (const problem of problems)
      yield {
        restored: kind === 'link' && problem.reason !== 'UserNotRestored' ? 'yes' : isMade(problems) ? 'yes' : 'no',
        sub,
        name,
        line: '',
        reason: problem.reason,
        instead: 'nothing',
        changed: problemText(problem),
      };
}

const isMade = (problems: readonly IdentityProblem[]): boolean =>
  problems.every(({ lacks }) => lacks !== 'account' && lacks !== 'link' && lacks !== 'flag');

/** Lines of federated.csv: every user of an identity provider, with groups, and what became of each. */
export async function* federatedReportLines(
  objects: Pick<ObjectStore, 'read'>,
  { federatedKey }: IdentityPlan,
  results: IdentityResults,
): AsyncGenerator<string, void, undefined> {
  yield FEDERATED_HEADER;
  for await (const row of readNdjson(objects, federatedKey, federatedRowShape)) {
    const problems = results.get(row.sub)?.problems ?? [];
    yield federatedLine(row, {
      made: row.why === undefined && isMade(problems) ? 'yes' : 'no',
      why: row.why ?? problems.map(({ reason }) => reason).join('; '),
      lacking: [...(row.lost ?? []), ...problems.map(problemText)],
    });
  }
}
