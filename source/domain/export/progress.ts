import * as v from 'valibot';
import { ledgerShape } from '../digests/ledger.ts';
import type { ObjectStore } from '../ports.ts';
import { Checkpoint } from '../state/checkpoint.ts';
import { Progress } from '../state/progress.ts';
import type { ProgressDeps } from '../state/progress.ts';
import { countShape } from '../state/shape.ts';
import type { Shape } from '../state/shape.ts';
import type { WorkFigures } from '../state/work-figures.ts';
import { EXPORTS_PREFIX, runFolder } from './run.ts';
import type { Run } from './run.ts';

/** Key of the checkpoint of one function of the export. */
const progressKey = (runId: string, checkpoint: string): string => `${runFolder(runId)}progress/${checkpoint}.json`;

/** Not the name of versions before 2.1, whose clean-up deleted by other rules: of theirs only the listing is gone on with. */
export const CLEAN_UP_CHECKPOINT = 'table';
/** Key of the clean-up's checkpoint. */
export const cleanUpProgressKey = (runId: string): string => progressKey(runId, CLEAN_UP_CHECKPOINT);

/** Ledgers that the checkpoints of exports name. */
export const exportLedgerShape = ledgerShape(EXPORTS_PREFIX);

/** What the checkpoint of a listing counts: what was listed, new, changed or of identity providers, and pages. */
export const listingCountsShape = v.object({
  listed: countShape,
  added: countShape,
  changed: countShape,
  skipped: countShape,
  pages: countShape,
});

/** What an earlier function of the run left in its checkpoint; undefined when it never began. */
export const stateAfter = <S>(
  objects: Pick<ObjectStore, 'get'>,
  runId: string,
  checkpoint: string,
  shape: Shape<S>,
): Promise<S | undefined> => Checkpoint.peek(objects, progressKey(runId, checkpoint), shape);

/** The state of one function of the export, and what of it is shown. */
interface ExportStep<S> {
  readonly shape: Shape<S>;
  readonly initial: () => S;
  readonly figures: (state: S) => WorkFigures;
}

/** Takes over the progress of one function of the export; every save also moves the run's checkpoint time. */
export const claimExportProgress = <S extends object>(
  deps: ProgressDeps,
  run: Run,
  checkpoint: string,
  { shape, initial, figures }: ExportStep<S>,
): Promise<Progress<S>> =>
  Progress.claim(
    deps,
    {
      key: progressKey(run.id, checkpoint),
      shape,
      figures,
      folderOf: (kind) => `${runFolder(run.id)}${kind}/`,
      since: Date.parse(run.facts.startedAt),
      saved: () => run.touch(),
    },
    initial,
  );
