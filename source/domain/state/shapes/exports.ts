import * as v from 'valibot';
import { checksums, count, counts, group, itemKey, runId, settings, texts, time, type Shape } from './parts.ts';

const ledger = v.array(v.object({ key: v.pipe(v.string(), v.startsWith('exports/')), digests: count }));
const chain = { token: v.optional(v.string()), done: v.boolean(), restarts: count };

/** Checkpoints of the export's steps, by name. */
export const EXPORT_STEPS: Readonly<Record<string, Shape>> = {
  users: v.object({
    listing: v.object({
      mode: v.picklist(['single', 'prefixes']),
      singleOnly: v.boolean(),
      chains: v.array(v.object({ ...chain, prefix: v.optional(v.string()) })),
      again: v.optional(v.object({ of: count, missing: texts })),
    }),
    users: ledger,
    federated: ledger,
    counts: v.object({ listed: count, added: count, changed: count, skipped: count, pages: count }),
    done: v.boolean(),
  }),
  groups: v.object({ chain: v.object(chain), groups: v.array(group), pages: count }),
  'group-sync': v.object({
    next: count,
    groups: ledger,
    counts: v.object({ added: count, changed: count }),
    done: v.boolean(),
  }),
  memberships: v.object({
    next: count,
    open: v.array(v.object({ ...chain, group: count })),
    memberships: ledger,
    federatedMemberships: ledger,
    lateUsers: ledger,
    counts: v.object({ listed: count, added: count, changed: count, skipped: count, pages: count }),
    late: v.object({ added: count, changed: count }),
    done: v.boolean(),
  }),
  'clean-up': v.object({
    phase: v.picklist(['scan', 'confirm', 'memberships', 'plan', 'delete', 'snapshot', 'seal', 'replica', 'sealed']),
    segments: v.pipe(v.array(v.object({ start: v.optional(itemKey), done: v.boolean() })), v.minLength(1)),
    stays: v.object({ counts, checksums: checksums, written: counts }),
    gone: v.object({ counts, parts: texts }),
    damaged: count,
    confirm: v.object({ asked: count, present: texts }),
    doubtful: v.object({ count, parts: texts, next: count, chain: v.object(chain), pages: count, present: texts }),
    plan: v.optional(v.object({ batches: count, counts })),
    snapshot: v.optional(
      v.object({ state: v.record(v.string(), v.unknown()), objects: v.record(v.string(), v.unknown()) }),
    ),
  }),
};

export const exportHead = v.object({
  runId,
  startedAt: time,
  checkpointAt: time,
  closed: v.optional(v.picklist(['sealed', 'abandoned'])),
  reason: v.optional(v.string()),
});

export const runFacts = (id: string): Shape =>
  v.object({
    runId: v.literal(id),
    startedAt: time,
    userPoolId: v.string(),
    settings,
    estimatedUsers: v.number(),
    baseline: v.optional(counts),
    sealed: v.optional(counts),
    unsealedRuns: v.array(runId),
    stoppedAtItsEnd: v.optional(runId),
  });

/** Keys of items, as the clean-up lists what seems gone and what is deleted. */
export const keyList = v.array(v.strictTuple([v.string(), v.string()]));
