import { bucketReader } from '../../adapters/operator/stored.ts';
import { unpackAside } from '../../adapters/unpack-aside.ts';
import { readSnapshotManifest } from '../../domain/backup/snapshot/read.ts';
import { isNamed } from '../../domain/errors.ts';
import type { RunItems } from '../../domain/history/run-items.ts';
import type { KeptRunFacts } from '../../domain/history/runs.ts';
import type { Installation } from '../../domain/operator/installation.ts';
import type { CliContext } from '../context.ts';

/** A snapshot of a run in one Region. */
export interface SnapshotInRegion {
  readonly runId: string;
  readonly region: string;
  readonly open: () => Promise<RunItems>;
}

/** Where the snapshots of these runs lie, run by run. */
export const placesOf = (
  { clients }: Pick<CliContext, 'clients'>,
  { regions }: Installation,
  runs: readonly KeptRunFacts[],
): readonly SnapshotInRegion[] =>
  runs.flatMap(({ runId, regions: having }) =>
    regions
      .filter(({ region }) => having.includes(region))
      .map(({ region, bucket }) => ({
        runId,
        region,
        // Objects of two Regions are cut differently: each snapshot is read by the manifest that closes it.
        open: async () => {
          const objects = bucketReader(clients.s3(region), bucket);
          const manifest = await readSnapshotManifest(objects, runId);
          if (manifest === undefined) throw new Error(`The manifest of ${runId} has gone from ${bucket} meanwhile.`);
          return { manifest, objects, unpack: unpackAside };
        },
      })),
  );

/** What was made of snapshots that are whole, and which were passed over: `<run> in <region>`. */
export type FromUndamaged<T> =
  | { readonly result: T; readonly skipped: readonly string[] }
  /** `lacking`: the side of which no snapshot is whole; `error`: the damage of the last that was tried. */
  | { readonly lacking: number; readonly error: unknown; readonly skipped: readonly string[] };

/**
 * Does something with one snapshot of each side, the first of each; where one turns out to be damaged, all of it once more with
 * the next of that side. @throws whatever else goes wrong
 */
export async function fromUndamaged<T>(
  sides: readonly (readonly SnapshotInRegion[])[],
  work: (items: readonly RunItems[]) => Promise<T>,
): Promise<FromUndamaged<T>> {
  const left = sides.map((places) => [...places]);
  const skipped: string[] = [];
  let error: unknown;
  for (;;) {
    const places = left.flatMap(([place]) => place ?? []);
    if (places.length < left.length) return { lacking: left.findIndex(({ length }) => length === 0), error, skipped };
    try {
      const items: RunItems[] = [];
      for (const place of places) items.push(await place.open());
      return { result: await work(items), skipped };
    } catch (failed) {
      error = failed;
      const damaged = left.find(([place]) => isAbout(failed, place))?.shift();
      if (damaged === undefined) throw failed;
      skipped.push(`${damaged.runId} in ${damaged.region}`);
    }
  }
}

const isAbout = (error: unknown, place: SnapshotInRegion | undefined): boolean =>
  place !== undefined && isNamed(error, 'SnapshotDamaged') && (error as Error).message.includes(place.runId);
