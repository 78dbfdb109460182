import type { ObjectStore } from '../../ports.ts';
import { csvBytes, csvHeaderLine, csvLine } from '../csv/csv-line.ts';
import { toNdjson } from '../../state/ndjson.ts';
import type { BatchPlan, ChunkPlan, ExcludedUser, PlannedGroup } from '../plan/plan-model.ts';
import { BatchWriter } from './batch-writer.ts';
import { firstUsers, otherUsers } from './candidates.ts';
import type { Candidate, CandidateSource, Cursor } from './candidates.ts';
import { ChunkOps } from './chunk-ops.ts';
import { chunkSize } from './chunk-size.ts';
import type { ChunkSizes } from './chunk-size.ts';
import { CreateBatches } from './create-batches.ts';
import { ExpectedWriter } from './expected-writer.ts';

/** A unit ends early when so many users were not for the chunk: they are held in memory until it ends. */
const MAX_CREATED = 20_000;
const MAX_EXCLUDED = 50_000;
const WRITE_CHARS = 262_144;

/** What has been planned so far; one unit adds at most one chunk. */
export interface Draft {
  readonly cursor: Cursor;
  readonly ended: boolean;
  readonly units: number;
  readonly chunks: readonly ChunkPlan[];
  readonly batches: readonly BatchPlan[];
  /** Objects of excluded users, joined when the plan is sealed. */
  readonly excluded: readonly string[];
  readonly expected: { readonly users: readonly string[]; readonly memberships: readonly string[] };
}

export const newDraft = (): Draft => ({
  cursor: { part: 0, line: 0 },
  ended: false,
  units: 0,
  chunks: [],
  batches: [],
  excluded: [],
  expected: { users: [], memberships: [] },
});

export interface UnitContext extends CandidateSource {
  readonly objects: Pick<ObjectStore, 'read' | 'put' | 'write' | 'deleteAll'>;
  /** See restoreFolder. */
  readonly folder: string;
  readonly groups: readonly PlannedGroup[];
  readonly caseSensitive: boolean;
  readonly sizes: ChunkSizes;
}

/**
 * Plans the next chunk with its batches, and the users on the way who do not go into a chunk. Done again from the same
 * draft it writes the same objects.
 */
export async function planUnit(draft: Draft, context: UnitContext): Promise<Draft> {
  const { objects, folder } = context;
  const number = String(draft.units).padStart(6, '0');
  const batches = new BatchWriter(objects, `${folder}batches/`, draft.batches.length);
  const expected = new ExpectedWriter(context.groups, context.caseSensitive);
  const unit = {
    ops: new ChunkOps(),
    creates: new CreateBatches(batches, expected),
    expected,
    excluded: [] as ExcludedUser[],
    cursor: draft.cursor,
    ended: false,
    users: 0,
    bytes: 0,
  };
  const index = draft.chunks.length;
  const key = `${folder}chunks/${String(index).padStart(6, '0')}.ndjson`;
  await objects.write(key, fillChunk(draft, unit, context));
  const chunk: ChunkPlan[] = unit.users === 0 ? [] : [{ index, key, users: unit.users, csvBytes: unit.bytes }];
  if (unit.users === 0) await objects.deleteAll([key]);
  await unit.creates.flush();
  await unit.ops.write(batches, expected, index);
  await batches.flush();
  const excludedKey = `${folder}planning/excluded-${number}.ndjson`;
  if (unit.excluded.length > 0) await objects.put(excludedKey, toNdjson(unit.excluded));
  const written = await expected.write(objects, folder, draft.units);
  return {
    cursor: unit.cursor,
    ended: unit.ended,
    units: draft.units + 1,
    chunks: [...draft.chunks, ...chunk],
    batches: [...draft.batches, ...batches.plans],
    excluded: [...draft.excluded, ...(unit.excluded.length > 0 ? [excludedKey] : [])],
    expected: {
      users: [...draft.expected.users, ...written.users],
      memberships: [...draft.expected.memberships, ...written.memberships],
    },
  };
}

interface Unit {
  readonly ops: ChunkOps;
  readonly creates: CreateBatches;
  readonly expected: ExpectedWriter;
  readonly excluded: ExcludedUser[];
  cursor: Cursor;
  ended: boolean;
  users: number;
  bytes: number;
}

/** The chunk's lines; everything else that is met on the way goes to its place. */
async function* fillChunk(
  { chunks, cursor }: Draft,
  unit: Unit,
  context: UnitContext,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { rules, sizes } = context;
  const index = chunks.length;
  const maxUsers = chunkSize(sizes, index);
  unit.bytes = csvBytes(csvHeaderLine(rules.header));
  let text = '';
  for await (const candidate of candidates(index, cursor, context)) {
    if (candidate.way === 'csv') {
      const bytes = csvBytes(csvLine(candidate.user, rules.header, rules.mfaFlag));
      // The members of the smallest groups (without `after`) are few enough for the first chunk by their choice.
      if (
        candidate.after !== undefined &&
        (unit.users >= maxUsers || (unit.users > 0 && unit.bytes + bytes > sizes.chunkBytes))
      ) {
        if (text !== '') yield Buffer.from(text);
        return;
      }
      unit.users += 1;
      unit.bytes += bytes;
      unit.ops.add(candidate.user);
      unit.expected.user(candidate.user, index, unit.users);
      text += toNdjson([candidate.user]);
    } else if (candidate.way === 'create') {
      await unit.creates.add(candidate.user, candidate.why);
    } else {
      unit.excluded.push(candidate.excluded);
    }
    unit.cursor = candidate.after ?? unit.cursor;
    if (text.length >= WRITE_CHARS) {
      yield Buffer.from(text);
      text = '';
    }
    if (unit.creates.users >= MAX_CREATED || unit.excluded.length >= MAX_EXCLUDED) {
      if (text !== '') yield Buffer.from(text);
      return;
    }
  }
  if (text !== '') yield Buffer.from(text);
  unit.ended = true;
}

async function* candidates(
  index: number,
  cursor: Cursor,
  context: UnitContext,
): AsyncGenerator<Candidate, void, undefined> {
  if (index === 0) yield* firstUsers(context);
  yield* otherUsers(context, cursor);
}
