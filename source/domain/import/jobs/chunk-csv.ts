import type { ObjectStore } from '../../ports.ts';
import { csvHeaderLine, csvLine } from '../csv/csv-line.ts';
import { restoreUserShape } from '../plan/plan-model.ts';
import type { ChunkPlan, RestorePlan } from '../plan/plan-model.ts';
import { ByteBuffer } from './byte-buffer.ts';
import { readNdjson } from '../../state/ndjson.ts';

/** The file of one import job, in memory. */
export interface ChunkCsv {
  readonly csv: Uint8Array;
  /** `line number,sub`, line 1 = first data row. */
  readonly mapping: string;
  readonly rows: number;
}

/** The file of one job: all rows of the chunk, or those in `only` (ascending row numbers from 0). */
export async function buildChunkCsv(
  objects: Pick<ObjectStore, 'read'>,
  plan: Pick<RestorePlan, 'csvHeader' | 'mfaFlag'>,
  chunk: ChunkPlan,
  only?: readonly number[],
): Promise<ChunkCsv> {
  const csv = new ByteBuffer(only === undefined ? chunk.csvBytes : 65_536);
  csv.append(csvHeaderLine(plan.csvHeader));
  const mapping: string[] = [];
  let row = 0;
  let next = 0;
  for await (const user of readNdjson(objects, chunk.key, restoreUserShape)) {
    if (only === undefined || only[next] === row) {
      next += 1;
      csv.append(csvLine(user, plan.csvHeader, plan.mfaFlag));
      mapping.push(`${next},${user.sub}\n`);
    }
    row += 1;
  }
  return { csv: csv.bytes(), mapping: mapping.join(''), rows: next };
}
