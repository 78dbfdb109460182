import type { RestoreUser, UpdateOp } from '../plan/plan-model.ts';
import { MAX_BATCH_OPS } from './batch-writer.ts';
import type { BatchWriter } from './batch-writer.ts';
import type { ExpectedWriter } from './expected-writer.ts';

/** A user may hold 140 KB of attributes: a batch ends early rather than grow beyond a few megabytes. */
const MAX_BATCH_CHARS = 4_000_000;

/** Batches of users who are created one by one; all operations of one user are in the same batch. */
export class CreateBatches {
  users = 0;
  #ops: UpdateOp[] = [];
  #chars = 0;

  constructor(
    private readonly batches: BatchWriter,
    private readonly expected: ExpectedWriter,
  ) {}

  async add(user: RestoreUser, why: string): Promise<void> {
    const { sub, name, enabled, groups } = user;
    const ops: UpdateOp[] = [
      { op: 'create', user, why },
      ...(enabled ? [] : [{ op: 'disable' as const, sub, name }]),
      ...groups.map((group) => ({ op: 'add' as const, sub, name, group })),
    ];
    const chars = JSON.stringify(user.attributes).length;
    if (this.#ops.length + ops.length > MAX_BATCH_OPS || this.#chars + chars > MAX_BATCH_CHARS) await this.flush();
    this.#ops.push(...ops);
    this.#chars += chars;
    this.users += 1;
  }

  async flush(): Promise<void> {
    if (this.#ops.length === 0) return;
    const index = await this.batches.add(this.#ops, null);
    for (const op of this.#ops) {
      if (op.op === 'create') this.expected.user(op.user, null, index);
      else if (op.op === 'add') this.expected.membership(op.group, op.name, index);
    }
    this.#ops = [];
    this.#chars = 0;
  }
}
