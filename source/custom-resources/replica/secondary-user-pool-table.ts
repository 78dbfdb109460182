/** SecondaryUserPoolTable: the replica of the backup table, and the protection of both. */
import * as v from 'valibot';
import type { Clock } from '../../domain/ports.ts';
import { keyArnIn } from '../framework/multi-region-key.ts';
import { pollUntil } from '../framework/poll.ts';
import type { ReadStackTags } from '../framework/stack-tags.ts';
import { parseProperties, region, nonEmptyText, textMap } from '../framework/properties.ts';
import { done, handOver } from '../framework/types.ts';
import type { CustomResource, ResourceOutcome, Work } from '../framework/types.ts';
import { tableStays } from './retained.ts';
import type { ReplicaTables, ChangeOutcome } from './tables.ts';

const schema = v.object({
  TableName: nonEmptyText,
  TableArn: nonEmptyText,
  SecondaryRegion: region,
  /** Of the table's Region; empty: encrypted by a key of AWS. */
  KmsKeyArn: v.optional(v.string('must be a string'), ''),
  Tags: v.optional(textMap, {}),
});
type Properties = v.InferOutput<typeof schema>;

/** The longest period that DynamoDB offers (PointInTimeRecoverySpecification.RecoveryPeriodInDays). */
const RECOVERY_DAYS = 35;
const REGION_OF_ARN = /^(arn:[^:]+:dynamodb:)([^:]+)/;
/** States that end in ACTIVE by themselves; of the others DynamoDB says that someone must act. */
const ON_THE_WAY = new Set(['absent', 'CREATING', 'UPDATING']);

/** Makes a call and remembers what DynamoDB answered; true when it is done. */
type Ask = (call: () => Promise<ChangeOutcome>) => Promise<boolean>;

/** What the resource SecondaryUserPoolTable needs. */
export interface SecondaryUserPoolTableDeps {
  readonly tables: ReplicaTables;
  readonly clock: Pick<Clock, 'sleep'>;
  readonly stackTags: ReadStackTags;
}

/**
 * Create and Update bring about the same: an ACTIVE replica, and point-in-time recovery, tags and deletion protection in
 * both Regions, since each keeps these settings for itself (in the table's Region the template asks for them too). Each
 * step looks first or can be repeated. Delete leaves table and replica, which are the backup. Physical id:
 * `<table name>|<Region>`. Attributes: ReplicaArn.
 */
export function secondaryUserPoolTable({
  tables,
  clock,
  stackTags,
}: SecondaryUserPoolTableDeps): CustomResource<Properties> {
  const ensure = async (properties: Properties, { timeLeft, stackId }: Work): Promise<ResourceOutcome> => {
    const { TableName: table, SecondaryRegion: secondary } = properties;
    const wait = { clock, timeLeft };

    let last: ChangeOutcome = 'done';
    const ask: Ask = async (call) => {
      last = await call();
      return last === 'done';
    };

    if (!(await pollUntil(() => activeReplica(tables, properties, ask), wait)))
      return handOver(`the replica of ${table} in ${secondary} to become ACTIVE${refusal(last, secondary)}`);
    // The replica's own Region may know it a little later than the table that it replicates.
    if (!(await pollUntil(async () => (await tables.tableStatus(secondary, table)) === 'ACTIVE' || undefined, wait)))
      return handOver(`${secondary} to know the replica of ${table}`);
    // The template's own tags say whose the table is, also when the stack is gone: no tag of the stack takes their place.
    const tags = { ...(await stackTags(stackId)), ...properties.Tags };
    for (const [what, where, set] of settingsOf(tables, { ...properties, Tags: tags })) {
      if (!(await pollUntil(async () => (await ask(set)) || undefined, wait)))
        return handOver(`${what} in ${where} of ${table}${refusal(last, where)}`);
    }
    return done({ ReplicaArn: properties.TableArn.replace(REGION_OF_ARN, `$1${secondary}`) });
  };
  return {
    parse: (properties) => parseProperties(schema, properties),
    identify: ({ TableName, SecondaryRegion }) => `${TableName}|${SecondaryRegion}`,
    create: ensure,
    update: ensure,
    remove: () => Promise.resolve(done()),
    retained: ({ TableName, SecondaryRegion }) => tableStays(TableName, SecondaryRegion),
  };
}

/** Each setting of each Region, the replica's first, with the words that name it. */
function settingsOf(
  tables: ReplicaTables,
  { TableName, TableArn, SecondaryRegion, Tags }: Properties,
): readonly (readonly [string, string, () => Promise<ChangeOutcome>])[] {
  const primary = REGION_OF_ARN.exec(TableArn)?.[2];
  return [SecondaryRegion, ...(primary === undefined ? [] : [primary])].flatMap((where) => [
    ['point-in-time recovery', where, () => tables.keepPointInTimeRecovery(where, TableName, RECOVERY_DAYS)] as const,
    ...(Object.keys(Tags).length === 0 ? [] : [['the tags', where, () => tables.tag(where, TableName, Tags)] as const]),
    ['deletion protection', where, () => tables.protectFromDeletion(where, TableName)] as const,
  ]);
}

/** True once the replica is ACTIVE; asks for it where there is none. */
async function activeReplica(
  tables: ReplicaTables,
  { TableName: table, SecondaryRegion: secondary, KmsKeyArn }: Properties,
  ask: Ask,
): Promise<true | undefined> {
  const status = await tables.replicaStatus(table, secondary);
  if (status === 'ACTIVE') return true;
  const keyArn = KmsKeyArn === '' ? undefined : keyArnIn(secondary, KmsKeyArn);
  if (status === 'absent') await ask(() => tables.addReplica(table, secondary, keyArn));
  if (!ON_THE_WAY.has(status))
    throw new Error(
      `The replica of ${table} in ${secondary} is ${status}. Remove that replica, or repair what DynamoDB says about it, and try again.`,
    );
  return undefined;
}

/** Why the wait goes on, where DynamoDB said so: a refusal that ends by itself and one that somebody must act on have the same names. */
function refusal(last: ChangeOutcome, where: string): string {
  if (last === 'done') return '';
  return ` (DynamoDB last answered ${last.busy}${last.busy === 'LimitExceededException' ? `: check the table quota of ${where}` : ''})`;
}
