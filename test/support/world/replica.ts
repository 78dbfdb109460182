import type { TableItem } from '../../../source/domain/ports.ts';
import type { Calls } from './calls.ts';
import { MemoryTable } from './table.ts';

/**
 * The table as another Region shows it: what it holds is copied by `catchUp()`, wholly or only for the items that
 * `arrived` lets through, so that a test decides what the replica has not received yet.
 */
export class MemoryReplica extends MemoryTable {
  constructor(
    private readonly primary: MemoryTable,
    calls: Calls,
  ) {
    super(calls);
  }

  catchUp(arrived: (item: TableItem) => boolean = () => true): void {
    this.clear();
    for (const item of this.primary.all()) if (arrived(item)) this.seed(item);
  }
}
