import { manifestItem, latestItem } from '../../../source/domain/backup/manifest.ts';
import type { Manifest } from '../../../source/domain/backup/manifest.ts';
import { toAttributeValues } from '../../../source/adapters/item-codec.ts';
import type { TableItem } from '../../../source/domain/ports.ts';
import { CliProcess } from './cli-process.ts';
import { awsError } from './fake-clients.ts';
import { ACCOUNT, bucketIn, executionArn, instanceStack, mainStack } from './stacks.ts';

/** An execution as the fake Step Functions knows it: what each further look shows. */
export interface FakeExecution {
  status?: string;
  output?: object;
  error?: string;
  cause?: string;
  input?: string;
  startDate?: Date;
  stopDate?: Date;
}

/** A process beside a launched product, whose objects, items and executions a test sets. */
export class InstalledCli extends CliProcess {
  /** `<bucket>/<key>` to content. */
  readonly objects = new Map<string, string | Uint8Array>();
  /** `<region> <id> <type>` to item. */
  readonly items = new Map<string, TableItem>();
  readonly executions = new Map<string, FakeExecution>();
  /** Is called before an execution is described: a test lets it go on. */
  onDescribe: (execution: FakeExecution, arn: string) => void = () => undefined;

  constructor() {
    super();
    this.cloud
      .on('DescribeStacks', ({ StackName }, region) => {
        const stacks =
          { 'us-east-1': [mainStack(), instanceStack({ region: 'us-east-1' })], 'eu-west-1': [instanceStack()] }[
            region
          ] ?? [];
        const found = stacks.filter((stack) => StackName === undefined || stack.StackName === StackName);
        if (StackName !== undefined && found.length === 0)
          throw awsError('ValidationError', 'the stack does not exist');
        return { Stacks: found };
      })
      .on('GetCallerIdentity', () => ({ Account: ACCOUNT }))
      .on('StartExecution', ({ stateMachineArn, name, input }, region) => {
        const workflow = (stateMachineArn as string).split(':').at(-1)?.split('-')[0] ?? '';
        const arn = executionArn(workflow, region, name as string);
        this.executions.set(arn, { status: 'RUNNING', input: input as string, startDate: new Date(this.clock.now()) });
        return { executionArn: arn };
      })
      .on('DescribeExecution', ({ executionArn: arn }) => {
        const execution = this.executions.get(arn as string);
        if (execution === undefined) throw awsError('ExecutionDoesNotExist');
        this.onDescribe(execution, arn as string);
        const { output, ...rest } = execution;
        return {
          executionArn: arn as string,
          ...rest,
          ...(output === undefined ? {} : { output: JSON.stringify(output) }),
        };
      })
      .on('ListExecutions', ({ stateMachineArn, statusFilter }) => ({
        executions: [...this.executions]
          .filter(([arn]) => arn.startsWith((stateMachineArn as string).replace(':stateMachine:', ':execution:')))
          .filter(([, { status }]) => statusFilter === undefined || status === statusFilter)
          .map(([arn, execution]) => ({ executionArn: arn, ...execution })),
      }))
      .on('GetObject', ({ Bucket, Key, Range }) => {
        const content = this.objects.get(`${Bucket as string}/${Key as string}`);
        if (content === undefined) throw awsError('NoSuchKey');
        const [, from = '0', to = 'Infinity'] = /^bytes=(\d+)-(\d+)?$/.exec(String(Range)) ?? [];
        const bytes = Buffer.from(content as Uint8Array).subarray(Number(from), Number(to) + 1);
        const pieces = async function* (): AsyncGenerator<Uint8Array> {
          for (let at = 0; at < bytes.length; at += 1_000) yield bytes.subarray(at, at + 1_000);
        };
        return {
          ETag: 'e',
          Body: { transformToByteArray: () => Promise.resolve(bytes), [Symbol.asyncIterator]: pieces },
        };
      })
      .on('PutObject', ({ Bucket, Key, Body }) => {
        this.objects.set(`${Bucket as string}/${Key as string}`, Body as string | Uint8Array);
        return { ETag: 'e' };
      })
      .on('ListObjectsV2', ({ Bucket, Prefix }) => ({
        Contents: [...this.objects.keys()]
          .filter((path) => path.startsWith(`${Bucket as string}/${Prefix as string}`))
          .map((path) => ({ Key: path.slice((Bucket as string).length + 1) })),
      }))
      .on('GetItem', ({ Key }, region) => {
        const { id, type } = Key as { id: { S: string }; type: { S: string } };
        const item = this.items.get(`${region} ${id.S} ${type.S}`);
        return item === undefined ? {} : { Item: toAttributeValues(item) };
      });
  }

  put(region: string, key: string, content: object | string | Uint8Array): void {
    const isText = typeof content === 'object' && !(content instanceof Uint8Array);
    this.objects.set(`${bucketIn(region)}/${key}`, isText ? JSON.stringify(content) : content);
  }

  /** Makes a run the last sealed one of these Regions' tables. */
  seal(manifest: Manifest, regions: readonly string[] = ['us-east-1', 'eu-west-1']): void {
    for (const region of regions)
      for (const item of [manifestItem(manifest), latestItem(manifest)])
        this.items.set(`${region} ${item.id} ${item.type}`, item);
  }

  /** Ends whatever runs, at its second look or a later one. */
  endWith(end: FakeExecution, { after = 1 }: { readonly after?: number } = {}): void {
    let looks = 0;
    this.onDescribe = (execution) => {
      looks += 1;
      if (looks > after) Object.assign(execution, { stopDate: new Date(this.clock.now()) }, end);
    };
  }

  /** The input of the last start. */
  get startedWith(): Readonly<Record<string, unknown>> {
    const start = this.cloud.inputs.findLast(({ action }) => action === 'StartExecution');
    return JSON.parse(start?.input['input'] as string) as Record<string, unknown>;
  }

  /** The last line of --json. */
  get summary(): Readonly<Record<string, unknown>> {
    return this.lines.at(-1) ?? {};
  }

  get error(): Readonly<Record<string, string>> {
    return JSON.parse(this.err) as Record<string, string>;
  }
}
