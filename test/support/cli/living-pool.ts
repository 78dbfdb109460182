import { selectionKeys } from '../../../source/domain/import/plan/selection-keys.ts';
import {
  MISSING_RESULTS,
  RESULTS_HEADER,
  resultLine,
  SELECTION_DIFFERENCES_HEADER,
  SELECTION_RESULTS,
  selectionDifferenceLine,
} from '../../../source/domain/import/selection/report.ts';
import type {
  ResultRow,
  SelectionDifference,
  SelectionReport,
} from '../../../source/domain/import/selection/report.ts';
import type { SelectionRequest } from '../../../source/domain/import/selection/request.ts';
import type { PoolUser } from '../../../source/domain/model.ts';
import { addGroups, addUsers } from '../world/builders.ts';
import { exportedRun } from '../workflows/exported-run.ts';
import { SOURCE, WorkflowWorld } from '../workflows/workflow-world.ts';
import { awsError } from './fake-clients.ts';
import { healthyCli } from './healthy.ts';
import type { InstalledCli } from './installed.ts';
import { ACCOUNT, bucketIn, executionArn } from './stacks.ts';

/** The pool that is restored into: the one that was exported, alive. */
export const LIVING = SOURCE;

/** Exports of one pool, with their ids, the oldest first. */
export interface Exports {
  readonly world: WorkflowWorld;
  readonly runs: readonly string[];
}

/** Two nights of 30 users and two groups; in the second `user3` and `group1` are gone. */
export async function twoNights(prepare: (world: WorkflowWorld) => void = () => undefined): Promise<Exports> {
  const world = new WorkflowWorld();
  addUsers(world.source, 30);
  addGroups(world.source, [4, 3]);
  prepare(world);
  const first = await exportedRun(world);
  world.source.remove('user3');
  world.source.removeGroup('group1');
  const second = await exportedRun(world);
  return { world, runs: [first.manifest.runId, second.manifest.runId] };
}

/** A row of differences.csv about a user of the pool that was exported. */
export const aDifference = (
  user: PoolUser,
  over: Partial<SelectionDifference> & Pick<SelectionDifference, 'result'>,
): SelectionDifference => ({
  sub: user.sub,
  name: user.username,
  group: '',
  field: '',
  inPool: '',
  inBackup: '',
  run: '',
  poolSub: user.sub,
  what: '',
  ...over,
});

/** A command line beside these exports, and a workflow that answers what a test says. */
export class LivingPoolCli {
  readonly cli: InstalledCli;
  /** What a comparison finds, by its request. */
  differences: (request: SelectionRequest) => readonly SelectionDifference[] = () => [];
  /** What becomes of everybody; without it what was compared. */
  results: ((request: SelectionRequest) => readonly ResultRow[]) | undefined;
  /** With what the workflow halts instead, if it does; `dry` is that of a comparison. */
  halt: (dry: boolean) => { readonly error: string; readonly cause: string } | undefined = () => undefined;
  /** AWS's own recoveries of the pool, the newest first. */
  recoveries: readonly { readonly RestoreId: string; readonly RestoreStatus: string }[] = [];
  /** Whether executions go on and on. */
  endless = false;
  /** Of every start, in order. */
  readonly starts: { readonly input: Readonly<Record<string, unknown>>; readonly request: SelectionRequest }[] = [];

  constructor({ world }: Exports) {
    this.cli = healthyCli();
    this.cli.objects.clear();
    for (const region of ['us-east-1', 'eu-west-1'])
      for (const [key, { body }] of world.objects.stored)
        if (key.startsWith('snapshots/')) this.cli.put(region, key, body);
    this.cli.cloud
      .on('ListPointInTimeRecoveries', () => ({ Restorations: this.recoveries }))
      .on('PutObject', ({ Bucket, Key, Body, ExpectedBucketOwner, IfNoneMatch }) => {
        if (ExpectedBucketOwner !== ACCOUNT) throw awsError('AccessDenied');
        const path = `${Bucket as string}/${Key as string}`;
        if (IfNoneMatch === '*' && this.cli.objects.has(path)) throw awsError('PreconditionFailed');
        this.cli.objects.set(path, Body as string);
        return { ETag: 'e' };
      })
      .on('StartExecution', async ({ stateMachineArn, name, input }, region) => {
        await this.cli.clock.sleep(5_000);
        const workflow = (stateMachineArn as string).split(':').at(-1)?.split('-')[0] ?? '';
        const arn = executionArn(workflow, region, name as string);
        const ended = this.#run(JSON.parse(input as string) as Record<string, unknown>, region);
        const at = new Date(this.cli.clock.now());
        this.cli.executions.set(
          `${arn}${this.starts.length}`,
          this.endless
            ? { status: 'RUNNING', input: input as string, startDate: at }
            : { ...ended, input: input as string, startDate: at, stopDate: at },
        );
        return { executionArn: `${arn}${this.starts.length}` };
      });
  }

  /** The requests of the starts that may write. */
  get written(): readonly SelectionRequest[] {
    return this.starts.filter(({ input }) => input['DryRun'] !== true).map(({ request }) => request);
  }

  /** Runs a command with `--to` the living pool. */
  run(...args: readonly string[]): Promise<number> {
    return this.cli.run([...args, '--to', LIVING]);
  }

  /** What was printed, each run of blanks and line ends as one blank. */
  get shown(): string {
    return this.cli.out.replaceAll(/\s+/g, ' ');
  }

  #run(input: Readonly<Record<string, unknown>>, region: string): object {
    const key = input['Selection'] as string;
    const request = JSON.parse(this.cli.objects.get(`${bucketIn(region)}/${key}`) as string) as SelectionRequest;
    this.starts.push({ input, request });
    const dry = input['DryRun'] === true;
    const halt = this.halt(dry);
    if (halt !== undefined) return { status: 'FAILED', ...halt };
    const id = key.split('/')[3] as string;
    const keys = selectionKeys(LIVING, id);
    const differences = this.differences(request);
    const put = (path: string, content: object | string): void => this.cli.put(region, path, content);
    put(keys.differences, SELECTION_DIFFERENCES_HEADER + differences.map(selectionDifferenceLine).join(''));
    const rows = this.results?.(request) ?? differences.map((row) => ({ ...row, what: '' }));
    const outcome = rows.some(({ result }) => MISSING_RESULTS.includes(result)) ? 'partial' : 'complete';
    put(keys.report, this.#report(id, { request, dry, outcome }));
    if (dry) return { status: 'SUCCEEDED', output: { dryRun: true } };
    put(keys.results, RESULTS_HEADER + rows.map(resultLine).join(''));
    if (rows.some(({ result }) => result === 'updated')) put(keys.undo, {});
    return outcome === 'partial'
      ? { status: 'FAILED', error: 'RestoreIncomplete', cause: 'something is missing' }
      : { status: 'SUCCEEDED', output: {} };
  }

  #report(
    selectionId: string,
    {
      request,
      dry,
      outcome,
    }: { readonly request: SelectionRequest; readonly dry: boolean; readonly outcome: SelectionReport['outcome'] },
  ): SelectionReport {
    const none = Object.fromEntries(
      SELECTION_RESULTS.map((result) => [result, 0]),
    ) as unknown as SelectionReport['users'];
    const at = new Date(this.cli.clock.now()).toISOString();
    return {
      selectionId,
      newUserPoolId: LIVING,
      existing: request.existing,
      dryRun: dry,
      outcome,
      startedAt: at,
      endedAt: at,
      exportRuns: [],
      users: none,
      groups: none,
      memberships: none,
      notes: ['Note of the workflow.'],
    };
  }
}
