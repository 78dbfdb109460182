/** SecondaryUserPoolTable: the replica of the backup table, with the same protection as the table itself. */
import * as v from 'valibot';
import type { Clock } from '../../domain/ports.ts';
import { pollUntil } from '../framework/poll.ts';
import { parseProperties, region, text, texts } from '../framework/properties.ts';
import { done, handOver, type CustomResource, type Outcome, type Work } from '../framework/types.ts';
import type { ReplicaTables, Settled } from './tables.ts';

const schema = v.object({
  TableName: text,
  TableArn: text,
  SecondaryRegion: region,
  Tags: v.optional(texts, {}),
});
type Properties = v.InferOutput<typeof schema>;

/** The longest period that DynamoDB offers (PointInTimeRecoverySpecification.RecoveryPeriodInDays). */
const RECOVERY_DAYS = 35;
/** States that end in ACTIVE by themselves; of the others DynamoDB says that someone must act. */
const ON_THE_WAY = new Set(['absent', 'CREATING', 'UPDATING']);

export interface SecondaryUserPoolTableDeps {
  readonly tables: ReplicaTables;
  readonly clock: Pick<Clock, 'sleep'>;
}

/**
 * Create and Update bring about the same: an ACTIVE replica with point-in-time recovery, tags and deletion protection.
 * Each step looks first or can be repeated. Delete leaves table and replica, which are the backup. Physical id:
 * `<table name>|<Region>`. Attributes: ReplicaArn.
 */
export function secondaryUserPoolTable({ tables, clock }: SecondaryUserPoolTableDeps): CustomResource<Properties> {
  const ensure = async (properties: Properties, { timeLeft }: Work): Promise<Outcome> => {
    const { TableName: table, SecondaryRegion: secondary } = properties;
    const wait = { clock, timeLeft };
    const settled = (set: () => Promise<Settled>) => pollUntil(async () => ((await set()) === 'done' ? true : undefined), wait);

    if (!await pollUntil(() => activeReplica(tables, table, secondary), wait)) return handOver(`the replica of ${table} in ${secondary} to become ACTIVE`);
    // The replica's own Region may know it a little later than the table that it replicates.
    if (!await pollUntil(async () => (await tables.tableStatus(secondary, table)) === 'ACTIVE' || undefined, wait)) return handOver(`${secondary} to know the replica of ${table}`);
    if (!await settled(() => tables.keepPointInTimeRecovery(secondary, table, RECOVERY_DAYS))) return handOver(`point-in-time recovery of ${table} in ${secondary}`);
    if (Object.keys(properties.Tags).length > 0 && !await settled(() => tables.tag(secondary, table, properties.Tags))) return handOver(`the tags of ${table} in ${secondary}`);
    if (!await settled(() => tables.protectFromDeletion(secondary, table))) return handOver(`deletion protection of ${table} in ${secondary}`);
    return done({ ReplicaArn: properties.TableArn.replace(/^(arn:[^:]+:dynamodb:)[^:]+/, `$1${secondary}`) });
  };
  return {
    parse: (properties) => parseProperties(schema, properties),
    identify: ({ TableName, SecondaryRegion }) => `${TableName}|${SecondaryRegion}`,
    create: ensure,
    update: ensure,
    remove: () => Promise.resolve(done()),
    retained: ({ TableName, SecondaryRegion }) =>
      `Table ${TableName}, and its replica in ${SecondaryRegion} if there is one, are retained: switch off deletion protection in both Regions before you delete them.`,
  };
}

/** True once the replica is ACTIVE; asks for it where there is none. */
async function activeReplica(tables: ReplicaTables, table: string, secondary: string): Promise<true | undefined> {
  const status = await tables.replicaStatus(table, secondary);
  if (status === 'ACTIVE') return true;
  if (status === 'absent') await tables.addReplica(table, secondary);
  if (!ON_THE_WAY.has(status)) throw new Error(`The replica of ${table} in ${secondary} is ${status}. Remove that replica, or mend what DynamoDB says about it, and try again.`);
  return undefined;
}
