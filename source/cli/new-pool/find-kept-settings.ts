import { bucketReader, tableReader } from '../../adapters/operator/stored.ts';
import type { Manifest } from '../../domain/backup/manifest.ts';
import { readSealedBackup } from '../../domain/backup/sealed-backup.ts';
import type { Installation } from '../../domain/operator/installation.ts';
import { readPoolSettings } from '../../domain/pool-settings/kept.ts';
import { isNamed } from '../../domain/errors.ts';
import type { KeptSettings } from '../../domain/pool-settings/shape.ts';
import { CliError } from '../cli-error.ts';
import type { CliContext } from '../context.ts';
import { explained } from '../explain.ts';
import { keptRunNamed, keptRuns } from '../history/kept.ts';
import { typed } from '../program.ts';
import type { TypedPlace } from '../program.ts';

/** Settings, and the run that kept them. */
export interface SettingsOfRun {
  readonly runId: string;
  readonly settings: KeptSettings;
}

/** Where to look. */
export interface SettingsPlace {
  readonly installation: Installation;
  readonly region: string;
  readonly place: TypedPlace;
}

/** The settings that a run has kept: of the last sealed one from the table of the Region, of a named one from its snapshot. @throws CliError */
export async function findKeptSettings(
  context: CliContext,
  where: SettingsPlace,
  wanted: string | undefined,
): Promise<SettingsOfRun> {
  const found = await (wanted === undefined ? ofLastRun(context, where) : ofNamedRun(context, where, wanted));
  if (found.settings === undefined)
    throw new CliError('notFound', {
      thing: `Settings of the run ${found.runId}`,
      found:
        'the run has kept none: a version before 2.1 made it, its snapshot was thinned out, or the pool could not be described',
      next: `Choose another run (--run; ${typed(where.place, 'runs')}), or make the pool by hand.`,
    });
  return { runId: found.runId, settings: found.settings };
}

interface Found {
  readonly runId: string;
  readonly settings: KeptSettings | undefined;
}

async function ofLastRun(context: CliContext, { installation, region }: SettingsPlace): Promise<Found> {
  const { tableName } = installation;
  const table = tableReader(context.clients.dynamoDb(region), tableName);
  try {
    const { runId, manifest } = await readSealedBackup(table, tableName);
    if (manifest === undefined) return { runId, settings: undefined };
    return { runId, settings: await inTable(context, { installation, region }, { table, manifest }) };
  } catch (error) {
    throw explained(`The backup table ${tableName} in ${region}`, error);
  }
}

/** Where the table has them only in part, since a replica lags or its other Region is lost: from that Region's snapshot. */
async function inTable(
  context: CliContext,
  { installation, region }: Pick<SettingsPlace, 'installation' | 'region'>,
  { table, manifest }: { readonly table: ReturnType<typeof tableReader>; readonly manifest: Manifest },
): Promise<KeptSettings | undefined> {
  try {
    return await readPoolSettings({ table }, manifest);
  } catch (error) {
    const home = installation.regions.find((one) => one.region === region);
    if (!isNamed(error, 'SnapshotDamaged') || home === undefined) throw error;
    const settings = await fromSnapshot(context, home, manifest).catch(() => undefined);
    if (settings === undefined) throw error;
    return settings;
  }
}

async function ofNamedRun(context: CliContext, { installation, place }: SettingsPlace, wanted: string): Promise<Found> {
  const { runs } = await keptRuns(context, installation);
  const { runId, manifest, regions } = keptRunNamed(runs, wanted, place);
  const home = installation.regions.find(({ region }) => regions.includes(region));
  if (manifest === undefined || home === undefined) return { runId, settings: undefined };
  return { runId, settings: await fromSnapshot(context, home, manifest) };
}

async function fromSnapshot(
  { clients }: CliContext,
  { region, bucket }: { readonly region: string; readonly bucket: string },
  manifest: Manifest,
): Promise<KeptSettings | undefined> {
  try {
    return await readPoolSettings({ objects: bucketReader(clients.s3(region), bucket) }, manifest);
  } catch (error) {
    throw explained(`The snapshot of ${manifest.runId} in the bucket ${bucket}`, error);
  }
}
