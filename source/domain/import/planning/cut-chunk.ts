import * as v from 'valibot';
import type { ObjectStore } from '../../ports.ts';
import { toNdjson } from '../../state/ndjson.ts';
import { countShape, textsShape } from '../../state/shape.ts';
import type { Stored } from '../../state/shape.ts';
import { csvBytes, csvHeaderLine } from '../csv/csv-line.ts';
import { mfaHurdleOf } from '../csv/mfa-sign-in.ts';
import type { RequiredMfa } from '../csv/mfa-sign-in.ts';
import { inParts } from '../plan/csv-rows.ts';
import type { AttributeLoss } from '../plan/attribute-loss.ts';
import { providerKey } from '../plan/identity-plan.ts';
import type { LinkedUser } from '../plan/identity-plan.ts';
import type { UserHurdle } from '../plan/mfa-hurdles.ts';
import { batchPlanShape, chunkPlanShape } from '../plan/plan-model.ts';
import type { ChunkPlan, ExcludedUser, PlannedGroup } from '../plan/plan-model.ts';
import { BatchWriter } from './batch-writer.ts';
import { ChunkOps } from './chunk-ops.ts';
import { chunkSize } from './chunk-size.ts';
import type { ChunkSizes } from './chunk-size.ts';
import { CreateBatches } from './create-batches.ts';
import { ExpectedWriter } from './expected-writer.ts';
import { cursorShape, firstUsers, otherUsers } from './in-order.ts';
import type { ClassifiedSource, CsvUser, Cursor, UserInOrder } from './in-order.ts';

/** A cut ends early when so many users were not for the chunk: they are held in memory until it ends. */
const MAX_CREATED = 20_000;
const MAX_EXCLUDED = 50_000;

export const draftShape = v.object({
  cursor: cursorShape,
  ended: v.boolean(),
  cuts: countShape,
  chunks: v.array(chunkPlanShape(v.string())),
  batches: v.array(batchPlanShape(v.string())),
  /** Objects of excluded users, joined when the plan is sealed. */
  excluded: textsShape,
  /** Objects of attribute losses, joined likewise. */
  losses: v.exactOptional(textsShape),
  /** Objects of users who do not sign in by a code, where the new pool requires MFA. */
  hurdles: v.exactOptional(textsShape),
  /**
   * Objects of users who are linked to identity providers, and to which (see providerKey); absent, as the next, in drafts of
   * earlier versions.
   */
  links: v.exactOptional(textsShape),
  linked: v.exactOptional(v.object({ users: countShape, byProvider: v.record(v.string(), countShape) })),
  /** See prelinkedUsername. */
  secret: v.exactOptional(v.string()),
  expected: v.object({ users: textsShape, memberships: textsShape }),
});
/** What has been planned so far; one cut adds at most one chunk. */
export type Draft = Stored<typeof draftShape>;

/** Before the first cut. */
export const newDraft = (secret: string): Draft => ({
  secret,
  cursor: { part: 0, line: 0 },
  ended: false,
  cuts: 0,
  chunks: [],
  batches: [],
  excluded: [],
  losses: [],
  hurdles: [],
  links: [],
  linked: { users: 0, byProvider: {} },
  expected: { users: [], memberships: [] },
});

/** What chunks are cut from, and how large they are. */
export interface CutContext extends ClassifiedSource {
  readonly objects: Pick<ObjectStore, 'read' | 'put' | 'write' | 'deleteAll'>;
  /** See restoreFolder. */
  readonly folder: string;
  readonly groups: readonly PlannedGroup[];
  readonly caseSensitive: boolean;
  /** GetCSVHeader's answer. */
  readonly csvHeader: readonly string[];
  /** Present where the new pool requires MFA. */
  readonly mfa?: RequiredMfa;
  readonly sizes: ChunkSizes;
}

/**
 * Cuts the next chunk with its batches, and sorts the users on the way who do not go into a chunk. Done again from the
 * same draft it writes the same objects.
 */
