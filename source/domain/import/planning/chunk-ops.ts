import type { RestoreUser, UpdateOp } from '../plan/plan-model.ts';
import { MAX_BATCH_OPS } from './batch-writer.ts';
import type { BatchWriter } from './batch-writer.ts';
import type { ExpectedWriter } from './expected-writer.ts';

/** What is left to do for the users of one chunk when its import job has ended: kept as names and pairs of numbers. */
export class ChunkOps {
  readonly #users: { readonly sub: string; readonly name: string }[] = [];
  readonly #disabled: number[] = [];
  /** One entry per membership: index into #users, and group. */
  readonly #members: number[] = [];
  readonly #groups: number[] = [];

  add({ sub, name, enabled, groups }: RestoreUser): void {
    if (enabled && groups.length === 0) return;
    const index = this.#users.push({ sub, name }) - 1;
    if (!enabled) this.#disabled.push(index);
    for (const group of groups) {
      this.#members.push(index);
      this.#groups.push(group);
    }
  }

  /** Batches of the chunk: `disable` first, then `add` group by group. */
  async write(batches: BatchWriter, expected: ExpectedWriter, chunk: number): Promise<void> {
    let ops: UpdateOp[] = [];
    const flush = async (): Promise<void> => {
      if (ops.length === 0) return;
      const index = await batches.add(ops, chunk);
      for (const op of ops) if (op.op === 'add') expected.membership(op.group, op.name, index);
      ops = [];
    };
    for (const op of this.#inOrder()) {
      ops.push(op);
      if (ops.length === MAX_BATCH_OPS) await flush();
    }
    await flush();
  }

  *#inOrder(): Generator<UpdateOp> {
    for (const index of this.#disabled)
      yield { op: 'disable', ...(this.#users[index] as { sub: string; name: string }) };
    for (const at of sortedBy(this.#groups)) {
      yield {
        op: 'add',
        ...(this.#users[this.#members[at] as number] as { sub: string; name: string }),
        group: this.#groups[at] as number,
      };
    }
  }
}

/** Indexes of `values` (whole numbers from 0) in ascending order of value; a counting sort, stable and linear. */
function sortedBy(values: readonly number[]): Uint32Array {
  const starts: number[] = [];
  for (const value of values) starts[value + 1] = (starts[value + 1] ?? 0) + 1;
  let sum = 0;
  for (let value = 0; value < starts.length; value++) {
    sum += starts[value] ?? 0;
    starts[value] = sum;
  }
  const order = new Uint32Array(values.length);
  values.forEach((value, index) => {
    const at = starts[value] as number;
    order[at] = index;
    starts[value] = at + 1;
  });
  return order;
}
