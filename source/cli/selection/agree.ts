import { isWritten } from '../../domain/operator/selection/selected-things.ts';
import type { SelectedThing } from '../../domain/operator/selection/selected-things.ts';
import { counted } from '../../domain/counted.ts';
import { CliError } from '../cli-error.ts';
import type { CliContext } from '../context.ts';
import type { PoolPlace } from './pool-place.ts';
import type { PoolChangeGiven } from './selection-options.ts';
import { fieldRow, nameOf, RESTORE_SIDES } from './show-differences.ts';

/** So many accounts are asked for one after the other; of more nobody would look at each. */
const ASKED_AT_MOST = 5;

/** Nothing is begun where the question before the first write could not be asked. @throws CliError */
export function assertAskable({ output }: CliContext, { dryRun, yes }: PoolChangeGiven): void {
  if (dryRun === true || yes === true || output.interactive) return;
  throw new CliError('usage', {
    thing: '--yes',
    found: 'nobody can be asked here, and it was not given',
    next: 'Nothing was written. Look first with --dry-run, then give --yes.',
  });
}

/** Asks before the pool is written. @throws CliError refused without a yes */
export async function agreeToWrite(
  { output, prompts }: CliContext,
  { poolId }: PoolPlace,
  { things, yes }: { readonly things: readonly SelectedThing[]; readonly yes: boolean },
): Promise<void> {
  if (yes) return;
  const written = things.filter(isWritten);
  const parts = (['user', 'group', 'membership'] as const)
    .map((kind) => [kind, written.filter((thing) => thing.kind === kind).length] as const)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => counted(count, kind));
  if (output.interactive && (await prompts.confirm(`Write ${parts.join(', ')} to ${poolId}?`))) return;
  throw new CliError('refused', {
    thing: `Restore into ${poolId}`,
    found: 'it was not agreed to',
    next: 'Nothing was written.',
  });
}

/** Another account has the name; a sign-up that nobody confirmed, or the account of another user who is restored, is never theirs. */
const mayBeTheirs = ({ kind, result, sub, poolSub, fields }: SelectedThing): boolean =>
  kind === 'user' &&
  result === 'collision' &&
  sub !== '' &&
  poolSub !== '' &&
  !fields.some(({ field, inPool }) => field === 'status' && inPool === 'UNCONFIRMED');

/**
 * Of users whose sign-in name another account has: the subs of those of whom somebody says, looking at both sides, that the
 * account is theirs. One by one, and never where nobody can be asked.
 */
export async function confirmSingly(
  { output, prompts }: CliContext,
  things: readonly SelectedThing[],
): Promise<readonly string[]> {
  const collisions = things.filter(mayBeTheirs);
  if (collisions.length === 0) return [];
  if (!output.interactive || collisions.length > ASKED_AT_MOST) {
    output.status({
      text: `${counted(collisions.length, 'user')} of whom another account has the sign-in name: not restored. ${
        output.interactive
          ? `Whether an account belongs to a user is asked for at most ${ASKED_AT_MOST} at a time: name them singly.`
          : 'Whether the account belongs to the user is asked for at a terminal, singly.'
      }`,
      data: { collisions: collisions.length },
      lasting: true,
    });
    return [];
  }
  const confirmed: string[] = [];
  for (const collision of collisions) {
    output.status({
      text: `${nameOf(collision)}: the pool has another account of this name.`,
      lasting: true,
      blocks: [
        {
          heading: 'Both accounts',
          rows: [
            {
              label: 'sub',
              value: `${RESTORE_SIDES.pool}: ${collision.poolSub}; ${RESTORE_SIDES.backup}: ${collision.sub}`,
            },
            ...collision.fields.map((field) => fieldRow(field, RESTORE_SIDES)),
          ],
        },
      ],
    });
    const isTheirs = await prompts.confirm(
      `Does the account in the pool belong to this very person, and shall it get what the backup holds of ${collision.name}?`,
    );
    if (isTheirs) confirmed.push(collision.sub);
  }
  return confirmed;
}
