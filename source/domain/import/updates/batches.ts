import { rescueKey } from '../plan/jobs-state.ts';
import type { JobsState } from '../plan/jobs-state.ts';
import type { RestorePlan } from '../plan/plan-model.ts';

/** A batch that may be worked on. */
export interface ReleasedBatch {
  readonly key: string;
  /** The chunk that released it; null: it waited for none. */
  readonly chunk: number | null;
}

/**
 * The two sequences of batches, each in a fixed order that only grows at its end, so that a number says how far it has
 * come: those of finished chunks (what the import refused first, then the chunk's own), and those that wait for none.
 */
export function releasedBatches(
  plan: RestorePlan,
  jobs: JobsState,
): { readonly chunks: readonly ReleasedBatch[]; readonly once: readonly ReleasedBatch[] } {
  const byChunk = new Map<number | null, ReleasedBatch[]>();
  for (const { chunk, key } of plan.batches) {
    const list = byChunk.get(chunk);
    if (list === undefined) byChunk.set(chunk, [{ key, chunk }]);
    else list.push({ key, chunk });
  }
  const chunks = jobs.finished.flatMap(({ chunk, rescueParts }) => [
    ...Array.from({ length: rescueParts }, (_, part) => ({
      key: rescueKey(plan.newUserPoolId, plan.restoreId, chunk, part),
      chunk,
    })),
    ...(byChunk.get(chunk) ?? []),
  ]);
  return { chunks, once: byChunk.get(null) ?? [] };
}
