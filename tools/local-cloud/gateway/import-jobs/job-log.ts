import { AwsError } from '../aws-error.ts';
import type { ImportJobsDeps } from './deps.ts';
import { rootOf } from './deps.ts';
import type { JobRecord } from '../../../simulation/import-jobs/ledger.ts';
import { logLine } from '../../../simulation/import-jobs/rows.ts';
import type { RowResult } from '../../../simulation/import-jobs/rows.ts';

/**
 * The log of one import job: group `/aws/cognito/userpools/<pool id>/<pool name>`, stream `<job id>/<job name>`, one
 * line per row. Lines can be late or lost, as on AWS, where the log is not part of the job's result.
 */
export class JobLog {
  readonly #deps: Pick<ImportJobsDeps, 'backend' | 'now' | 'sleep' | 'options'>;
  readonly #job: JobRecord;
  readonly #group: string;
  readonly #stream: string;
  #written = 0;
  #late: Promise<void> = Promise.resolve();

  constructor(job: JobRecord, poolName: string, deps: Pick<ImportJobsDeps, 'backend' | 'now' | 'sleep' | 'options'>) {
    this.#deps = deps;
    this.#job = job;
    this.#group = `/aws/cognito/userpools/${job.poolId}/${poolName}`;
    this.#stream = `${job.jobId}/${job.jobName}`;
  }

  async open(): Promise<void> {
    await this.#ignoringExisting('CreateLogGroup', { logGroupName: this.#group });
    await this.#ignoringExisting('CreateLogStream', { logGroupName: this.#group, logStreamName: this.#stream });
  }

  async write(results: readonly RowResult[]): Promise<void> {
    const { logDelayMs, dropEveryNthLogLine } = this.#deps.options();
    const timestamp = Math.trunc(this.#deps.now());
    const kept = results.filter(() => {
      this.#written += 1;
      return dropEveryNthLogLine === 0 || this.#written % dropEveryNthLogLine !== 0;
    });
    const events = kept.map((result) => ({ timestamp, message: logLine(result) }));
    if (events.length === 0) return;
    if (logDelayMs === 0) return this.#put(events);
    // A job can end before its last lines appear: nobody waits for them, and one that cannot be written any more is lost.
    this.#late = this.#late
      .then(() => this.#deps.sleep(Math.max(0, timestamp + logDelayMs - this.#deps.now())))
      .then(() => this.#put(events))
      .catch(() => undefined);
  }

  async #put(events: readonly { timestamp: number; message: string }[]): Promise<void> {
    await this.#call('PutLogEvents', { logGroupName: this.#group, logStreamName: this.#stream, logEvents: events });
  }

  async #ignoringExisting(action: string, params: object): Promise<void> {
    try {
      await this.#call(action, params);
    } catch (error) {
      if (!(error instanceof AwsError) || error.code !== 'ResourceAlreadyExistsException') throw error;
    }
  }

  async #call(action: string, params: object): Promise<void> {
    await this.#deps.backend.json(
      'logs',
      `Logs_20140328.${action}`,
      this.#job.region,
      params,
      rootOf(this.#job.account),
    );
  }
}
