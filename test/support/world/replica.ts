import type { TableItem } from '../../../source/domain/ports.ts';
import { MemoryItems } from '../../../tools/simulation/storage/memory-items.ts';
import { SimulatedTable } from '../../../tools/simulation/storage/table.ts';
import type { Calls } from './calls.ts';

/**
 * The table as another Region shows it: what it holds is copied by `catchUp()`, wholly or only for the items that
 * `arrived` lets through, so that a test decides what the replica has not received yet.
 */
export class MemoryReplica extends SimulatedTable {
  constructor(
    private readonly primary: SimulatedTable,
    calls: Calls,
  ) {
    super(calls, new MemoryItems());
  }

  catchUp(arrived: (item: TableItem) => boolean = () => true): void {
    this.clear();
    for (const item of this.primary.all()) if (arrived(item)) this.seed(item);
  }
}
