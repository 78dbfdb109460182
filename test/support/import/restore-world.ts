import { isNamed } from '../../../source/domain/errors.ts';
import { importUsers } from '../../../source/domain/import/import-users.ts';
import type { ImportUsersDeps } from '../../../source/domain/import/jobs/deps.ts';
import { headKey } from '../../../source/domain/import/plan/restore-head.ts';
import type { ImportOptions } from '../../../source/domain/import/plan/plan-model.ts';
import type { RestoreHead } from '../../../source/domain/import/plan/restore-head.ts';
import type { ScanTableDeps } from '../../../source/domain/import/scan-table.ts';
import { creationIsAllowed } from '../../../source/domain/import/preflight/triggers.ts';
import type { RestoreOutcome } from '../../../source/domain/import/plan/outcome.ts';
import type { UpdateUsersDeps } from '../../../source/domain/import/updates/deps.ts';
import { passwordFrom, PASSWORD_BYTES } from '../../../source/domain/import/updates/password.ts';
import { updateUsers } from '../../../source/domain/import/update-users.ts';
import type { UpdateUsersResult } from '../../../source/domain/import/update-users.ts';
import type { PoolSettings } from '../../../source/domain/model.ts';
import type { ImportJob } from '../../../source/domain/ports.ts';
import { KilledError } from '../world/calls.ts';
import { NEW_POOL, PlanningWorld, RESTORE_ID } from './planning-world.ts';
import { sealBackup } from './sealed-backup.ts';

export const STATE_BUCKET = 'state-bucket';
const MAX_TURNS = 5_000;

/** A planned restore in memory, and the loop of ImportWorkflow that carries it out. */
export class RestoreWorld extends PlanningWorld {
  /** Jobs of which the end was told. */
  readonly ended: ImportJob[] = [];
  /** Runs when an import job has ended, before the product looks at anything. */
  whenJobEnded: () => void = () => undefined;
  /** The input RecreateMissing of the executions that follow. */
  recreateMissing = false;
  /** Turns of the loop, the measure of the execution's history. */
  turns = 0;
  #invocation = 0;
  #passwords = 0;

  constructor(settings: Partial<PoolSettings> = {}, targetSettings: Partial<PoolSettings> = {}) {
    super(settings, targetSettings);
    this.jobs.knobs.usersPerSecond = 30;
  }

  /** Seals a backup of the source pool and plans the restore. */
  async planned(over: Partial<ImportOptions> = {}, deps: Partial<ScanTableDeps> = {}): Promise<this> {
    sealBackup(this.table, this.source);
    await this.objects.put(
      headKey(NEW_POOL),
      JSON.stringify({
        restoreId: RESTORE_ID,
        phase: 'planning',
        updatedAt: '2026-03-01T00:00:00.000Z',
      } satisfies RestoreHead),
    );
    while (!(await this.scan(over, deps)).done) {
      /* next slice */
    }
    return this;
  }

  jobsDeps(): ImportUsersDeps {
    return {
      objects: this.objects,
      jobs: this.jobs,
      pool: this.cognito,
      newUsers: this.newUsersQueue,
      updates: this.updatesQueue,
      clock: this.clock,
      timeLeft: this.timeLeft(),
      claim: this.#claim(),
      log: this.log,
      jobEnded: (job) => {
        this.ended.push(job);
        this.whenJobEnded();
        return Promise.resolve();
      },
    };
  }

  updatesDeps(): UpdateUsersDeps {
    return {
      objects: this.objects,
      pool: this.cognito,
      writer: this.writer,
      updates: this.updatesQueue,
      clock: this.clock,
      timeLeft: this.timeLeft(),
      claim: this.#claim(),
      log: this.log,
      newPassword: () => passwordFrom(Buffer.alloc(PASSWORD_BYTES, (this.#passwords += 1))),
    };
  }

  /** One execution of the loop, as the state machine runs it; a killed or failed invocation ends it with its error. */
  async execute(executionArn = 'execution-1'): Promise<RestoreOutcome> {
    for (let turn = 0; turn < MAX_TURNS; turn += 1) {
      this.turns += 1;
      const jobs = await importUsers({ newUserPoolId: NEW_POOL, restoreId: RESTORE_ID }, this.jobsDeps());
      let updates = await this.update(executionArn);
      while (!updates.done && jobs.done) {
        this.turns += 1;
        updates = await this.update(executionArn);
      }
      if (updates.done) return updates;
      if (updates.idle) await this.clock.sleep(updates.waitSeconds * 1_000);
    }
    throw new Error('the loop of the workflow does not end');
  }

  update(executionArn: string): Promise<UpdateUsersResult> {
    return updateUsers(
      {
        newUserPoolId: NEW_POOL,
        restoreId: RESTORE_ID,
        mayCreateUsers: this.mayCreateUsers,
        recreateMissing: this.recreateMissing,
        executionArn,
        bucket: STATE_BUCKET,
      },
      this.updatesDeps(),
    );
  }

  /** As CheckNewUserPool finds it. */
  get mayCreateUsers(): boolean {
    return creationIsAllowed(this.plan().options, this.target.settings);
  }

  /** Starts again after every kill, as an operator would. */
  async executeDespiteKills(name = 'execution'): Promise<RestoreOutcome> {
    for (let start = 1; ; start += 1) {
      try {
        return await this.execute(`${name}-${start}`);
      } catch (error) {
        if (
          !(error instanceof KilledError) &&
          !(error instanceof Error && error.cause instanceof KilledError) &&
          !isNamed(error, 'ImportJobFailed')
        )
          throw error;
        this.calls.revive();
      }
    }
  }

  head(): RestoreHead {
    return this.objects.json<RestoreHead>(headKey(NEW_POOL));
  }

  report(name: 'report.json' | 'failures.csv' | 'sub-map.csv' | 'mfa.csv'): string {
    return this.objects.text(`restores/${NEW_POOL}/${RESTORE_ID}/report/${name}`);
  }

  #claim(): string {
    this.#invocation += 1;
    return `invocation-${String(this.#invocation).padStart(6, '0')}`;
  }
}
