import { ledgerShape } from '../digests/ledger.ts';
import type { ObjectStore } from '../ports.ts';
import { Checkpoint } from '../state/checkpoint.ts';
import { Progress } from '../state/progress.ts';
import type { ProgressDeps } from '../state/progress.ts';
import type { Shape } from '../state/shape.ts';
import { EXPORTS_PREFIX, runFolder } from './run.ts';
import type { Run } from './run.ts';

/** Key of a step's checkpoint. */
const progressKey = (runId: string, step: string): string => `${runFolder(runId)}progress/${step}.json`;

/** Ledgers that the checkpoints of exports name. */
export const exportLedgerShape = ledgerShape(EXPORTS_PREFIX);

/** What an earlier step of the run ended with; undefined when it never began. */
export const stateOf = <S>(
  objects: Pick<ObjectStore, 'get'>,
  runId: string,
  step: string,
  shape: Shape<S>,
): Promise<S | undefined> => Checkpoint.peek(objects, progressKey(runId, step), shape);

/** Takes over the progress of one step of the run; every save also moves the run's checkpoint time. */
export const claimStep = <S extends object>(
  deps: ProgressDeps,
  run: Run,
  step: string,
  shape: Shape<S>,
  initial: () => S,
): Promise<Progress<S>> =>
  Progress.claim(
    deps,
    {
      key: progressKey(run.id, step),
      shape,
      folderOf: (kind) => `${runFolder(run.id)}${kind}/`,
      since: Date.parse(run.facts.startedAt),
      saved: () => run.touch(),
    },
    initial,
  );
