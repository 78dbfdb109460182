import { setTimeout as sleep } from 'node:timers/promises';
import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import type { SFNClient } from '@aws-sdk/client-sfn';
import type { SeededRandom } from '../demo/seed/random.ts';
import { ranSideBySide } from './side-by-side.ts';
import { endOf, execute, startExecution } from '../deploy/executions.ts';
import type { FinishedExecution } from '../deploy/executions.ts';

/** A workflow that is started until it has ended well, as an operator would: "start it again" is all the repair there is. */
export interface RunSetting {
  readonly sfn: SFNClient;
  readonly workflow: string;
  readonly input: object;
  readonly event: string;
  readonly random: SeededRandom;
  /** What else happens while the first execution runs; awaited before the next start. */
  readonly meanwhile: () => Promise<void>;
  /** Called before the n-th start, from 2 on: faults do not last for ever. */
  readonly beforeRestart: (start: number) => Promise<void>;
}

/** Errors of a failed execution that are the faults' own doing; any other one is a finding. */
export const TOLERATED =
  /^(ServiceError|Throttled|Unprocessed|InvalidPaginationToken|Runtime\.ExitError|Lambda\.\w+|States\.\w+|Sandbox\.Timedout)$/;
const MAX_STARTS = 8;

export interface RunOutcome {
  readonly last: FinishedExecution;
  readonly starts: number;
  /** Names of the errors with which executions ended before the last. */
  readonly errors: readonly string[];
  readonly problems: readonly string[];
}

/** Starts until an execution succeeds, or ends with an error in `final`. */
export async function runUntilWell(
  run: RunSetting,
  final: readonly string[],
  expected: readonly string[] = [],
): Promise<RunOutcome> {
  const errors: string[] = [];
  const problems: string[] = [];
  for (let start = 1; ; start += 1) {
    if (start > 1) await run.beforeRestart(start);
    const ended = start === 1 ? await firstStart(run, problems) : await execute(run.sfn, run.workflow, run.input);
    if (ended.status === 'SUCCEEDED' || final.includes(ended.error))
      return { last: ended, starts: start, errors, problems };
    errors.push(ended.error || ended.status);
    const tolerated =
      ended.status === 'ABORTED'
        ? run.event === 'stopped by hand'
        : TOLERATED.test(ended.error) || expected.includes(ended.error);
    if (!tolerated) problems.push(`start ${start} ended as ${ended.status}: ${ended.error}: ${ended.cause}`);
    if (start === MAX_STARTS || problems.length > 3)
      return {
        last: ended,
        starts: start,
        errors,
        problems: [...problems, `still ${ended.status} (${ended.error}: ${ended.cause}) after ${start} starts`],
      };
  }
}

/** The first execution, with whatever happens to it. */
async function firstStart(run: RunSetting, problems: string[]): Promise<FinishedExecution> {
  const { sfn, workflow, input, event, random } = run;
  if (event === 'two starts at once') return twoStarts(run, problems);
  const executionArn = await startExecution(sfn, workflow, input);
  const meanwhile = run.meanwhile();
  if (event === 'stopped by hand') {
    await sleep(random.integer(300, 6_000));
    await sfn.send(new StopExecutionCommand({ executionArn })).catch(() => undefined);
  }
  if (event === 'a second start') {
    await sleep(random.integer(200, 2_500));
    const second = await execute(sfn, workflow, input);
    const first = await endOf(sfn, executionArn);
    await meanwhile;
    return oneRan(sfn, first, second, problems);
  }
  const ended = await endOf(sfn, executionArn);
  await meanwhile;
  return ended;
}

async function twoStarts(
  { sfn, workflow, input, meanwhile }: RunSetting,
  problems: string[],
): Promise<FinishedExecution> {
  const arns = await Promise.all([startExecution(sfn, workflow, input), startExecution(sfn, workflow, input)]);
  const [[first, second]] = await Promise.all([Promise.all(arns.map((arn) => endOf(sfn, arn))), meanwhile()]);
  return oneRan(sfn, first as FinishedExecution, second as FinishedExecution, problems);
}

/** Of two executions one halts, unless the other one was already gone. */
async function oneRan(
  sfn: SFNClient,
  first: FinishedExecution,
  second: FinishedExecution,
  problems: string[],
): Promise<FinishedExecution> {
  const halted = [first, second].filter(({ error }) => error === 'ExecutionAlreadyRunning');
  if (halted.length === 2) problems.push('two starts halted each other');
  const alone = [first, second].filter(({ status, error }) => status === 'SUCCEEDED' || error === '');
  if (
    halted.length === 0 &&
    alone.length === 2 &&
    (await ranSideBySide(sfn, [first.executionArn, second.executionArn]))
  )
    problems.push('two executions at the same time both ran');
  return (
    [first, second].find(({ status }) => status === 'SUCCEEDED') ??
    [first, second].find(({ error }) => error !== 'ExecutionAlreadyRunning') ??
    first
  );
}
