import type {
  Instance,
  StackSetOperationStatus,
  StackSetDefinition,
  StackSets,
  Started,
} from '../../../source/custom-resources/stack-set/stack-sets.ts';
import type { FakeClock } from '../../../tools/simulation/fake-clock.ts';

interface Operation {
  readonly id: string;
  readonly what: string;
  readonly endsAt: number;
  /** Reason per Region; empty: it succeeds. */
  readonly failures: Readonly<Record<string, string>>;
  readonly effect: (failedRegions: readonly string[]) => void;
  settled: boolean;
}
interface FakeSet {
  definition: StackSetDefinition;
  readonly instances: Map<string, Instance>;
}

/** StackSets by the documented rules, on a virtual clock: one operation at a time, ids used once, never empty when deleted. */
export class FakeStackSets implements StackSets {
  readonly sets = new Map<string, FakeSet>();
  readonly operations: Operation[] = [];
  readonly log: string[] = [];
  operationMs = 120_000;
  /** Taken by the next operations, one each, in order; an error is thrown by the call that would start it. */
  readonly nextFailures: (Readonly<Record<string, string>> | Error)[] = [];
  readonly createErrors: Error[] = [];
  firstFailures: Record<string, string> = {};
  /** Whether an instance that fails to be added leaves a stack, ROLLBACK_COMPLETE, that keeps the bucket of its access logs. */
  failuresLeaveStacks = false;
  /** Buckets by stack. */
  readonly buckets = new Map<string, string[]>();
  /** Buckets that hold something. */
  readonly filledBuckets = new Set<string>();
  #stacks = 0;
  readonly #rolledBack = new Set<string>();

  constructor(private readonly clock: FakeClock) {}

  exists = async (name: string): Promise<boolean> => this.sets.has(name);
  create = async (definition: StackSetDefinition): Promise<void> => {
    const error = this.createErrors.shift();
    if (error !== undefined) throw error;
    if (!this.sets.has(definition.name)) {
      this.log.push('create set');
      this.sets.set(definition.name, { definition, instances: new Map() });
    }
  };
  delete = async (name: string): Promise<'done' | 'busy' | 'notEmpty'> => {
    const set = this.sets.get(name);
    if (set === undefined) return 'done';
    if (this.#running() !== undefined) return 'busy';
    if (set.instances.size > 0) return 'notEmpty';
    this.log.push('delete set');
    this.sets.delete(name);
    return 'done';
  };
  instances = async (name: string): Promise<readonly Instance[]> => {
    this.#settle();
    return [...this.#set(name).instances.values()];
  };

  startUpdate = async (definition: StackSetDefinition, order: readonly string[], id: string): Promise<Started> => {
    const set = this.#set(definition.name);
    return this.#start(
      id,
      `update ${order.join(',')}`,
      (failed) => {
        for (const [region, instance] of set.instances)
          set.instances.set(region, made(instance, failed.includes(region)));
      },
      () => {
        set.definition = definition; // kept even when the operation fails
      },
    );
  };
  startAdding = async (name: string, account: string, regions: readonly string[], id: string): Promise<Started> => {
    const set = this.#set(name);
    return this.#start(
      id,
      `add ${regions.join(',')}`,
      (failed) => {
        for (const region of regions) {
          const instance = set.instances.get(region) as Instance;
          const broken = instance.stackId !== undefined && this.#rolledBack.has(instance.stackId);
          set.instances.set(
            region,
            failed.includes(region) && !broken && this.failuresLeaveStacks
              ? this.#rolledBackStack(instance)
              : made(instance, broken || failed.includes(region)),
          );
        }
      },
      () => {
        for (const region of regions)
          if (!set.instances.has(region)) set.instances.set(region, { region, account, status: 'OUTDATED' });
      },
      // CloudFormation can only delete such a stack.
      Object.fromEntries(
        regions
          .filter((region) => this.#rolledBack.has(set.instances.get(region)?.stackId ?? ''))
          .map((region) => [region, 'Stack is in ROLLBACK_COMPLETE state and can not be updated.']),
      ),
    );
  };
  startRemoving = async (
    name: string,
    _account: string,
    regions: readonly string[],
    retain: boolean,
    id: string,
  ): Promise<Started> => {
    const set = this.#set(name);
    return this.#start(
      id,
      `${retain ? 'forget' : 'remove'} ${regions.join(',')}`,
      (failed) => {
        for (const region of regions) {
          const instance = set.instances.get(region) as Instance;
          if (failed.includes(region)) set.instances.set(region, { ...instance, status: 'INOPERABLE' });
          else set.instances.delete(region);
        }
      },
      () => {},
    );
  };

