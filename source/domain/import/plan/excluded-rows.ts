import type { ObjectStore } from '../../ports.ts';
import { readNdjson } from '../../state/ndjson.ts';
import type { FailureRow } from './csv-rows.ts';
import { excludedUserShape } from './plan-model.ts';
import type { RestorePlan } from './plan-model.ts';

/** Rows of failures.csv about the users whom the plan leaves out. */
export async function* excludedRows(
  objects: Pick<ObjectStore, 'read'>,
  { excludedKey }: Pick<RestorePlan, 'excludedKey'>,
  about: Pick<FailureRow, 'instead' | 'changed'>,
): AsyncGenerator<FailureRow, void, undefined> {
  for await (const { sub, name, reason, detail } of readNdjson(objects, excludedKey, excludedUserShape))
    yield { restored: 'no', sub, name, line: '', reason: `${reason}: ${detail}`, ...about };
}
