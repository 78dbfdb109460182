import {
  FEDERATED_BUCKETS,
  federatedBucketOf,
  packFederated,
  unpackFederated,
} from '../../backup/federated/federated-users.ts';
import type { FederatedUser, ListedFederated } from '../../backup/federated/federated-users.ts';
import type { FederatedPart, KeptFederated } from '../../backup/federated/kept-federated.ts';
import { writeFederatedObject } from '../../backup/federated/write-snapshot.ts';
import { federatedBodyOf, federatedItems, federatedKeys } from '../../backup/federated/table-parts.ts';
import { sha256Of } from '../../backup/hashing.ts';
import { keyText } from '../../backup/items.ts';
import { readSealedBackup } from '../../backup/sealed-backup.ts';
import { Fault, isNamed } from '../../errors.ts';
import { adviceFor } from '../../state/advice.ts';
import { federatedLines } from '../federated-spool.ts';
import type { FederatedSpoolParts } from '../federated-spool.ts';
import { runFolder } from '../run.ts';
import { refusals } from './guard.ts';
import type { GuardOptions } from './guard.ts';
import { DAY_MS, SCHEDULE_SLACK_MS } from './last-day.ts';
import type { SeenByRun } from './seen.ts';
import type { CleanUp, CleanUpState } from './state.ts';

/** So many packed bytes are in memory at a time, unpacked: of a larger pool the spool is read once for each share of the buckets. */
const PASS_BYTES = 8 * 1024 * 1024;

type FederatedState = NonNullable<CleanUpState['federated']>;

/**
 * Packs what the listing showed of users of identity providers, bucket by bucket, as objects of this run, and counts what is
 * gone of that which the last sealed run kept. Nothing is changed in the table yet.
 */
export async function packFederatedUsers(cleanUp: CleanUp, seen: SeenByRun): Promise<void> {
  const { deps, progress, sliceOver } = cleanUp;
  const { state } = progress;
  const federated = (state.federated ??= await newFederated(cleanUp));
  const spool = seen.federated;
  if (spool === undefined) await keepAsBefore(cleanUp, federated);
  else {
    const perPass = bucketsPerPass(spool);
    while (federated.next < FEDERATED_BUCKETS && !sliceOver()) {
      const end = Math.min(FEDERATED_BUCKETS, federated.next + perPass);
      const packed = await packBuckets(cleanUp, spool, { from: federated.next, end });
      const gone = await goneFrom(deps.table, federated.before, packed, { from: federated.next, end });
      federated.parts.push(...packed.map(({ part }) => part));
      for (const { users } of packed) for (const { groups } of users) federated.memberships += groups.length;
      federated.gone.users += gone.users;
      federated.gone.memberships += gone.memberships;
      federated.next = end;
      await progress.save();
    }
  }
  if (federated.next < FEDERATED_BUCKETS) return;
  state.phase = 'snapshot';
  await progress.save();
}

const bucketsPerPass = (spool: Readonly<FederatedSpoolParts>): number => {
  const bytes = spool.reduce((sum, part) => sum + part.bytes, 0);
  return Math.max(1, Math.floor(FEDERATED_BUCKETS / Math.max(1, Math.ceil(bytes / PASS_BYTES))));
};

async function newFederated({ deps }: CleanUp): Promise<FederatedState> {
  const before = await keptBefore(deps.table);
  return {
    ...(before === undefined ? {} : { before }),
    next: 0,
    parts: [],
    memberships: 0,
    gone: { users: 0, memberships: 0 },
  };
}

async function keptBefore(table: CleanUp['deps']['table']): Promise<KeptFederated | undefined> {
  try {
    return (await readSealedBackup(table, 'of the stack')).manifest?.federated;
  } catch (error) {
    if (isNamed(error, 'NoSealedBackup')) return undefined;
    throw error;
  }
}

/** A listing that a version before 2.1 began kept nobody: what the last sealed run kept stays. */
async function keepAsBefore({ deps, run }: CleanUp, federated: FederatedState): Promise<void> {
  for (const part of federated.before?.parts ?? []) {
    const body = await federatedBodyOf(deps.table, part);
    if (body === undefined) continue;
    await deps.objects.put(packedKey(run.id, part), body);
    federated.parts.push(part);
    for (const { groups } of unpackFederated(packedKey(run.id, part), body, part.users) ?? [])
      federated.memberships += groups.length;
  }
  federated.next = FEDERATED_BUCKETS;
}

/** Object of a part while its run is not sealed. */
const packedKey = (runId: string, { sha256 }: Pick<FederatedPart, 'sha256'>): string =>
  `${runFolder(runId)}federated/${sha256}.gz`;

interface Packed {
  readonly part: FederatedPart;
  readonly users: readonly FederatedUser[];
}
interface Buckets {
  readonly from: number;
  readonly end: number;
}

