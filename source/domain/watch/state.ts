import * as v from 'valibot';
import type { ObjectStore } from '../ports.ts';
import { readJsonIfWhole } from '../state/json-object.ts';
import { idShape, timeShape } from '../state/shape.ts';
import type { Stored } from '../state/shape.ts';
import { exportStartsShape } from './exports.ts';

/** Key of what WatchBackup saw last; each Region has its own. */
export const WATCH_KEY = 'watch/last-look.json';

export const watchStateShape = v.object({
  /** The first look at this launch: before a first sealed run the age of the backup counts from here. */
  launchedAt: timeShape,
  /** The last look. */
  at: timeShape,
  /** The last sealed run that this Region's table shows. */
  backup: v.exactOptional(v.object({ runId: idShape, startedAt: timeShape, endedAt: timeShape })),
  /** From when on the backup is older than it may be. */
  staleFrom: timeShape,
  /** The run whose counts were emitted last. */
  measuredRun: v.exactOptional(idShape),
  /** The first sealed run since the last verified one (`after`), while none since is verified. */
  unverified: v.exactOptional(v.object({ runId: idShape, sealedAt: timeShape, after: v.exactOptional(idShape) })),
  /** Primary Region only. */
  exports: v.exactOptional(exportStartsShape),
});
/** What WatchBackup saw last. */
export type WatchState = Stored<typeof watchStateShape>;

/** Undefined before the first look, and where the object is damaged: then the next look begins anew. */
export const readWatchState = (objects: Pick<ObjectStore, 'get'>): Promise<WatchState | undefined> =>
  readJsonIfWhole(objects, WATCH_KEY, watchStateShape);
