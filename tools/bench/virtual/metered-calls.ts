import type { Clock } from '../../../source/domain/ports.ts';
import { itemBytes } from '../../../source/domain/backup/item-size.ts';
import { readUnits, writeUnits } from '../../simulation/storage/capacity-units.ts';
import type { TableUsage } from '../../simulation/storage/table.ts';
import type { CallSize, ServiceCalls } from '../../simulation/service-calls.ts';
import type { CognitoGate } from './cognito-gate.ts';
import type { Latencies, Meter } from './meter.ts';

/** What the calls of the ports are in Cognito's API; those of the settings have its names. */
const COGNITO_ACTIONS: Readonly<Record<string, string>> = {
  'cognito.describe': 'DescribeUserPool',
  'cognito.mfaSettings': 'GetUserPoolMfaConfig',
  'cognito.recoveries': 'ListPointInTimeRecoveries',
  'cognito.listUsersPage': 'ListUsers',
  'cognito.listGroupsPage': 'ListGroups',
  'cognito.listUsersInGroupPage': 'ListUsersInGroup',
  'cognito.createGroup': 'CreateGroup',
  'cognito.createUser': 'AdminCreateUser',
  'cognito.setPassword': 'AdminSetUserPassword',
  'cognito.disableUser': 'AdminDisableUser',
  'cognito.enableUser': 'AdminEnableUser',
  'cognito.addUserToGroup': 'AdminAddUserToGroup',
  'cognito.removeUserFromGroup': 'AdminRemoveUserFromGroup',
  'cognito.updateAttributes': 'AdminUpdateUserAttributes',
  'jobs.csvHeader': 'GetCSVHeader',
  'jobs.createJob': 'CreateUserImportJob',
  'jobs.startJob': 'StartUserImportJob',
  'jobs.describeJob': 'DescribeUserImportJob',
  'jobs.listJobsPage': 'ListUserImportJobs',
};

interface Requests {
  /** Under what they are counted. */
  readonly name: string;
  readonly latency: 'dynamodb' | 'scan' | 's3' | 'sqs' | 'cognito';
  /** Entries of one request, where a call may need several, and how many of them the adapter sends at a time. */
  readonly batch?: number;
  readonly atATime?: number;
}

/** What the calls of the other ports are as requests, batched as the adapters batch them. */
const REQUESTS: Readonly<Record<string, Requests>> = {
  'jobs.uploadCsv': { name: 'upload', latency: 's3' },
  'jobs.readLog': { name: 'logs', latency: 'cognito' },
  'table.contentHashes': { name: 'dynamodb.BatchGetItem', latency: 'dynamodb', batch: 100, atATime: 4 },
  'table.itemsOf': { name: 'dynamodb.BatchGetItem', latency: 'dynamodb', batch: 100, atATime: 4 },
  'table.putItems': { name: 'dynamodb.BatchWriteItem', latency: 'dynamodb', batch: 25, atATime: 4 },
  'table.deleteItems': { name: 'dynamodb.BatchWriteItem', latency: 'dynamodb', batch: 25, atATime: 4 },
  'table.getItem': { name: 'dynamodb.GetItem', latency: 'dynamodb' },
  'table.putItemIf': { name: 'dynamodb.PutItem', latency: 'dynamodb' },
  'table.transact': { name: 'dynamodb.TransactWriteItems', latency: 'dynamodb' },
  'table.scanPage': { name: 'dynamodb.Scan', latency: 'scan' },
  'queue.send': { name: 'sqs.SendMessageBatch', latency: 'sqs', batch: 10, atATime: 4 },
  'queue.receive': { name: 'sqs.ReceiveMessage', latency: 'sqs' },
  'queue.delete': { name: 'sqs.DeleteMessageBatch', latency: 'sqs' },
  'objects.get': { name: 's3.get', latency: 's3' },
  'objects.read': { name: 's3.get', latency: 's3' },
  'objects.readRange': { name: 's3.get', latency: 's3' },
  'objects.put': { name: 's3.put', latency: 's3' },
  'objects.write': { name: 's3.put', latency: 's3' },
  'objects.list': { name: 's3.list', latency: 's3' },
  'objects.tag': { name: 's3.put', latency: 's3' },
  'objects.deleteAll': { name: 's3.delete', latency: 's3', batch: 1000, atATime: 1 },
};

/** A multipart part of the adapter: one request each. */
const PART_BYTES = 8 * 1024 * 1024;
const READ_OR_WRITTEN_WHOLE = new Set(['objects.get', 'objects.put']);

/** Every call of the simulated services: counted by the meter, answered after what it takes; Cognito's pass the gate first. */
export class MeteredCalls implements ServiceCalls {
  readonly clock: Clock;
  /** Bytes of the largest object that was read or written whole. */
  largestWhole = 0;

  constructor(
    private readonly meter: Meter,
    private readonly latencies: Latencies,
    private readonly gate: CognitoGate,
  ) {
    this.clock = meter.clock;
  }

  async run<T>(call: string, effect: () => T, { poolId = '', entries = 0, bytes = 0 }: CallSize = {}): Promise<T> {
    const action = COGNITO_ACTIONS[call] ?? /^settings\.(.*)$/.exec(call)?.[1];
    if (action !== undefined) return this.gate.call(action, poolId, effect);
    const requests = REQUESTS[call];
    if (requests === undefined) throw new Error(`the benchmark does not know what ${call} takes`);
    if (READ_OR_WRITTEN_WHOLE.has(call)) this.largestWhole = Math.max(this.largestWhole, bytes);
    if (requests.batch !== undefined) return this.#batches(requests, effect, entries);
    if (call === 'objects.write') return this.#parts(requests, effect, bytes);
    return this.meter.call(requests.name, this.latencies[requests.latency] + this.#transferMs(bytes), effect);
  }

  /** Batches of one call go out a few at a time. */
  async #batches<T>(requests: Requests, effect: () => T, entries: number): Promise<T> {
    const { name, latency, batch = 1, atATime = 1 } = requests;
    const result = effect();
    const batches = Math.ceil(entries / batch);
    if (batches === 0) return result;
    this.meter.add(name, batches - 1);
    await this.meter.call(name, this.latencies[latency] * Math.ceil(batches / atATime), () => undefined);
    return result;
  }

  async #parts<T>({ name, latency }: Requests, effect: () => T, bytes: number): Promise<T> {
    const result = effect();
    const parts = bytes <= PART_BYTES ? 1 : Math.ceil(bytes / PART_BYTES) + 2;
    for (let part = 0; part < parts; part += 1)
      await this.meter.call(name, this.latencies[latency] + this.#transferMs(bytes / parts), () => undefined);
    return result;
  }

  #transferMs = (bytes: number): number => bytes / (this.latencies.s3MegabytesPerSecond * 1000);
}

/** Counts items and DynamoDB's units; a transaction costs twice. */
export const meteredTable = (meter: Meter): TableUsage => ({
  wrote: (item, transaction) => {
    meter.add('items.written');
    meter.add('units.write', writeUnits(itemBytes(item)) * (transaction ? 2 : 1));
  },
  removed: (transaction) => {
    meter.add('items.deleted');
    meter.add('units.write', transaction ? 2 : 1);
  },
  read: (items, consistent) => {
    meter.add('units.read', items * (consistent ? 1 : 0.5));
  },
  scanned: (bytes, consistent) => {
    meter.add('units.read', readUnits(bytes) * (consistent ? 1 : 0.5));
  },
});
