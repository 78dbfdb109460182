import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { PoolGroup, PoolSettings, PoolUser } from '../../source/domain/model.ts';
import type { ImportJob, TableItem, WorkMessage } from '../../source/domain/ports.ts';
import type { EndedExecution } from '../../tools/simulation/workflow/run-workflow.ts';
import { VerifyWorld } from './workflows/verify-world.ts';
import type { StoredJob } from '../../tools/simulation/import-jobs/simulated-jobs.ts';
import type { MemoryPool } from '../../tools/simulation/cognito/memory-pool.ts';

/** What a pool holds: users in the order of their listing, memberships in the order in which they were made. */
export interface StoredPool {
  readonly id: string;
  readonly name: string;
  readonly settings: PoolSettings;
  readonly users: readonly PoolUser[];
  readonly groups: readonly PoolGroup[];
  readonly memberships: readonly { readonly username: string; readonly group: string }[];
}

/** One file of test/fixtures: everything that lay in the account at one moment. */
export interface StoredState {
  /** ISO 8601. */
  readonly at: string;
  readonly pools: { readonly source: StoredPool; readonly target: StoredPool };
  readonly table: readonly TableItem[];
  readonly objects: Readonly<Record<string, { readonly text: string } | { readonly base64: string }>>;
  readonly jobs: readonly StoredJob[];
  readonly messages: {
    readonly export: readonly WorkMessage[];
    readonly newUsers: readonly WorkMessage[];
    readonly updates: readonly WorkMessage[];
  };
}

const FOLDER = join(import.meta.dirname, '..', 'fixtures', 'stored-state-2.0.0');

export const storedState = (name: 'sealed' | 'half-export' | 'half-restore'): StoredState =>
  JSON.parse(gunzipSync(readFileSync(join(FOLDER, `${name}.json.gz`))).toString('utf8')) as StoredState;

/** The workflows of today over what an earlier version stored; all that a test sees of the world behind it. */
export class StoredWorld {
  readonly #written: number;

  private constructor(private readonly world: VerifyWorld) {
    this.#written = world.home.table.written;
  }

  static async after(
    state: StoredState,
    { minutesLater = 1 }: { readonly minutesLater?: number } = {},
  ): Promise<StoredWorld> {
    const world = new VerifyWorld();
    const { home } = world;
    home.clock.advance(Date.parse(state.at) + minutesLater * 60_000 - home.clock.now());
    fill(home.source, state.pools.source);
    fill(home.target, state.pools.target);
    for (const item of state.table) home.table.seed(item);
    for (const [key, object] of Object.entries(state.objects))
      home.objects.stored.set(key, { body: bytesOf(object), etag: `"stored ${key}"` });
    for (const job of state.jobs) home.jobs.resume(job);
    await home.exportQueue.send(state.messages.export);
    await home.newUsersQueue.send(state.messages.newUsers);
    await home.updatesQueue.send(state.messages.updates);
    return new StoredWorld(world);
  }

  export(input: object = {}): Promise<EndedExecution> {
    return this.world.home.export(input);
  }

  import(input: object = {}): Promise<EndedExecution> {
    return this.world.home.import(input);
  }

  verify(input: object = {}): Promise<EndedExecution> {
    return this.world.verify(this.world.primary, input);
  }

  get target(): StoredPool {
    return contentOf(this.world.home.target);
  }

  /** Somebody deletes the user from the new pool. */
  deleteFromTarget(username: string): void {
    this.world.home.target.remove(username);
  }

  get jobs(): readonly ImportJob[] {
    return this.world.home.jobs.all;
  }

  get items(): readonly TableItem[] {
    return this.world.home.table.all();
  }

  /** Items written to the table since the state was loaded. */
  get itemsWritten(): number {
    return this.world.home.table.written - this.#written;
  }

  /** The object as JSON. */
  object<T>(key: string): T {
    return this.world.home.objects.json<T>(key);
  }

  /** Calls to Cognito since then, by the name of the port's method. */
  callsOf(method: string): number {
    return this.world.home.calls.countOf(`cognito.${method}`);
  }
}

function fill(pool: MemoryPool, { name, settings, users, groups, memberships }: StoredPool): void {
  pool.name = name;
  pool.settings = settings;
  for (const user of users) pool.put(user);
  for (const group of groups) pool.putGroup(group);
  for (const { username, group } of memberships) pool.join(username, group);
}

/** What a pool of the world in memory holds, as it is stored. */
export function contentOf(pool: MemoryPool): StoredPool {
  const memberships = [...pool.groups.values()].flatMap(({ group, members }) =>
    [...members].map(([username, joined]) => ({ username, group: group.name, joined })),
  );
  return {
    id: pool.id,
    name: pool.name,
    settings: pool.settings,
    users: pool.listing().map(({ user }) => user),
    groups: [...pool.groups.values()].map(({ group }) => group),
    memberships: memberships
      .sort((one, other) => one.joined - other.joined)
      .map(({ username, group }) => ({ username, group })),
  };
}

const bytesOf = (object: StoredState['objects'][string]): Uint8Array =>
  Uint8Array.from('text' in object ? Buffer.from(object.text) : Buffer.from(object.base64, 'base64'));
