import { bucketsNamed, bucketTags } from '../../adapters/operator/retained-buckets.ts';
import { instanceStacks, stackResources } from '../../adapters/operator/launch-resources.ts';
import { tablesNamed, tableState, tableTags } from '../../adapters/operator/retained-table.ts';
import { tablePrefixOf } from '../../domain/backup/table-name.ts';
import { counted } from '../../domain/counted.ts';
import type { LaunchKey, LeftData } from '../../domain/operator/deploy/answers.ts';
import type { StackFacts } from '../../domain/operator/installation.ts';
import { CliError } from '../cli-error.ts';
import { assetBucketPrefix, isMadeFor } from '../deploy/publish-build.ts';
import type { CliContext } from '../context.ts';

/** Generated names of the StackSet's buckets begin so, cut where a name would be too long. */
const BUCKET_PREFIX = 'stackset-cognitouser';
const SOLUTION = 'cognito-user-profiles-export';

/** What a launch will leave, by the lists of its stacks: certain, as long as they are there. */
export async function dataOfStack(
  { clients }: Pick<CliContext, 'clients'>,
  region: string,
  { id, parameters }: StackFacts,
): Promise<LeftData> {
  const secondaryRegion = parameters.SecondaryRegion ?? '';
  const main = await stackResources(clients.cloudFormation(region), id);
  const idOf = (logicalId: string): string | undefined =>
    main.find((one) => one.logicalId === logicalId && one.physicalId !== '')?.physicalId;
  const stackSet = idOf('StackSetCustomResource');
  const instances = stackSet === undefined ? {} : await instanceStacks(clients.cloudFormation(region), stackSet);
  const buckets: Record<string, string[]> = {};
  const logGroups: Record<string, string[]> = { [region]: named(main, 'AWS::Logs::LogGroup') };
  for (const [where, stackId] of Object.entries(instances)) {
    const resources = await stackResources(clients.cloudFormation(where), stackId);
    buckets[where] = named(resources, 'AWS::S3::Bucket');
    logGroups[where] = [...(logGroups[where] ?? []), ...named(resources, 'AWS::Logs::LogGroup')];
  }
  const table = idOf('BackupTable');
  return {
    stackId: id,
    primaryRegion: region,
    secondaryRegion,
    ...(table === undefined ? {} : { table }),
    buckets,
    logGroups,
  };
}

/** The asset buckets that deploy has made for a launch of this name, without the Region; undefined where none or several were. */
export async function assetsByTags(
  { clients }: Pick<CliContext, 'clients'>,
  { account, region, stack }: LaunchKey,
): Promise<string | undefined> {
  const s3 = clients.s3(region);
  const found: string[] = [];
  for (const bucket of await bucketsNamed(s3, region, assetBucketPrefix(account)))
    if (isMadeFor(await bucketTags(s3, { bucket, account }), stack)) found.push(bucket.slice(0, -`-${region}`.length));
  return found.length === 1 ? found[0] : undefined;
}

const named = (resources: readonly { readonly type: string; readonly physicalId: string }[], type: string): string[] =>
  resources.filter((one) => one.type === type && one.physicalId !== '').map(({ physicalId }) => physicalId);

/**
 * What is left of a launch whose stack is gone and of which nothing was remembered: by the tags of tables and buckets.
 * @param otherRegion the backup Region, where it is known
 * @throws CliError when there is nothing, or what several launches of that name have left
 */
export async function dataByTags(
  { clients }: Pick<CliContext, 'clients'>,
  { account, region, stack }: LaunchKey,
): Promise<LeftData> {
  const thing = `Stack ${stack} in ${region}`;
  const launches = new Map<string, LeftData>();
  const dynamoDb = clients.dynamoDb(region);
  for (const table of await tablesNamed(dynamoDb, tablePrefixOf(stack))) {
    const state = await tableState(dynamoDb, table);
    if (state === undefined) continue;
    const { Solution, MainStack, MainStackId } = await tableTags(dynamoDb, state.arn);
    if (Solution !== SOLUTION || MainStack !== stack || MainStackId === undefined) continue;
    const [secondaryRegion = ''] = Object.keys(state.replicas).filter((other) => other !== region);
    launches.set(MainStackId, {
      stackId: MainStackId,
      primaryRegion: region,
      secondaryRegion,
      table,
      buckets: {},
      logGroups: {},
    });
  }
  const [left, ...more] = [...launches.values()];
  if (left === undefined)
    throw new CliError('notFound', {
      thing,
      found: 'there is no such stack, and no table of the Region is tagged with it',
      next: 'Check --region (that of the user pool), --profile and --stack.',
    });
  if (more.length > 0)
    throw new CliError('refused', {
      thing,
      found: `${counted(more.length + 1, 'launch')} of this name have left tables: ${[...launches.values()].map(({ table }) => table).join(', ')}`,
      next: 'Delete these by hand (README, Uninstall): nothing tells which one is meant.',
    });
  const buckets: Record<string, string[]> = {};
  for (const where of [region, left.secondaryRegion].filter((one) => one !== '')) {
    const s3 = clients.s3(where);
    buckets[where] = [];
    for (const bucket of await bucketsNamed(s3, where, BUCKET_PREFIX))
      if ((await bucketTags(s3, { bucket, account })).MainStackId === left.stackId) buckets[where].push(bucket);
  }
  return { ...left, buckets };
}
