import { bucketTags, deleteEmptyBucket, deleteSomeVersions } from '../../adapters/operator/retained-buckets.ts';
import { deleteLogGroup } from '../../adapters/operator/launch-resources.ts';
import {
  allowDeletion,
  deleteTable,
  removeReplica,
  tableState,
  tableTags,
} from '../../adapters/operator/retained-table.ts';
import { counted, countedAs } from '../../domain/counted.ts';
import type { LaunchKey, LeftData } from '../../domain/operator/deploy/answers.ts';
import { CliError } from '../cli-error.ts';
import type { CliContext } from '../context.ts';

const POLL_MS = 3_000;
/** A replica of a large table takes its time; DynamoDB itself gives no limit. */
const LONGEST_WAIT_MS = 3_600_000;
/** So often in a row S3 may delete nothing of a page. */
const TIMES_REFUSED = 10;
/** Access logs arrive for hours after the last request: a bucket may fill again while it is emptied. */
const TIMES_EMPTIED = 5;

type Needs = Pick<CliContext, 'clients' | 'clock' | 'output'>;

/** Deletes what a launch has left. Each step looks first, so that a start after a kill goes on. @throws CliError */
export async function deleteLeftData(context: Needs, key: LaunchKey, left: LeftData): Promise<void> {
  if (left.table !== undefined) await deleteBackupTable(context, key, left, left.table);
  for (const [region, buckets] of Object.entries(left.buckets))
    for (const bucket of [...buckets].sort(mappingFilesFirst))
      await deleteBucket(context, region, { bucket, account: key.account }, (tags) => isOfLaunch(tags, key, left));
  for (const [region, logGroups] of Object.entries(left.logGroups))
    for (const logGroup of logGroups) await deleteLogGroup(context.clients.cloudWatchLogs(region), logGroup);
}

/** The bucket that is logged before the one that takes the logs. */
const mappingFilesFirst = (a: string, b: string): number =>
  Number(a.includes('accesslogbucket')) - Number(b.includes('accesslogbucket'));

/** Launches of earlier versions gave their buckets no tags: for these the stack's own list has to do. */
const isOfLaunch = (tags: Readonly<Record<string, string>>, { stack }: LaunchKey, { stackId }: LeftData): boolean =>
  tags.MainStackId === undefined ? (tags.MainStack ?? stack) === stack : tags.MainStackId === stackId;

async function deleteBackupTable(context: Needs, key: LaunchKey, left: LeftData, table: string): Promise<void> {
  const { clients, output } = context;
  const { primaryRegion, secondaryRegion } = left;
  for (const region of [secondaryRegion, primaryRegion]) {
    const client = clients.dynamoDb(region);
    const state = await tableState(client, table);
    if (state === undefined || state.status === 'DELETING') continue;
    if (!isOfLaunch(await tableTags(client, state.arn), key, left)) throw ofAnother(`Table ${table} in ${region}`);
    if (!state.protectedFromDeletion) continue;
    output.status({ text: `Switching off the deletion protection of ${table} in ${region}`, lasting: true });
    await allowDeletion(client, table);
  }
  const primary = clients.dynamoDb(primaryRegion);
  await until(context, `the replica of ${table} in ${secondaryRegion} to be gone`, async () => {
    const state = await tableState(primary, table);
    const replica = state?.replicas[secondaryRegion];
    if (replica === undefined) return true;
    // Another change of the table must have ended before.
    if (replica === 'ACTIVE' && state?.status === 'ACTIVE') {
      output.status({ text: `Deleting the replica of ${table} in ${secondaryRegion}`, lasting: true });
      await removeReplica(primary, table, secondaryRegion);
    }
    return false;
  });
  for (const region of [primaryRegion, secondaryRegion]) {
    const client = clients.dynamoDb(region);
    await until(context, `${table} in ${region} to be gone`, async () => {
      const state = await tableState(client, table);
      if (state === undefined) return true;
      if (state.status === 'ACTIVE' && region === primaryRegion) {
        output.status({ text: `Deleting ${table} in ${region}`, lasting: true });
        await deleteTable(client, table);
      }
      return false;
    });
  }
}

/** Deletes a bucket with all versions of all objects; one that is gone is fine. @throws CliError when it is not that of the launch */
export async function deleteBucket(
  { clients, clock, output }: Needs,
  region: string,
  owned: { readonly bucket: string; readonly account: string },
  isOurs: (tags: Readonly<Record<string, string>>) => boolean,
): Promise<void> {
  const client = clients.s3(region);
  const thing = `Bucket ${owned.bucket} in ${region}`;
  if (!isOurs(await bucketTags(client, owned))) throw ofAnother(thing);
  for (let time = 0; time < TIMES_EMPTIED; time += 1) {
    await deleteVersions({ clock, output }, client, owned, thing);
    if ((await deleteEmptyBucket(client, owned)) === 'deleted') {
      output.status({ text: `Deleted ${owned.bucket} in ${region}`, lasting: true });
      return;
    }
  }
  throw new CliError('partial', {
    thing,
    found: 'objects keep arriving while it is emptied (access logs of the last hours)',
    next: 'Start the same command again tomorrow; everything else was done.',
  });
}

/** All that is in the bucket now, page by page. What S3 cannot delete at the moment is tried again. */
async function deleteVersions(
  { clock, output }: Pick<Needs, 'clock' | 'output'>,
  client: ReturnType<CliContext['clients']['s3']>,
  owned: { readonly bucket: string; readonly account: string },
  thing: string,
): Promise<void> {
  let deleted = 0;
  for (let idle = 0; ;) {
    const page = await deleteSomeVersions(client, owned);
    if (page.deleted + page.left === 0) return;
    deleted += page.deleted;
    idle = page.deleted > 0 ? 0 : idle + 1;
    output.status({ text: `Deleting ${owned.bucket}: ${countedAs(deleted, 'version', ['is', 'are'])} gone` });
    if (idle >= TIMES_REFUSED)
      throw new CliError('failed', {
        thing,
        found: `S3 cannot delete ${counted(page.left, 'version')} of its objects at the moment, after ${counted(idle, 'try')}`,
        next: 'Start the same command again later: it goes on. Whatever came before was deleted.',
      });
    if (page.left > 0) await clock.sleep(POLL_MS);
  }
}

const ofAnother = (thing: string): CliError =>
  new CliError('refused', {
    thing,
    found: 'its tags say that it belongs to another launch',
    next: 'It was left as it is. If it is to go, delete it by hand.',
  });

async function until({ clock }: Needs, what: string, done: () => Promise<boolean>): Promise<void> {
  const end = clock.now() + LONGEST_WAIT_MS;
  while (!(await done())) {
    if (clock.now() > end)
      throw new CliError('failed', {
        thing: 'Backup table',
        found: `waited an hour for ${what}`,
        next: 'See in the DynamoDB console what it is doing, then start the same command again.',
      });
    await clock.sleep(POLL_MS);
  }
}
