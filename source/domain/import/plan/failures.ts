import * as v from 'valibot';
import type { Appendix } from '../../state/progress.ts';
import { keyWithDigest } from '../../state/digest-keys.ts';
import { restoreFolder } from './plan-model.ts';
import { toNdjson } from '../../state/ndjson.ts';
import { countShape, subShape } from '../../state/shape.ts';
import type { Stored } from '../../state/shape.ts';

export const failureShape = v.object({
  sub: subShape,
  name: v.string(),
  /**
   * row: the import job refused the row; create: creating the user one by one was refused; created: it was created one
   * by one; password: it was, but without a password; blocked: its updates were left out; update: an update was refused;
   * takenBack: what had been done by the user's name to somebody else's account was undone.
   */
  kind: v.picklist(['row', 'create', 'created', 'password', 'blocked', 'update', 'takenBack']),
  /** Cognito's exception name, the job log's text, or the plan's reason. */
  reason: v.string(),
  /** Line of the job's CSV, 1 = first data row, and the job. */
  line: v.exactOptional(countShape),
  job: v.exactOptional(v.string()),
  /** Of a membership. */
  group: v.exactOptional(v.string()),
});
/** Something that could not be done as planned for one user; one JSON line, for the report. */
export type Failure = Stored<typeof failureShape>;

const FAILURES = 'failures';
/** Objects of Failures lie below this prefix, in NDJSON. */
export const failuresPrefix = (poolId: string, restoreId: string): string =>
  `${restoreFolder(poolId, restoreId)}${FAILURES}/`;

/** Failures of one invocation: stored, in objects of their own, before the progress that leaves them behind. */
export class FailureLog implements Appendix {
  readonly pending = 0;
  #waiting: Failure[] = [];

  add(failure: Failure): void {
    this.#waiting.push(failure);
  }

  cut(newKey: (kind: string) => string): ReturnType<Appendix['cut']> {
    if (this.#waiting.length === 0) return [];
    const body = toNdjson(this.#waiting);
    this.#waiting = [];
    return [{ key: keyWithDigest(newKey(FAILURES), 'ndjson', body), body }];
  }
}
