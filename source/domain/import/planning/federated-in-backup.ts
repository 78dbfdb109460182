import { readFederated } from '../../backup/federated/read.ts';
import type { FederatedUser } from '../../backup/federated/federated-users.ts';
import { counted } from '../../counted.ts';
import { Halt } from '../../errors.ts';
import type { PlanningRun } from './planning-run.ts';
import type { Accepted } from './planning-state.ts';

/**
 * The users of identity providers of a backup, from where the backup itself was read: table and snapshot of this Region, or
 * the place that SnapshotPrefix names. `missing`: so many that AcceptIncomplete lets be missing. Halt ReplicaBehind where
 * some were sealed and cannot be read.
 */
export async function* federatedInBackup(
  { manifest: { federated, runId }, source }: Accepted,
  { deps, input: { options } }: Pick<PlanningRun, 'deps' | 'input'>,
): AsyncGenerator<readonly FederatedUser[] | { readonly missing: number }, void, undefined> {
  if (federated === undefined) return;
  const from = {
    ...(source === 'table' ? { table: deps.table } : {}),
    objects: deps.snapshots ?? deps.objects,
    runId,
  };
  for await (const users of readFederated(from, federated)) {
    if ('missing' in users && !options.acceptIncomplete)
      throw new Halt(
        'ReplicaBehind',
        `${options.snapshotPrefix ?? 'This Region'} does not hold, as they were sealed, ${counted(users.missing, 'user')} of identity providers that the export ${runId} kept. Nothing was written to the new pool. Start again later, when they have arrived, or give "AcceptIncomplete": true: then these are neither listed nor made.`,
      );
    yield users;
  }
}
