import { bucketReader } from '../../adapters/operator/stored.ts';
import { isSelectionId, selectionOf } from '../../domain/import/plan/selection-keys.ts';
import { regionOfPool } from '../../domain/operator/inputs.ts';
import type { Installation } from '../../domain/operator/installation.ts';
import { CliError } from '../cli-error.ts';
import type { CliContext } from '../context.ts';
import { explained, isUnreachable } from '../explain.ts';

/** A selection, by the pool for which it was made. */
export interface NamedSelection {
  readonly id: string;
  readonly poolId: string;
  readonly region: string;
}

/** The prefix of everything that restores store. */
const RESTORES = 'restores/';

/** @throws CliError when the text is no id of a selection */
export function assertSelectionId(id: string): void {
  if (isSelectionId(id)) return;
  throw new CliError('usage', {
    thing: `Selection ${id}`,
    found: 'that is no id of one',
    next: 'Give the id that restore-user or restore-group has printed, such as 20261127T120000Z-0a1b2c3d.',
  });
}

/** Looks in the buckets of both Regions for the pool of a selection. @throws CliError when none has it */
export async function poolOfSelection(
  { clients, output }: CliContext,
  { regions }: Installation,
  id: string,
): Promise<NamedSelection> {
  const silent: string[] = [];
  for (const { region, bucket } of regions)
    try {
      for await (const key of bucketReader(clients.s3(region), bucket).list(RESTORES)) {
        const poolId = key.split('/')[1] ?? '';
        if (regionOfPool(poolId) === region && selectionOf(key, poolId) === id) return { id, poolId, region };
      }
    } catch (error) {
      if (!isUnreachable(error)) throw explained(`s3://${bucket}/${RESTORES}`, error);
      silent.push(region);
      output.status({ text: `${region} does not answer.`, lasting: true });
    }
  throw noSelection(id, `the bucket of ${regions.map(({ region }) => region).join(' and of ')}`, silent);
}

/** There is no such selection where it was looked for. */
export const noSelection = (id: string, where: string, silent: readonly string[] = []): CliError =>
  new CliError('notFound', {
    thing: `Selection ${id}`,
    found: `${where} knows none of this id${silent.length === 0 ? '' : `; ${silent.join(' and ')} does not answer`}`,
    next: 'Check the id, --to and --stack; what a selection has stored expires after ReportRetentionDays.',
  });
