import { forEachAtOnce } from '../../concurrency.ts';
import type { ObjectStore } from '../../ports.ts';
import { keyWithDigest } from '../../state/digest-keys.ts';
import { toNdjson } from '../../state/ndjson.ts';
import type { BatchPlan, UpdateOp } from '../plan/plan-model.ts';

/** Most operations of one batch. */
export const MAX_BATCH_OPS = 500;
/** Batches that are written at the same time. */
const PUTS_AT_A_TIME = 8;

/** Writes batches under consecutive numbers; `plans` lists them, valid after `flush`. */
export class BatchWriter {
  readonly plans: BatchPlan[] = [];
  #waiting: { readonly key: string; readonly body: string }[] = [];

  constructor(
    private readonly objects: Pick<ObjectStore, 'put'>,
    private readonly prefix: string,
    private readonly firstIndex: number,
  ) {}

  /** The batch's index. */
  async add(ops: readonly UpdateOp[], chunk: number | null): Promise<number> {
    const index = this.firstIndex + this.plans.length;
    const body = toNdjson(ops);
    const key = keyWithDigest(`${this.prefix}${String(index).padStart(6, '0')}`, 'ndjson', body);
    this.plans.push({ index, key, ops: ops.length, chunk });
    this.#waiting.push({ key, body });
    if (this.#waiting.length >= PUTS_AT_A_TIME) await this.flush();
    return index;
  }

  async flush(): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = [];
    await forEachAtOnce(waiting, PUTS_AT_A_TIME, async ({ key, body }) => {
      await this.objects.put(key, body);
    });
  }
}