export async function cutChunk(draft: Draft, context: CutContext): Promise<Draft> {
  const { objects, folder } = context;
  const index = draft.chunks.length;
  const batches = new BatchWriter(objects, `${folder}batches/`, draft.batches.length);
  const expected = new ExpectedWriter(context.groups, context.caseSensitive);
  const cut: Cut = {
    index,
    ops: new ChunkOps(),
    creates: new CreateBatches(batches, expected),
    expected,
    excluded: [],
    losses: [],
    hurdles: [],
    links: [],
    mfa: context.mfa,
    cursor: draft.cursor,
    ended: false,
    users: 0,
    bytes: csvBytes(csvHeaderLine(context.csvHeader)),
  };
  const key = `${folder}chunks/${String(index).padStart(6, '0')}.ndjson`;
  await objects.write(key, inParts(chunkLines(cut, context)));
  const chunk: ChunkPlan[] = cut.users === 0 ? [] : [{ index, key, users: cut.users, csvBytes: cut.bytes }];
  if (cut.users === 0) await objects.deleteAll([key]);
  await cut.creates.flush();
  await cut.ops.write(batches, expected, index);
  await batches.flush();
  const putLines = async (kind: string, lines: readonly unknown[]): Promise<string[]> => {
    if (lines.length === 0) return [];
    const linesKey = `${folder}planning/${kind}-${String(draft.cuts).padStart(6, '0')}.ndjson`;
    await objects.put(linesKey, toNdjson(lines));
    return [linesKey];
  };
  const written = await expected.write(objects, folder, draft.cuts);
  return {
    cursor: cut.cursor,
    ended: cut.ended,
    cuts: draft.cuts + 1,
    chunks: [...draft.chunks, ...chunk],
    batches: [...draft.batches, ...batches.plans],
    excluded: [...draft.excluded, ...(await putLines('excluded', cut.excluded))],
    losses: [...(draft.losses ?? []), ...(await putLines('losses', cut.losses))],
    hurdles: [...(draft.hurdles ?? []), ...(await putLines('mfa', cut.hurdles))],
    links: [...(draft.links ?? []), ...(await putLines('links', cut.links))],
    linked: withLinks(draft.linked, cut.links),
    ...(draft.secret === undefined ? {} : { secret: draft.secret }),
    expected: {
      users: [...draft.expected.users, ...written.users],
      memberships: [...draft.expected.memberships, ...written.memberships],
    },
  };
}

function withLinks(linked: Draft['linked'], more: readonly LinkedUser[]): NonNullable<Draft['linked']> {
  const byProvider = new Map(Object.entries(linked?.byProvider ?? {}));
  for (const { links } of more)
    for (const link of links) byProvider.set(providerKey(link), (byProvider.get(providerKey(link)) ?? 0) + 1);
  return { users: (linked?.users ?? 0) + more.length, byProvider: Object.fromEntries(byProvider) };
}

/** One chunk while it is being filled. */
interface Cut {
  readonly index: number;
  readonly ops: ChunkOps;
  readonly creates: CreateBatches;
  readonly expected: ExpectedWriter;
  readonly excluded: ExcludedUser[];
  readonly losses: AttributeLoss[];
  readonly hurdles: UserHurdle[];
  readonly links: LinkedUser[];
  readonly mfa: RequiredMfa | undefined;
  cursor: Cursor;
  ended: boolean;
  users: number;
  bytes: number;
}

/** The chunk's lines; everybody else who is met on the way goes to their place. */
async function* chunkLines(cut: Cut, context: CutContext): AsyncGenerator<string, void, undefined> {
  const { sizes } = context;
  const maxUsers = chunkSize(sizes, cut.index);
  if (cut.index === 0) for await (const user of firstUsers(context)) yield addToChunk(user, cut);
  for await (const { user, after } of otherUsers(context, cut.cursor)) {
    if (user.way === 'csv') {
      if (cut.users >= maxUsers || (cut.users > 0 && cut.bytes + user.bytes > sizes.chunkBytes)) return;
      yield addToChunk(user, cut);
    } else if (user.way === 'create') {
      await cut.creates.add(user.user, user.why);
      note(user, cut);
    } else {
      cut.excluded.push(user.excluded);
    }
    cut.cursor = after;
    if (cut.creates.users >= MAX_CREATED || cut.excluded.length >= MAX_EXCLUDED) return;
  }
  cut.ended = true;
}

/** What of a user who comes back is to be told in the report. */
function note({ user, lost = [] }: Exclude<UserInOrder, { way: 'exclude' }>, cut: Cut): void {
  const { sub, name, attributes, links } = user;
  if (links !== undefined) cut.links.push({ sub, name, links });
  cut.losses.push(...lost.map((loss) => ({ sub, name, ...loss })));
  const hurdle = cut.mfa === undefined ? undefined : mfaHurdleOf(attributes, cut.mfa);
  if (hurdle !== undefined) cut.hurdles.push({ sub, name, ...hurdle });
}

function addToChunk(found: CsvUser, cut: Cut): string {
  const { user, bytes } = found;
  note(found, cut);
  cut.users += 1;
  cut.bytes += bytes;
  cut.ops.add(user);
  cut.expected.user(user, cut.index, cut.users);
  return toNdjson([user]);
}
