import * as v from 'valibot';
import { countsShape } from '../backup/manifest.ts';
import type { ObjectStore } from '../ports.ts';
import { readJsonIfWhole } from '../state/json-object.ts';
import { countShape, idShape, textsShape, timeShape } from '../state/shape.ts';
import type { Stored } from '../state/shape.ts';
import { verificationFolder } from '../verify/verify-event.ts';
import { DRILLS_PREFIX } from './pool-record.ts';

export const drillReportShape = v.object({
  /**
   * `good`: what was restored is what the backup holds; `different`: it is not; `failed`: the drill came to no result;
   * `ended`: a restore needed what the drill used.
   */
  outcome: v.picklist(['good', 'different', 'failed', 'ended']),
  executionArn: v.string(),
  startedAt: timeShape,
  endedAt: timeShape,
  /** The name of the error that it ended with, where it was not good. */
  error: v.exactOptional(v.string()),
  /** Absent where no pool was made: then all that follows is, too. */
  poolId: v.exactOptional(v.string()),
  exportRun: v.exactOptional(idShape),
  /** Whether everybody was to be restored. */
  everybody: v.exactOptional(v.boolean()),
  /** In the run. */
  backup: v.exactOptional(countsShape),
  /** What of it the drill was to restore, and to find in the pool. */
  rehearsed: v.exactOptional(countsShape),
  /** Settings in which the made pool differs from the kept ones. */
  settingsDiffer: v.exactOptional(textsShape),
  /** Settings that the made pool did without on purpose, so that nothing about them was rehearsed. */
  leftOut: v.exactOptional(textsShape),
  /** Users who count as active this month because of the drill, at most. */
  mostActiveUsers: v.exactOptional(countShape),
  /** What a restore of everybody would take, by what this one took; absent where too little was measured. */
  projectedSeconds: v.exactOptional(countShape),
  /** Keys of the reports of the restore and of the comparison; these may hold personal data. */
  reportKeys: textsShape,
});
/** How a drill ended (drill.json). Nothing in it is personal. */
export type DrillReport = Stored<typeof drillReportShape>;

export const lastDrillShape = v.object({
  last: drillReportShape,
  /** When the last good drill ended. */
  lastGoodAt: v.exactOptional(timeShape),
});
/** The last drill of a Region, whatever its end. */
export type LastDrill = Stored<typeof lastDrillShape>;

/** Key of what a drill found, beside the report of its comparison. */
export const drillReportKey = (executionArn: string): string => `${verificationFolder(executionArn)}drill.json`;
/** Key of the last drill of this Region. */
export const LAST_DRILL_KEY = `${DRILLS_PREFIX}last.json`;

/** Undefined where there was none, and where the object is damaged: the next drill writes it anew. */
export const readLastDrill = (objects: Pick<ObjectStore, 'get'>): Promise<LastDrill | undefined> =>
  readJsonIfWhole(objects, LAST_DRILL_KEY, lastDrillShape);

/** Writes drill.json, then that it was the last one. */
export async function writeDrillReport(
  objects: Pick<ObjectStore, 'get' | 'put'>,
  report: DrillReport,
): Promise<LastDrill> {
  await objects.put(drillReportKey(report.executionArn), `${JSON.stringify(report, null, 2)}\n`);
  const before = await readLastDrill(objects);
  const lastGoodAt = report.outcome === 'good' ? report.endedAt : before?.lastGoodAt;
  const last: LastDrill = { last: report, ...(lastGoodAt === undefined ? {} : { lastGoodAt }) };
  await objects.put(LAST_DRILL_KEY, JSON.stringify(last));
  return last;
}
