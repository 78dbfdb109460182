import type { ObjectStore } from '../../ports.ts';
import { FEDERATED_NAME, snapshotKey } from '../snapshot/names.ts';
import type { FederatedPart, KeptFederated } from './kept-federated.ts';

/** Writes the object of a run's snapshot that holds users of identity providers: part by part, one behind the other; none where there is no part. */
export async function writeFederatedObject(
  objects: Pick<ObjectStore, 'write'>,
  runId: string,
  { parts }: Pick<KeptFederated, 'parts'>,
  bodyOf: (part: FederatedPart) => Promise<Uint8Array>,
): Promise<void> {
  if (parts.length === 0) return;
  const bodies = async function* (): AsyncGenerator<Uint8Array, void, undefined> {
    for (const part of parts) yield bodyOf(part);
  };
  await objects.write(snapshotKey(runId, FEDERATED_NAME), bodies());
}
