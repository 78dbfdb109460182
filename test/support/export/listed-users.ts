import { Checkpoint } from '../../../source/domain/state/checkpoint.ts';
import { SYNC_USERS_CHECKPOINT, syncUsers, usersStateShape } from '../../../source/domain/export/sync-users.ts';
import type { SyncUsersResult, UsersState } from '../../../source/domain/export/sync-users.ts';
import { KilledError } from '../world/calls.ts';
import type { World } from '../world/world.ts';
import { ExportRunner } from './export-runner.ts';

/** A rate at which one chain is held up by the latency of its pages, so that sixteen take over. */
const CALLS_PER_SECOND = 25;

/** An export's listing of users, invocation by invocation, and what it asks Cognito for. */
export class ListedUsers {
  /** The filter of each page that was asked for; empty for one chain over all. */
  readonly asked: string[] = [];
  readonly runner: ExportRunner;
  #runId = '';

  constructor(readonly world: World) {
    Object.assign(world.calls.latencies, { 'cognito.listUsersPage': 100, table: 5, objects: 5 });
    this.runner = new ExportRunner(world, { callsPerSecond: CALLS_PER_SECOND });
    const { listUsersPage } = world.cognito;
    world.cognito.listUsersPage = (poolId, request) => {
      this.asked.push(request.filter ?? '');
      return listUsersPage(poolId, request);
    };
  }

  async begin(): Promise<void> {
    ({ runId: this.#runId } = await this.runner.open());
  }

  /** One invocation; undefined when it was killed. */
  async invoke(): Promise<SyncUsersResult | undefined> {
    try {
      return await syncUsers(this.runner.deps(), { runId: this.#runId, callsPerSecond: CALLS_PER_SECOND });
    } catch (error) {
      if (!this.world.calls.killed && !(error instanceof KilledError)) throw error;
      return undefined;
    } finally {
      this.world.calls.revive();
    }
  }

  async state(): Promise<UsersState | undefined> {
    return Checkpoint.peek(this.world.objects, this.#key(), usersStateShape);
  }

  /** Takes from the checkpoint what versions before 2.1 did not store. */
  async asOfEarlierVersion(): Promise<void> {
    const state = await this.state();
    if (state === undefined) return;
    delete state.listing.before;
    delete state.listing.full;
    await Checkpoint.claim(this.world.objects, {
      key: this.#key(),
      shape: usersStateShape,
      claim: 'an earlier version',
      now: () => this.world.clock.now(),
      initial: () => state,
    }).then((checkpoint) => checkpoint.save(state));
  }

  #key(): string {
    return `exports/${this.#runId}/progress/${SYNC_USERS_CHECKPOINT}.json`;
  }
}
