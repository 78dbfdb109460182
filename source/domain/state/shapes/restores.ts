import * as v from 'valibot';
import {
  checksums,
  count,
  counts,
  group,
  itemKey,
  manifest,
  runId,
  settings,
  sub,
  texts,
  time,
  type Shape,
} from './parts.ts';

/** A line of a chunk. */
export const restoreUser = v.object({
  sub,
  name: v.string(),
  attributes: v.record(v.string(), v.string()),
  enabled: v.boolean(),
  status: v.string(),
  groups: v.array(count),
});
const about = { sub, name: v.string() };
/** A line of a batch. */
export const updateOp = v.variant('op', [
  v.object({ op: v.literal('create'), user: restoreUser, why: v.string() }),
  v.object({ op: v.literal('disable'), ...about }),
  v.object({ op: v.literal('add'), ...about, group: count }),
  v.object({ op: v.literal('group'), group: count }),
]);
/** A membership that waits for its user. */
export const heldMembership = v.object({ sub, group: v.string() });
/** A line of what planning read: a user with its memberships, or a group. */
export const spoolLine = v.union([
  v.object({
    sub,
    username: v.string(),
    attributes: v.record(v.string(), v.string()),
    enabled: v.boolean(),
    status: v.string(),
    created: v.string(),
    groups: texts,
  }),
  v.object({ group }),
]);
export const excludedUser = v.object({ ...about, reason: v.string(), detail: v.string() });
const named = v.object({ ...restoreUser.entries, groups: texts });
/** A line of what planning made of that: how a user comes back. */
export const classifiedUser = v.variant('way', [
  v.object({ way: v.literal('csv'), bytes: count, created: v.string(), user: named }),
  v.object({ way: v.literal('create'), why: v.string(), created: v.string(), user: named }),
  v.object({ way: v.literal('exclude'), excluded: excludedUser, groups: texts }),
]);

const chunksOf = <S extends Shape>(key: S) => v.array(v.object({ index: count, key, users: count, csvBytes: count }));
const batchesOf = <S extends Shape>(key: S) =>
  v.array(v.object({ index: count, key, ops: count, chunk: v.nullable(count) }));
const planCounts = v.object({
  backup: counts,
  byCsv: count,
  oneByOne: count,
  excluded: count,
  excludedBy: v.record(v.string(), count),
  membershipsWithoutUser: count,
  memberships: count,
  disabled: count,
});

/** The plan names objects of its own restore only. */
export function planShape(folder: string): Shape {
  const key = v.pipe(v.string(), v.startsWith(folder));
  const [, poolId = '', restoreId = ''] = folder.split('/');
  return v.object({
    restoreId: v.literal(restoreId),
    newUserPoolId: v.literal(poolId),
    newUserPoolName: v.string(),
    options: v.object({ newUserPoolId: v.literal(poolId) }),
    runId,
    sourceUserPoolId: v.string(),
    tableName: v.string(),
    signInName: v.picklist(['username', 'email', 'phone_number']),
    csvHeader: texts,
    mfaFlag: v.picklist(['true', 'false']),
    caseSensitive: v.boolean(),
    mayCreateUsers: v.boolean(),
    schema: settings.entries.schema,
    groupsKey: key,
    excludedKey: key,
    notes: texts,
    plannedAt: time,
    chunks: chunksOf(key),
    batches: batchesOf(key),
    expected: v.object({ users: v.array(key), memberships: v.array(key) }),
    counts: planCounts,
  });
}

const pages = v.object({
  next: count,
  open: v.array(v.object({ id: count, token: v.optional(v.string()), unknown: v.optional(count) })),
});
const lane = v.object({ batch: count, op: count });

export const jobsState = v.object({
  chunk: count,
  stage: v.picklist(['prepare', 'create', 'start', 'poll', 'log', 'list']),
  attempt: count,
  neverRan: count,
  dueAt: v.number(),
  logReads: count,
  ran: texts,
  job: v.optional(v.object({ jobId: v.string(), jobName: v.string(), rows: count })),
  startedAt: v.optional(v.number()),
  busySince: v.optional(v.number()),
  speed: v.optional(v.number()),
  ended: v.optional(v.object({ status: v.string(), imported: count, skipped: count, failed: count })),
  resultsKey: v.optional(v.string()),
  namesTaken: v.optional(v.boolean()),
  listing: v.optional(
    v.object({
      part: count,
      pages: v.optional(v.object({ scope: v.picklist(['prefixes', 'single']), chains: pages })),
    }),
  ),
  finished: v.array(
    v.object({
      chunk: count,
      users: count,
      imported: count,
      failed: count,
      collisions: count,
      blocked: count,
      rescueParts: count,
      jobs: texts,
    }),
  ),
});

