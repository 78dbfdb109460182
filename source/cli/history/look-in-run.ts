import { bucketReader } from '../../adapters/operator/stored.ts';
import type { Manifest } from '../../domain/backup/manifest.ts';
import { undamagedManifest } from '../../domain/backup/snapshot/read.ts';
import { isNamed } from '../../domain/errors.ts';
import { findFederated } from '../../domain/history/find-federated.ts';
import { findUsers } from '../../domain/history/find-items.ts';
import type { FoundUser, WantedUser } from '../../domain/history/find-items.ts';
import type { KeptRunFacts } from '../../domain/history/runs.ts';
import type { Installation } from '../../domain/operator/installation.ts';
import type { CliContext } from '../context.ts';
import type { CliError } from '../cli-error.ts';
import { explained, isUnreachable } from '../explain.ts';
import { readingStatus } from './reading-status.ts';

/** What one run was found to hold. */
export interface LookedInto {
  readonly manifest: Manifest;
  readonly found: readonly (readonly FoundUser[])[];
}

/**
 * Looks for users in a run, in the snapshot of one Region and, where that is damaged or the Region stops to answer, in that of
 * the other. Undefined when both are damaged: each is named. @throws CliError
 */
export async function lookInRun(
  { clients, output }: Pick<CliContext, 'clients' | 'output'>,
  { regions }: Installation,
  run: KeptRunFacts,
  wanted: readonly WantedUser[],
): Promise<LookedInto | undefined> {
  const told = (text: string): void => output.status({ text, lasting: true });
  let unanswered: CliError | undefined;
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
      return { manifest, found: await withFederated({ manifest, objects }, wanted, found) };
    } catch (error) {
      if (isNamed(error, 'SnapshotDamaged')) {
        told(`${region}: ${(error as Error).message}`);
        continue;
      }
      unanswered = explained(`Run ${run.runId} in ${region}`, error);
      if (!isUnreachable(error)) throw unanswered;
      told(`${region} does not answer.`);
    }
  }
  if (unanswered !== undefined) throw unanswered;
  return undefined;
}

/** Whoever was not found among the users of the pool itself is looked for among those of identity providers. */
async function withFederated(
  run: Parameters<typeof findFederated>[0],
  wanted: readonly WantedUser[],
  found: LookedInto['found'],
): Promise<LookedInto['found']> {
  const missing = wanted.filter((_one, index) => found[index]?.length === 0);
  if (missing.length === 0 || run.manifest.federated === undefined) return found;
  const federated = new Map(missing.map((one) => [one, [] as readonly FoundUser[]]));
  for (const [index, users] of (await findFederated(run, missing)).entries())
    federated.set(missing[index] as WantedUser, users);
  return wanted.map((one, index) => federated.get(one) ?? found[index] ?? []);
}
