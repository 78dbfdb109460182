import { bucketReader } from '../../adapters/operator/stored.ts';
import { ADOPTED_PREFIX, objectsBelow } from '../../domain/backup/snapshot/place.ts';
import { counted } from '../../domain/counted.ts';
import { joinRegions, readableRuns, runsIn, runsNamed, snapshotsIn } from '../../domain/history/runs.ts';
import type { KeptRunFacts, ReadableRun } from '../../domain/history/runs.ts';
import type { Installation } from '../../domain/operator/installation.ts';
import { readLast, verifiedRuns } from '../../domain/verify/backup/last.ts';
import type { VerifiedRun } from '../../domain/verify/backup/last.ts';
import { CliError } from '../cli-error.ts';
import type { CliContext } from '../context.ts';
import { explained, isUnreachable } from '../explain.ts';
import { typed } from '../program.ts';
import type { TypedPlace } from '../program.ts';
import type { SnapshotInRegion } from './undamaged.ts';

/** What is kept, and the Regions that did not answer. */
export interface KeptByRegions {
  /** The newest first. */
  readonly runs: readonly KeptRunFacts[];
  readonly silent: readonly string[];
}

/** Reads which runs both Regions keep; one that does not answer is told and left out. @throws CliError */
export async function keptRuns({ clients, output }: CliContext, { regions }: Installation): Promise<KeptByRegions> {
  const silent: string[] = [];
  const perRegion = await Promise.all(
    regions.map(async ({ region, bucket }) => {
      try {
        return await runsIn(bucketReader(clients.s3(region), bucket), region);
      } catch (error) {
        if (!isUnreachable(error)) throw explained(`Snapshots in the bucket ${bucket}`, error);
        silent.push(region);
        return [];
      }
    }),
  );
  for (const region of silent)
    output.status({ text: `${region} does not answer; what only its bucket keeps is not known.`, lasting: true });
  if (silent.length === regions.length)
    throw new CliError('failed', {
      thing: 'Snapshots',
      found: `neither ${silent.join(' nor ')} answers`,
      next: 'Check the network, and try again.',
    });
  return { runs: joinRegions(perRegion), silent };
}

/** A run's last verification, and the Region of it. */
export interface VerifiedIn extends VerifiedRun {
  readonly region: string;
}

/** The last verification of each run, of whichever Region made it. @throws CliError */
export async function lastVerifications(
  { clients }: CliContext,
  { regions }: Installation,
  { silent }: KeptByRegions,
): Promise<ReadonlyMap<string, VerifiedIn>> {
  const found = new Map<string, VerifiedIn>();
  for (const { region, bucket } of regions.filter((one) => !silent.includes(one.region))) {
    const last = await readLast(bucketReader(clients.s3(region), bucket)).catch((error: unknown) => {
      throw explained(`Verifications in the bucket ${bucket}`, error);
    });
    for (const verified of verifiedRuns(last)) {
      const known = found.get(verified.runId);
      if (known === undefined || known.verifiedAt < verified.verifiedAt)
        found.set(verified.runId, { ...verified, region });
    }
  }
  return found;
}

/** Which snapshots of retired tables both Regions keep. @throws CliError */
export async function adoptedRuns(
  { clients }: CliContext,
  { regions }: Installation,
): Promise<readonly SnapshotInRegion[]> {
  const perRegion = await Promise.all(
    regions.map(async ({ region, bucket }) => {
      const objects = objectsBelow(bucketReader(clients.s3(region), bucket), ADOPTED_PREFIX);
      try {
        return readableRuns(await snapshotsIn(objects, region)).map(({ runId, manifest }) => ({
          runId,
          region,
          open: () => Promise.resolve({ manifest, objects }),
        }));
      } catch (error) {
        if (isUnreachable(error)) return []; // Told when the runs were looked for.
        throw explained(`Adopted snapshots in the bucket ${bucket}`, error);
      }
    }),
  );
  return perRegion.flat();
}

/** The sealed or refused run whose id begins so, of which some Region keeps the whole snapshot. @throws CliError */
export function readableNamed(runs: readonly KeptRunFacts[], wanted: string, place: TypedPlace): ReadableRun {
  const run = keptRunNamed(runs, wanted, place);
  const [readable] = readableRuns([run]);
  if (readable === undefined) throw unreadable(run, place);
  return readable;
}

/** The run whose id begins so, whatever is kept of it. @throws CliError */
export function keptRunNamed(runs: readonly KeptRunFacts[], wanted: string, place: TypedPlace): KeptRunFacts {
  const [run, ...more] = runsNamed(runs, wanted);
  if (run === undefined)
    throw new CliError('notFound', {
      thing: `Run ${wanted}`,
      found: 'no run that is kept begins so',
      next: listRuns(place),
    });
  if (more.length === 0) return run;
  throw new CliError('usage', {
    thing: `Run ${wanted}`,
    found: `${counted(more.length + 1, 'run')} begin so`,
    next: `Give more of the id: ${[run, ...more].map(({ runId }) => runId).join(', ')}`,
  });
}

const listRuns = (place: TypedPlace): string => `List what is kept: ${typed(place, 'runs')}`;

/** A run of which no snapshot can be read. */
export const unreadable = (run: KeptRunFacts, place: TypedPlace): CliError =>
  new CliError('failed', { thing: `Run ${run.runId}`, found: whyNoItems(run), next: listRuns(place) });

function whyNoItems({ state, manifest }: KeptRunFacts): string {
  if (manifest !== undefined)
    return 'its snapshot was thinned out: only its manifest is kept, and another run of that day';
  return state === 'damaged' ? 'its snapshot is damaged' : 'it was interrupted, and has no whole snapshot';
}
