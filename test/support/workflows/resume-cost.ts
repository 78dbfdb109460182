import { Pacer } from '../../../source/domain/pacing/pacer.ts';
import { addGroups, addUsers, aUser } from '../world/builders.ts';
import { KilledError } from '../world/calls.ts';
import type { EndedExecution } from '../../../tools/simulation/workflow/run-workflow.ts';
import { Stopped, WorkflowWorld } from './workflow-world.ts';

/** Milliseconds that calls take, about as AWS answers within a Region. */
const LATENCIES = {
  cognito: 60,
  'cognito.listUsersPage': 100,
  'cognito.listUsersInGroupPage': 100,
  jobs: 60,
  table: 10,
  objects: 30,
  queue: 10,
};
/** Of which Cognito sees nothing. */
const NOT_COGNITO = ['jobs.uploadCsv', 'jobs.readLog'];
export const CALLS_PER_SECOND = 25;

export interface PoolSize {
  readonly users: number;
  readonly pageSize: number;
}

/** A pool with groups of all sizes, disabled users, and one user in a hundred for whom the CSV is no way; calls take time and are paced. */
export function pacedWorld({ users, pageSize }: PoolSize): WorkflowWorld {
  const world = new WorkflowWorld();
  world.cognito.knobs.pageSize = pageSize;
  Object.assign(world.calls.latencies, LATENCIES);
  const pacer = new Pacer({ callsPerSecond: CALLS_PER_SECOND, clock: world.clock });
  world.paceBy({
    // Who waits for a grant when its process dies makes no call any more.
    take: async () => {
      const { generation } = world.calls;
      await pacer.take();
      if (generation !== world.calls.generation) throw new KilledError('killed');
    },
  });
  addUsers(world.source, users, { disabled: 0.03 });
  for (let odd = 0; odd < users / 100; odd += 1)
    world.source.put(
      aUser({
        username: `odd${odd}`,
        attributes: { email: `odd${odd}@example.test`, email_verified: 'true', name: 'two\nlines' },
      }),
    );
  addGroups(world.source, [users / 2, users / 10, ...Array.from({ length: 20 }, (_, index) => index * 3)]);
  return world;
}

export const cognitoCalls = ({ calls: { log } }: WorkflowWorld): number =>
  log.filter(({ call }) => /^(cognito|jobs)\./.test(call) && !NOT_COGNITO.includes(call)).length;

/** Of them, those of listings. */
export const listingCalls = ({ calls: { log } }: WorkflowWorld): number =>
  log.filter(({ call }) => /^cognito\.list\w+Page$/.test(call)).length;

/** Starts again until it ends well. Its process dies, and its execution with it, at these shares of the calls of an undisturbed run. */
export async function withKills(
  world: WorkflowWorld,
  start: () => Promise<EndedExecution>,
  { shares, calls }: { readonly shares: readonly number[]; readonly calls: number },
): Promise<void> {
  const before = world.calls.count;
  const kills = shares.map((share) => Math.max(1, Math.floor(share * calls))).sort((one, other) => one - other);
  world.stopOnKill = true;
  for (;;) {
    const at = kills.shift();
    if (at !== undefined) world.calls.killAt(Math.max(1, before + at - world.calls.count), 'after');
    if (await endsWell(start)) return;
  }
}

/** Stopped by hand at this share of the calls, and started again: the function that was at work goes on, unaware. */
export async function stoppedByHand(
  world: WorkflowWorld,
  start: () => Promise<EndedExecution>,
  { share, calls }: { readonly share: number; readonly calls: number },
): Promise<void> {
  const until = world.calls.count + share * calls;
  const first = endsWell(start);
  while (world.calls.count < until) await world.clock.sleep(20);
  world.stop();
  while (!(await endsWell(start)));
  await first;
}

async function endsWell(start: () => Promise<EndedExecution>): Promise<boolean> {
  try {
    const { status, error, cause } = await start();
    if (status !== 'SUCCEEDED') throw new Error(`${error}: ${cause}`);
    return true;
  } catch (error) {
    if (error instanceof Stopped) return false;
    throw error;
  }
}
