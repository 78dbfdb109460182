import type { Marks } from '../../comparison/marks.ts';
import { readNdjson } from '../../state/ndjson.ts';
import { failureShape, failuresPrefix } from '../plan/failures.ts';
import type { Failure } from '../plan/failures.ts';
import type { CheckRun } from './check-run.ts';

/** What is on record about one user, one of each kind. */
export interface UserNotes {
  row?: Failure;
  create?: string;
  created?: string;
  password?: string;
  blocked?: string;
  update?: string;
  /** How it went to take memberships of groups ('': the disabled flag) back from the account that has the name: `done`, or why not. */
  takenBack?: Map<string, string>;
}

/** Everything that the restore recorded about users, by their ordinal in the expected records. */
export async function readNotes(
  { deps, plan }: CheckRun['run'],
  marks: Marks,
): Promise<ReadonlyMap<number, UserNotes>> {
  const notes = new Map<number, UserNotes>();
  for await (const key of deps.objects.list(failuresPrefix(plan.newUserPoolId, plan.restoreId))) {
    for await (const failure of readNdjson(deps.objects, key, failureShape)) {
      const ordinal = marks.ordinalOf(failure.name);
      if (ordinal === undefined) continue;
      const known = notes.get(ordinal) ?? {};
      if (failure.kind === 'row') known.row = failure;
      else if (failure.kind === 'takenBack') (known.takenBack ??= new Map()).set(failure.group ?? '', failure.reason);
      else known[failure.kind] = failure.reason;
      notes.set(ordinal, known);
    }
  }
  return notes;
}
