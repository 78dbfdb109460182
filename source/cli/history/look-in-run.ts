import { bucketReader } from '../../adapters/operator/stored.ts';
import type { Manifest } from '../../domain/backup/manifest.ts';
import { undamagedManifest } from '../../domain/backup/snapshot/read.ts';
import { isNamed } from '../../domain/errors.ts';
import { findUsers } from '../../domain/history/find-items.ts';
import type { FoundUser, WantedUser } from '../../domain/history/find-items.ts';
import type { KeptRunFacts } from '../../domain/history/runs.ts';
import type { Installation } from '../../domain/operator/installation.ts';
import type { CliContext } from '../context.ts';
import { explained } from '../explain.ts';
import { readingStatus } from './reading-status.ts';

/** What one run was found to hold. */
export interface LookedInto {
  readonly manifest: Manifest;
  readonly found: readonly (readonly FoundUser[])[];
}

/**
 * Looks for users in a run, in the snapshot of one Region and, where that is damaged, in that of the other. Undefined when both
 * are: each is named. @throws CliError
 */
export async function lookInRun(
  { clients, output }: Pick<CliContext, 'clients' | 'output'>,
  { regions }: Installation,
  run: KeptRunFacts,
  wanted: readonly WantedUser[],
): Promise<LookedInto | undefined> {
  const told = (text: string): void => output.status({ text, lasting: true });
  for (const { region, bucket } of regions.filter((one) => run.regions.includes(one.region))) {
    const objects = bucketReader(clients.s3(region), bucket);
    try {
      const manifest = await undamagedManifest(objects, run.runId);
      if (manifest === undefined) continue;
      const found = await findUsers(
        { manifest, objects },
        wanted,
        readingStatus({ output }, `Reading all of run ${run.runId}`),
        (message) => told(`${region}: ${message}`),
      );
      return { manifest, found };
    } catch (error) {
      if (!isNamed(error, 'SnapshotDamaged')) throw explained(`Run ${run.runId} in ${region}`, error);
      told(`${region}: ${(error as Error).message}`);
    }
  }
  return undefined;
}
