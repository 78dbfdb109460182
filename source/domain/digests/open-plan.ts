import type { OpenMarker } from '../backup/manifest.ts';
import type { BackupTable } from '../ports.ts';
import { PlannedChanges } from './planned-changes.ts';

/** Reads the plan that an OPEN marker names, once per invocation: a large one takes hundreds of items of the table. */
export class OpenPlanReader {
  #last: { readonly sha256: string; readonly changes: PlannedChanges } | undefined;

  constructor(private readonly table: Pick<BackupTable, 'getItem'>) {}

  /** Undefined where no plan is named, or while its digests have not all arrived in this Region. */
  async read(open: OpenMarker | undefined): Promise<PlannedChanges | undefined> {
    const plan = open?.plan;
    if (open === undefined || plan === undefined) return undefined;
    if (this.#last?.sha256 === plan.sha256) return this.#last.changes;
    const changes = await PlannedChanges.read(this.table, open.runId, plan);
    this.#last = changes === undefined ? undefined : { sha256: plan.sha256, changes };
    return changes;
  }
}
