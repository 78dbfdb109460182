import { expect } from 'chai';
import { groupOf, itemKind, subOfKey } from '../../../source/domain/backup/items.ts';
import type { GroupItem, UserItem } from '../../../source/domain/backup/items.ts';
import { LATEST_KEY } from '../../../source/domain/backup/manifest.ts';
import type { PoolUser } from '../../../source/domain/model.ts';
import type { Page } from '../../../source/domain/ports.ts';
import { seededRandom, wholeNumber } from '../../../tools/simulation/random.ts';
import { differences } from '../../support/import/differences.ts';
import { SOURCE, TARGET, WorkflowWorld } from '../../support/workflows/workflow-world.ts';
import { addGroups, addUsers, aGroup, aUser } from '../../support/world/builders.ts';
import { MemoryPool } from '../../../tools/simulation/cognito/memory-pool.ts';
import type { SimulatedTable } from '../../../tools/simulation/storage/table.ts';

const RUNS = 4;

/** The pool as the table has it now: what the run that was just sealed must bring back. */
function poolIn(table: SimulatedTable): MemoryPool {
  const pool = new MemoryPool(SOURCE);
  const items = table.all();
  const names = new Map<string, string>();
  for (const item of items) {
    if (itemKind(item) === 'group') {
      const { groupName, description, precedence } = item as GroupItem;
      pool.putGroup({
        name: groupName,
        ...(description === undefined ? {} : { description }),
        ...(precedence === undefined ? {} : { precedence }),
      });
    }
    if (itemKind(item) !== 'user') continue;
    const { username, attributes, enabled, status, created, modified } = item as UserItem;
    pool.put({ username, sub: subOfKey(item), attributes, enabled, status, created, modified });
    names.set(subOfKey(item), username);
  }
  for (const item of items)
    if (itemKind(item) === 'membership') pool.join(names.get(subOfKey(item)) as string, groupOf(item));
  return pool;
}

/** A pool over which `RUNS` exports have run, with changes in between; some users were missed by the listing of a run. */
async function history(seed: number): Promise<{
  readonly world: WorkflowWorld;
  readonly runs: readonly { readonly runId: string; readonly pool: MemoryPool }[];
}> {
  const random = seededRandom(seed);
  const world = new WorkflowWorld(seed);
  addUsers(world.source, 40, { random, disabled: 0.1 });
  addGroups(world.source, [2, 15, 30], { random });
  const runs: { runId: string; pool: MemoryPool }[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    // Whom no listing has ever shown, no export can know.
    const missed = new Set([...(runs.at(-1)?.pool.users.keys() ?? [])].filter(() => random() < 0.1));
    const { listUsersPage, listUsersInGroupPage } = world.cognito;
    const shown = ({ items, ...rest }: Page<PoolUser>): Page<PoolUser> => ({
      ...rest,
      items: items.filter(({ username }) => !missed.has(username)),
    });
    world.cognito.listUsersPage = async (poolId, request) => {
      const page = await listUsersPage(poolId, request);
      return request.filter?.startsWith('sub = ') === true ? page : shown(page);
    };
    world.cognito.listUsersInGroupPage = async (...request) => shown(await listUsersInGroupPage(...request));
    expect(await world.export({ AllowMassDelete: true })).to.include({ status: 'SUCCEEDED' });
    Object.assign(world.cognito, { listUsersPage, listUsersInGroupPage });
    runs.push({ runId: world.table.peek(LATEST_KEY)?.runId as string, pool: poolIn(world.table) });
    world.clock.advance(3_600_000 + wholeNumber(random, 1_000, 90_000));
    change(world.source, run, random);
  }
  return { world, runs };
}

const pick = <T>(random: () => number, values: readonly T[]): T =>
  values[wholeNumber(random, 0, values.length - 1)] as T;

function change(pool: MemoryPool, run: number, random: () => number): void {
  const names = (): string[] => [...pool.users.keys()];
  for (let n = 0; n < 4; n += 1) pool.remove(pick(random, names()));
  for (let n = 0; n < 3; n += 1)
    pool.put(
      aUser({
        username: `new-${run}-${n}`,
        attributes: { email: `new-${run}-${n}@example.test`, email_verified: random() < 0.7 ? 'true' : 'false' },
      }),
    );
  for (let n = 0; n < 5; n += 1) {
    const user = pool.find(pick(random, names())) as PoolUser;
    pool.put({ ...user, enabled: random() < 0.5, attributes: { ...user.attributes, nickname: `run ${run}` } });
  }
  pool.putGroup(aGroup({ name: `group-of-${run}`, description: `made after run ${run}` }));
  for (const name of names()) {
    if (random() < 0.1) pool.join(name, `group-of-${run}`);
    if (random() < 0.1) pool.leave(name, 'group1');
  }
}

describe('Every kept run', function () {
  this.timeout(60_000);

  for (const seed of [1, 2, 3]) {
    it(`comes back exactly as the backup was then (seed ${seed})`, async () => {
      const { world, runs } = await history(seed);
      const keptLate = [...world.objects.stored.keys()].filter((key) => /^snapshots\/.*\/kept\.ndjson\.gz$/.test(key));
      expect(keptLate).to.have.length.of.at.least(1);
      world.source.users.clear();
      for (const { runId, pool } of runs) {
        const target = new MemoryPool(TARGET, { settings: world.source.settings });
        world.pools.set(TARGET, target);
        for (const key of [...world.objects.stored.keys()])
          if (key.startsWith('restores/')) world.objects.stored.delete(key);
        expect(await world.import({ ExportRun: runId }), runId).to.include({ status: 'SUCCEEDED' });
        expect(differences(pool, target), runId).to.deep.equal([]);
        expect(world.head()?.phase).to.equal('complete');
      }
    });
  }
});