export const updatesState = v.object({
  phase: v.picklist(['updates', 'check', 'repair', 'recheck', 'report', 'done']),
  chunks: lane,
  once: lane,
  groups: v.string(),
  collisions: texts,
  refused: texts,
  retries: count,
  endedBy: v.optional(v.string()),
  counts: v.object({
    groupsCreated: count,
    usersCreated: count,
    disabled: count,
    memberships: count,
    attributes: count,
    refused: count,
  }),
  outcome: v.optional(
    v.object({
      outcome: v.picklist(['complete', 'policy', 'partial']),
      counts: v.record(v.string(), count),
      report: v.object({ bucket: v.string(), keys: texts }),
      summary: v.string(),
    }),
  ),
  check: v.optional(
    v.object({
      step: v.picklist(['users', 'groups', 'members', 'end']),
      usersScope: v.picklist(['prefixes', 'single', 'named', 'none']),
      memberGroups: v.union([v.literal('all'), v.array(count)]),
      chains: pages,
      marksKey: v.optional(v.string()),
      subMapParts: texts,
      groupProblems: v.array(count),
      unknownUsers: count,
      unknownGroups: count,
      unknownMemberships: count,
      walk: v.object({ source: count, item: count }),
    }),
  ),
});

const read = {
  content: v.object({ counts, checksums, written: counts, damaged: count }),
  orphans: count,
};
const segment = v.object({
  next: v.optional(itemKey),
  done: v.boolean(),
  pending: v.optional(v.object({ sub, groups: texts })),
  parts: texts,
});
const accepted = v.object({
  manifest,
  interrupted: v.optional(v.object({ runId, items: count })),
  incomplete: v.optional(v.object({ expected: counts, found: counts, differingBuckets: count })),
});
const target = v.object({
  pool: v.object({ id: v.string(), name: v.string(), settings }),
  header: texts,
  notes: texts,
});
const tally = v.object({ counts: v.omit(planCounts, ['backup']), firstGroups: count, groupsWithoutItem: count });
const draft = v.object({
  cursor: v.object({ part: count, line: count }),
  ended: v.boolean(),
  cuts: count,
  chunks: chunksOf(v.string()),
  batches: batchesOf(v.string()),
  excluded: texts,
  expected: v.object({ users: texts, memberships: texts }),
});
const classification = { accepted, backup: counts, target, tally, parts: texts };
export const planningState = v.variant('step', [
  v.object({
    step: v.literal('readTable'),
    before: v.optional(v.object({ runId, manifest: v.optional(manifest), openRunId: v.optional(v.string()) })),
    differsSince: v.optional(v.number()),
    segments: v.array(segment),
    ...read,
  }),
  v.object({
    step: v.literal('readSnapshot'),
    kept: v.optional(v.object({ manifest })),
    objectsRead: count,
    ...read,
    parts: texts,
    held: texts,
    joined: count,
  }),
  v.object({ step: v.literal('classify'), accepted, counts, orphans: count, parts: texts }),
  v.object({ step: v.literal('order'), ...classification }),
  v.object({ step: v.picklist(['chunks', 'seal']), ...classification, draft }),
  v.object({ step: v.literal('done') }),
]);

export const restoreHead = v.object({
  restoreId: runId,
  phase: v.picklist(['planning', 'writing', 'complete', 'partial']),
  updatedAt: v.string(),
});
export const plannedGroups = v.array(v.object({ ...group.entries, members: count }));
export const rowResults = v.object({
  codes: v.string(),
  notes: v.array(v.strictTuple([count, v.object({ job: v.string(), line: count, text: v.string() })])),
});
export const failure = v.object({
  ...about,
  kind: v.picklist(['row', 'create', 'created', 'password', 'blocked', 'update']),
  reason: v.string(),
  line: v.optional(count),
  job: v.optional(v.string()),
});
