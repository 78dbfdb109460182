import { readSealedBackup } from '../../backup/sealed-backup.ts';
import { spoolPrefix } from './planning-state.ts';
import type { PlanningRun, StateOf } from './planning-state.ts';
import { newScan, scanEnded, scanRound, spoolParts } from './scan.ts';
import { settleScan } from './settle-scan.ts';

/** A scan stores its progress at least so often. */
const ROUND_MS = 30_000;
const RESCAN_AFTER_MS = 20_000;

/** The first state of planning from the table. */
export const newTableRead = (): StateOf<'scan'> => ({ step: 'scan', scan: newScan() });

/** Scans on for a round; at the end of the table holds the scan against the manifest. Halts: those of settleScan. */
export async function scanStep(state: StateOf<'scan'>, run: PlanningRun): Promise<StateOf<'scan' | 'classify'>> {
  const { input, deps, stop } = run;
  const before = state.before ?? (await readSealedBackup(deps.table, input.tableName));
  const roundEnd = deps.clock.now() + ROUND_MS;
  const scan = await scanRound(state.scan, {
    table: deps.table,
    objects: deps.objects,
    spoolPrefix: spoolPrefix(run, 'read'),
    openRunId: before.openRunId,
    stop: () => deps.clock.now() >= roundEnd || stop(),
  });
  if (!scanEnded(scan)) return { ...state, before, scan };
  const after = await readSealedBackup(deps.table, input.tableName);
  const { verdict, ...settled } = settleScan({
    tableName: input.tableName,
    before,
    after,
    scan,
    now: deps.clock.now(),
    differsSince: state.differsSince,
    acceptIncomplete: input.options.acceptIncomplete,
  });
  if (verdict === 'accept') {
    const { counts, orphans } = scan;
    return {
      step: 'classify',
      accepted: settled as StateOf<'classify'>['accepted'],
      counts,
      orphans,
      parts: spoolParts(scan),
    };
  }
  deps.log.warn('The table does not match its manifest yet; it is scanned again', { ...scan.counts });
  await deps.clock.sleep(RESCAN_AFTER_MS);
  return { ...newTableRead(), ...settled };
}
