import type { BackupTable, ObjectStore } from '../../ports.ts';
import { isNamed } from '../../errors.ts';
import { sha256Of } from '../hashing.ts';
import { FEDERATED_NAME, snapshotKey } from '../snapshot/names.ts';
import { unpackFederated } from './federated-users.ts';
import type { FederatedUser } from './federated-users.ts';
import type { FederatedPart, KeptFederated } from './kept-federated.ts';
import { federatedBodyOf } from './table-parts.ts';

/** Where the parts of a sealed run can be read: its table, its snapshot, or both. */
export interface FederatedSource {
  readonly table?: Pick<BackupTable, 'getItem'>;
  readonly objects: Pick<ObjectStore, 'readRange'>;
  readonly runId: string;
}

/**
 * The users of identity providers that a sealed run kept, part by part; `missing`: so many are in a part that neither the
 * table nor the snapshot of this Region holds as it was sealed.
 */
export async function* readFederated(
  source: FederatedSource,
  { parts }: KeptFederated,
): AsyncGenerator<readonly FederatedUser[] | { readonly missing: number }, void, undefined> {
  let at = 0;
  for (const part of parts) {
    const body =
      (source.table === undefined ? undefined : await federatedBodyOf(source.table, part)) ??
      (await snapshotBodyOf(source, part, at));
    const users = body === undefined ? undefined : unpackFederated(`users of part ${part.bucket}`, body, part.users);
    yield users ?? { missing: part.users };
    at += part.bytes;
  }
}

async function snapshotBodyOf(
  { objects, runId }: Pick<FederatedSource, 'objects' | 'runId'>,
  { bytes, sha256 }: FederatedPart,
  at: number,
): Promise<Buffer | undefined> {
  try {
    const body = Buffer.from(await objects.readRange(snapshotKey(runId, FEDERATED_NAME), at, bytes));
    return sha256Of(body) === sha256 ? body : undefined;
  } catch (error) {
    if (isNamed(error, 'BadState')) return undefined;
    throw error;
  }
}

/** Users in parts that the table does not hold as they were sealed. */
export async function missingInTable(table: Pick<BackupTable, 'getItem'>, kept: KeptFederated): Promise<number> {
  let missing = 0;
  for (const part of kept.parts) if ((await federatedBodyOf(table, part)) === undefined) missing += part.users;
  return missing;
}

/** The same of the snapshot of a run. */
export async function missingInSnapshot(
  source: Pick<FederatedSource, 'objects' | 'runId'>,
  { parts }: KeptFederated,
): Promise<number> {
  let [missing, at] = [0, 0];
  for (const part of parts) {
    if ((await snapshotBodyOf(source, part, at)) === undefined) missing += part.users;
    at += part.bytes;
  }
  return missing;
}