  hasRunningOperation = async (): Promise<boolean> => this.#running() !== undefined;
  operationStatus = async (_name: string, id: string): Promise<StackSetOperationStatus> => {
    this.#settle();
    const operation = this.operations.find((candidate) => candidate.id === id);
    if (operation === undefined) throw new Error(`no operation ${id}`);
    if (!operation.settled) return 'RUNNING';
    return Object.keys(operation.failures).length === 0 ? 'SUCCEEDED' : 'FAILED';
  };
  operationFailures = async (_name: string, id: string): Promise<readonly { region: string; reason: string }[]> =>
    Object.entries(this.operations.find((candidate) => candidate.id === id)?.failures ?? {}).map(
      ([region, reason]) => ({ region, reason }),
    );

  outputs = async (region: string, _stackId: string): Promise<Readonly<Record<string, string>>> => ({
    ImportWorkflowArn: `import-${region}`,
    VerifyWorkflowArn: `verify-${region}`,
    DrillWorkflowArn: `drill-${region}`,
    TopicArn: `topic-${region}`,
    MappingFileBucketName: `bucket-${region}`,
    MessageBrokerFunctionName: `broker-${region}`,
    ...(region === 'us-east-1' ? { ExportWorkflowArn: 'export-us-east-1' } : {}),
  });
  stackStatus = async (_region: string, stackId: string): Promise<string | undefined> =>
    this.#rolledBack.has(stackId) ? 'ROLLBACK_COMPLETE' : 'CREATE_COMPLETE';
  bucketsOf = async (_region: string, stackId: string): Promise<readonly string[]> => this.buckets.get(stackId) ?? [];
  removeEmptyBucket = async (_region: string, bucket: string): Promise<boolean> => {
    if (this.filledBuckets.has(bucket)) return false;
    for (const buckets of this.buckets.values())
      if (buckets.includes(bucket)) buckets.splice(buckets.indexOf(bucket), 1);
    return true;
  };
  firstFailure = async (region: string): Promise<string | undefined> => this.firstFailures[region];

  #rolledBackStack(instance: Instance): Instance {
    this.#stacks += 1;
    const stackId = `stack-${instance.region}-${this.#stacks}`;
    this.#rolledBack.add(stackId);
    this.buckets.set(stackId, [`logs-${instance.region}-${this.#stacks}`]);
    return { ...instance, status: 'OUTDATED', stackId };
  }
  #set(name: string): FakeSet {
    const set = this.sets.get(name);
    if (set === undefined)
      throw Object.assign(new Error(`StackSet ${name} not found`), { name: 'StackSetNotFoundException' });
    return set;
  }
  #settle(): void {
    for (const operation of this.operations) {
      if (operation.settled || operation.endsAt > this.clock.now()) continue;
      operation.settled = true;
      operation.effect(Object.keys(operation.failures));
    }
  }
  #running(): Operation | undefined {
    this.#settle();
    return this.operations.find(({ settled }) => !settled);
  }
  #start(
    id: string,
    what: string,
    effect: Operation['effect'],
    atOnce: () => void,
    certain: Readonly<Record<string, string>> = {},
  ): Started {
    const running = this.#running();
    if (this.operations.some((operation) => operation.id === id)) return 'running';
    if (running !== undefined) return 'busy';
    const next = this.nextFailures.shift() ?? {};
    if (next instanceof Error) throw next;
    const failures = { ...next, ...certain };
    this.log.push(what);
    this.operations.push({ id, what, endsAt: this.clock.now() + this.operationMs, failures, effect, settled: false });
    atOnce();
    return 'running';
  }
}

const made = (instance: Instance, failed: boolean): Instance =>
  failed
    ? { ...instance, status: 'OUTDATED' }
    : { ...instance, status: 'CURRENT', stackId: instance.stackId ?? `stack-${instance.region}` };
