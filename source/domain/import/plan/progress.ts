import { Progress } from '../../state/progress.ts';
import type { ProgressDeps } from '../../state/progress.ts';
import type { Shape } from '../../state/shape.ts';
import type { WorkFigures } from '../../state/work-figures.ts';
import { restoreFolder } from './plan-model.ts';

/** The restore whose progress it is. `since`: when its work began, milliseconds since the epoch. */
interface RestoreInWork {
  readonly newUserPoolId: string;
  readonly restoreId: string;
  readonly since: number;
}

/** The state of one function of the restore, and what of it is shown. */
interface RestoreStep<S> {
  readonly key: string;
  readonly shape: Shape<S>;
  readonly initial: () => S;
  readonly figures: (state: S) => WorkFigures;
}

/** Takes over, below the restore's folder, the progress of one of its functions. */
export const claimRestore = <S extends object>(
  deps: ProgressDeps,
  { newUserPoolId, restoreId, since }: RestoreInWork,
  { key, shape, initial, figures }: RestoreStep<S>,
): Promise<Progress<S>> =>
  Progress.claim(
    deps,
    { key, shape, figures, folderOf: (kind) => `${restoreFolder(newUserPoolId, restoreId)}${kind}/`, since },
    initial,
  );
