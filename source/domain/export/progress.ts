import type { ObjectStore } from '../ports.ts';
import { Checkpoint } from '../state/checkpoint.ts';
import { Progress } from '../state/progress.ts';
import type { ProgressDeps } from '../state/progress.ts';
import { shapeOf } from '../state/stored-shapes.ts';
import { runFolder } from './run.ts';
import type { Run } from './run.ts';

export const progressKey = (runId: string, step: string): string => `${runFolder(runId)}progress/${step}.json`;

/** What an earlier step of the run ended with; undefined when it never began. */
export const stateOf = <S>(objects: Pick<ObjectStore, 'get'>, runId: string, step: string): Promise<S | undefined> =>
  Checkpoint.peek(objects, progressKey(runId, step), shapeOf<S>(progressKey(runId, step)));

/** Takes over the progress of one step of the run; every save also moves the run's checkpoint time. */
export const claimStep = <S extends object>(
  deps: ProgressDeps,
  run: Run,
  step: string,
  initial: () => S,
): Promise<Progress<S>> =>
  Progress.claim(
    deps,
    {
      key: progressKey(run.id, step),
      shape: shapeOf<S>(progressKey(run.id, step)),
      folderOf: (kind) => `${runFolder(run.id)}${kind}/`,
      since: Date.parse(run.facts.startedAt),
      saved: () => run.touch(),
    },
    initial,
  );
