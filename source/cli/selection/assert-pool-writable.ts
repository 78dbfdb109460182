import { listRecoveries } from '../../adapters/cognito/recoveries.ts';
import { isNamed } from '../../domain/errors.ts';
import { activeRecovery } from '../../domain/recovery/recoveries.ts';
import { CliError } from '../cli-error.ts';
import type { CliContext } from '../context.ts';
import { explained } from '../explain.ts';

/**
 * Nothing is begun in a pool that does not exist, or whose writes AWS's own recovery pauses: the workflow would wait for its
 * end. A comparison writes nothing. @throws CliError
 */
export async function assertPoolWritable(
  { clients, output }: CliContext,
  { poolId, region }: { readonly poolId: string; readonly region: string },
  { dryRun = false }: { readonly dryRun?: boolean | undefined },
): Promise<void> {
  const thing = `User pool ${poolId}`;
  const recoveries = await listRecoveries(clients.cognito(region), poolId).catch((error: unknown) => {
    if (!isNamed(error, 'UserPoolNotFound')) throw explained(thing, error);
    throw new CliError('notFound', {
      thing,
      found: `it does not exist in ${region}`,
      next: 'Nothing was begun. Check --to; into a new, empty pool the whole backup is restored by import.',
    });
  });
  const active = activeRecovery(recoveries);
  if (active === undefined) return;
  const found = `AWS's own point-in-time recovery of it is active (${active.status}), so that Cognito takes no writes`;
  // Its status may outlive the pause.
  if (dryRun || active.kind === 'unsettled') {
    output.status({ text: `${thing}: ${found}.`, data: { recovery: active.status }, lasting: true });
    return;
  }
  throw new CliError('refused', {
    thing,
    found,
    next: 'Nothing was begun. Wait for its end, or cancel its preview, and repeat the command; --dry-run works meanwhile.',
  });
}
