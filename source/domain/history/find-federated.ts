import { federatedBucketOf, unpackFederated } from '../backup/federated/federated-users.ts';
import type { FederatedUser } from '../backup/federated/federated-users.ts';
import { sha256Of } from '../backup/hashing.ts';
import { membershipItem, userKey } from '../backup/items.ts';
import { FEDERATED_NAME, snapshotKey } from '../backup/snapshot/names.ts';
import { damaged } from '../backup/snapshot/read.ts';
import { isNamed } from '../errors.ts';
import { FEDERATED_STATUS } from '../model.ts';
import { UserSearch } from './find-items.ts';
import type { FoundUser, WantedUser } from './find-items.ts';
import type { RunItems } from './run-items.ts';

/**
 * Finds users of identity providers, whom a run keeps apart from all others, as `findUsers` finds the others: one list per wanted
 * user. By subs alone only the parts are read in which these are. Halt SnapshotDamaged.
 */
export async function findFederated(
  run: Pick<RunItems, 'manifest' | 'objects'>,
  wanted: readonly WantedUser[],
): Promise<readonly (readonly FoundUser[])[]> {
  const search = new UserSearch(wanted, run.manifest.poolSettings.caseSensitive);
  const buckets = new Set(wanted.map((one) => ('sub' in one ? federatedBucketOf(one.sub) : undefined)));
  const users = await partsOf(run, (bucket) => buckets.has(undefined) || buckets.has(bucket));
  do {
    search.beginReading();
    for (const user of users) {
      search.take({ ...userKey(user.sub), ...user, status: FEDERATED_STATUS });
      for (const group of user.groups) search.take(membershipItem(user.sub, group, run.manifest.runId));
    }
  } while (search.lacksMemberships);
  return search.found();
}

/**
 * Gives those whom the earlier run keeps and the later one does not; parts that are the same in both are not read, and never more
 * than one of each is held. Halt SnapshotDamaged.
 */
export async function goneFederated(
  earlier: Pick<RunItems, 'manifest' | 'objects'>,
  later: Pick<RunItems, 'manifest' | 'objects'>,
  visit: (user: FederatedUser) => void,
): Promise<void> {
  const digest = ({ manifest }: Pick<RunItems, 'manifest'>, bucket: number): string =>
    (manifest.federated?.parts ?? []).flatMap((part) => (part.bucket === bucket ? part.sha256 : [])).join();
  for (const bucket of new Set(earlier.manifest.federated?.parts.map((part) => part.bucket))) {
    if (digest(earlier, bucket) === digest(later, bucket)) continue;
    const isIt = (one: number): boolean => one === bucket;
    const kept = new Set((await partsOf(later, isIt)).map(({ sub }) => sub));
    for (const user of await partsOf(earlier, isIt)) if (!kept.has(user.sub)) visit(user);
  }
}

/** The users in those parts; parts that follow one another are one request. */
async function partsOf(
  { manifest, objects }: Pick<RunItems, 'manifest' | 'objects'>,
  isWanted: (bucket: number) => boolean,
): Promise<readonly FederatedUser[]> {
  const key = snapshotKey(manifest.runId, FEDERATED_NAME);
  const rows: { from: number; bytes: number; parts: { bytes: number; sha256: string; users: number }[] }[] = [];
  let at = 0;
  for (const part of manifest.federated?.parts ?? []) {
    const last = rows.at(-1);
    if (isWanted(part.bucket)) {
      if (last !== undefined && last.from + last.bytes === at) {
        last.parts.push(part);
        last.bytes += part.bytes;
      } else rows.push({ from: at, bytes: part.bytes, parts: [part] });
    }
    at += part.bytes;
  }
  const found: FederatedUser[] = [];
  for (const { from, bytes, parts } of rows) {
    const all = await objects.readRange(key, from, bytes).catch((error: unknown) => {
      if (isNamed(error, 'BadState')) damaged(key, 'does not exist', MEANING);
      throw error;
    });
    let begin = 0;
    for (const part of parts) {
      const body = all.subarray(begin, (begin += part.bytes));
      const users = sha256Of(body) === part.sha256 ? unpackFederated(key, body, part.users) : undefined;
      if (users === undefined) damaged(key, 'has other bytes than were written', MEANING);
      else found.push(...users);
    }
  }
  return found;
}

/** What damage of that object means. */
const MEANING =
  'the users of identity providers in this snapshot cannot be read. All others do not depend on it, and are read.';
