import type { ObjectStore } from '../../ports.ts';
import { joinedObjects } from '../../state/joined-objects.ts';
import { adviceFor } from '../../state/advice.ts';
import { keyWithDigest } from '../../state/digest-keys.ts';
import { readNdjson } from '../../state/ndjson.ts';
import { RecordBuffer } from '../../digests/record-buffer.ts';
import { restoreFolder, restoreUserShape } from '../plan/plan-model.ts';
import type { ChunkPlan, RestorePlan } from '../plan/plan-model.ts';
import { ADDRESS_BYTES, proofOf } from './proof.ts';
import type { RowProof } from './proof.ts';

const CONTENT_AT = 2 * ADDRESS_BYTES;
const PROOF_BYTES = CONTENT_AT + 16;
const NO_ADDRESS = Buffer.alloc(ADDRESS_BYTES);

/** Stores, one after the other, the proofs of a chunk's rows; the key of their object. */
export async function writeProofs(
  objects: Pick<ObjectStore, 'read' | 'put'>,
  { newUserPoolId, restoreId, signInName }: Pick<RestorePlan, 'newUserPoolId' | 'restoreId' | 'signInName'>,
  chunk: ChunkPlan,
): Promise<string> {
  const records = new RecordBuffer();
  for await (const user of readNdjson(objects, chunk.key, restoreUserShape))
    records.append(encodeProof(proofOf(user, signInName)));
  const bytes = records.bytes();
  const key = keyWithDigest(`${restoreFolder(newUserPoolId, restoreId)}proofs/c${chunk.index}`, 'bin', bytes);
  await objects.put(key, bytes);
  return key;
}

/** What proves the rows of one chunk: 32 bytes each. */
export class ChunkProofs {
  private constructor(private readonly records: Buffer) {}

  /** Fault BadState when the object does not have so many rows. */
  static async load(objects: Pick<ObjectStore, 'get'>, key: string, rows: number): Promise<ChunkProofs> {
    return new ChunkProofs(await joinedObjects(objects, [key], rows * PROOF_BYTES, adviceFor(key)));
  }

  /** `row`: from 0. */
  proof(row: number): RowProof {
    const at = row * PROOF_BYTES;
    const address = (from: number): Buffer | null => {
      const digest = this.records.subarray(from, from + ADDRESS_BYTES);
      return digest.equals(NO_ADDRESS) ? null : digest;
    };
    return {
      email: address(at),
      phone: address(at + ADDRESS_BYTES),
      content: this.records.subarray(at + CONTENT_AT, at + PROOF_BYTES),
    };
  }
}

function encodeProof({ email, phone, content }: RowProof): Buffer {
  const record = Buffer.alloc(PROOF_BYTES);
  email?.copy(record, 0, 0, ADDRESS_BYTES);
  phone?.copy(record, ADDRESS_BYTES, 0, ADDRESS_BYTES);
  content.copy(record, CONTENT_AT);
  return record;
}
