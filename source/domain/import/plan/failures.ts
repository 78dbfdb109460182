import type { ObjectStore } from '../../ports.ts';
import { sealedKey } from '../../state/sealed-keys.ts';
import { restoreFolder } from './plan-model.ts';
import { toNdjson } from '../../state/ndjson.ts';

/** Something that could not be done as planned for one user; one JSON line, for the report. */
export interface Failure {
  readonly sub: string;
  readonly name: string;
  /**
   * row: the import job refused the row; create: creating the user one by one was refused; created: it was created one
   * by one; password: it was, but without a password; blocked: its updates were left out; update: an update was refused.
   */
  readonly kind: 'row' | 'create' | 'created' | 'password' | 'blocked' | 'update';
  /** Cognito's exception name, the job log's text, or the plan's reason. */
  readonly reason: string;
  /** Line of the job's CSV, 1 = first data row, and the job. */
  readonly line?: number;
  readonly job?: string;
}

export const failuresPrefix = (poolId: string, restoreId: string): string =>
  `${restoreFolder(poolId, restoreId)}failures/`;

/**
 * Failures of one invocation. They are stored before the progress that leaves them behind, in objects of their own; those
 * that could not be stored wait for the next flush.
 */
export class FailureLog {
  #waiting: Failure[] = [];
  #parts = 0;

  constructor(
    private readonly store: Pick<ObjectStore, 'put'>,
    private readonly prefix: string,
    private readonly claim: string,
  ) {}

  add(failure: Failure): void {
    this.#waiting.push(failure);
  }

  async flush(): Promise<void> {
    if (this.#waiting.length === 0) return;
    const failures = this.#waiting;
    this.#waiting = [];
    this.#parts += 1;
    const body = toNdjson(failures);
    try {
      await this.store.put(
        sealedKey(`${this.prefix}${this.claim}-${String(this.#parts).padStart(5, '0')}`, 'ndjson', body),
        body,
      );
    } catch (error) {
      this.#waiting = [...failures, ...this.#waiting];
      throw error;
    }
  }
}