async function packBuckets(
  { deps, run }: CleanUp,
  spool: Readonly<FederatedSpoolParts>,
  { from, end }: Buckets,
): Promise<readonly Packed[]> {
  const users = new Map<string, ListedFederated>();
  const groups = new Map<string, Set<string>>();
  const isIn = (sub: string): boolean => {
    const bucket = federatedBucketOf(sub);
    return bucket >= from && bucket < end;
  };
  for await (const line of federatedLines(deps.objects, spool)) {
    if ('user' in line) {
      if (isIn(line.user.sub)) users.set(line.user.sub, line.user);
    } else if (isIn(line.sub)) groups.set(line.sub, (groups.get(line.sub) ?? new Set()).add(line.group));
  }
  const buckets = new Map<number, FederatedUser[]>();
  for (const [sub, user] of users) {
    const bucket = federatedBucketOf(sub);
    const whole = { ...user, groups: [...(groups.get(sub) ?? [])].sort() };
    buckets.set(bucket, [...(buckets.get(bucket) ?? []), whole]);
  }
  const packed: Packed[] = [];
  for (const [bucket, inBucket] of [...buckets].sort(([a], [b]) => a - b)) {
    const body = packFederated(inBucket);
    const part = { bucket, sha256: sha256Of(body), bytes: body.length, users: inBucket.length };
    await deps.objects.put(packedKey(run.id, part), body);
    packed.push({ part, users: inBucket });
  }
  return packed;
}

/** Of what these buckets held before, what is not in them any more. A part that cannot be read guards nobody. */
async function goneFrom(
  table: CleanUp['deps']['table'],
  before: KeptFederated | undefined,
  packed: readonly Packed[],
  { from, end }: Buckets,
): Promise<{ readonly users: number; readonly memberships: number }> {
  const now = new Map(packed.flatMap(({ users }) => users.map((user) => [user.sub, new Set(user.groups)] as const)));
  const same = new Set(packed.map(({ part }) => part.sha256));
  const gone = { users: 0, memberships: 0 };
  for (const part of before?.parts ?? []) {
    if (part.bucket < from || part.bucket >= end || same.has(part.sha256)) continue;
    const body = await federatedBodyOf(table, part);
    for (const { sub, groups } of body === undefined ? [] : (unpackFederated(part.sha256, body, part.users) ?? [])) {
      const kept = now.get(sub);
      if (kept === undefined) gone.users += 1;
      gone.memberships += groups.filter((group) => kept?.has(group) !== true).length;
    }
  }
  return gone;
}

/** The parts once more as an object of the run's snapshot, one behind the other. */
export async function joinFederated({ deps, run, progress }: CleanUp): Promise<void> {
  const parts = progress.state.federated?.parts ?? [];
  await writeFederatedObject(deps.objects, run.id, { parts }, (part) => packedBody(deps.objects, run.id, part));
}

async function packedBody(objects: CleanUp['deps']['objects'], runId: string, part: FederatedPart): Promise<Buffer> {
  const key = packedKey(runId, part);
  const stored = await objects.get(key);
  const body = stored === undefined ? undefined : Buffer.from(stored.body);
  if (body !== undefined && sha256Of(body) === part.sha256) return body;
  throw new Fault('BadState', `The object ${key} cannot be used: it is missing or not whole. ${adviceFor(key)}`);
}

/** Puts the parts into the table that it does not hold yet; the manifest that names them is sealed later. */
export async function storeFederated({ deps, run, progress }: CleanUp): Promise<void> {
  const { federated, federatedItems: held = [] } = progress.state;
  const there = new Set(held.map(keyText));
  for (const part of federated?.parts ?? []) {
    if (federatedKeys(part).every((key) => there.has(keyText(key)))) continue;
    for (const item of federatedItems(part, await packedBody(deps.objects, run.id, part)))
      await deps.table.putItems([item]);
  }
}

/** What the manifest says; undefined where there is nothing to say. */
export function keptFederatedOf({ run, progress }: CleanUp): KeptFederated | undefined {
  const { federated } = progress.state;
  if (federated === undefined) return undefined;
  const { parts, memberships, gone, allowed } = federated;
  const users = parts.reduce((sum, part) => sum + part.users, 0);
  const counts = allowed !== true && gone.users + gone.memberships > 0;
  const { startedAt } = run.facts;
  const deletedLately = [...lately(federated, startedAt), ...(counts ? [{ startedAt, ...gone }] : [])];
  return users === 0 && deletedLately.length === 0 ? undefined : { users, memberships, parts, deletedLately };
}

const lately = ({ before }: FederatedState, startedAt: string): KeptFederated['deletedLately'] =>
  (before?.deletedLately ?? []).filter(
    (earlier) => Date.parse(earlier.startedAt) > Date.parse(startedAt) - DAY_MS + SCHEDULE_SLACK_MS,
  );

/**
 * Why the run must not take away so many users of identity providers, or memberships of theirs; undefined when it may. They
 * are judged apart from all others: neither do many of them let a few native users go, nor the other way round.
 */
export function refusedFederated({ run, progress }: CleanUp, options: GuardOptions): string | undefined {
  const { federated } = progress.state;
  if (federated === undefined) return undefined;
  if (options.allowMassDelete) {
    federated.allowed = true;
    return undefined;
  }
  delete federated.allowed;
  const earlier = lately(federated, run.facts.startedAt);
  const byLastDay = {
    users: earlier.reduce((sum, { users }) => sum + users, 0),
    groups: 0,
    memberships: earlier.reduce((sum, { memberships }) => sum + memberships, 0),
  };
  const { users = 0, memberships = 0 } = federated.before ?? {};
  const refused = refusals({
    byRun: { ...federated.gone, groups: 0 },
    byLastDay,
    byInterrupted: { users: 0, groups: 0, memberships: 0 },
    of: { users: users + byLastDay.users, groups: 0, memberships: memberships + byLastDay.memberships },
    percent: options.maxDeletePercent,
  });
  return refused.length === 0 ? undefined : `delete, of what is kept of identity providers, ${refused.join(' and ')}`;
}
