import { Progress } from '../../state/progress.ts';
import type { ProgressDeps } from '../../state/progress.ts';
import type { Shape } from '../../state/shape.ts';
import { restoreFolder } from './plan-model.ts';

/** The restore whose progress it is. `since`: when its work began, milliseconds since the epoch. */
interface RestoreInWork {
  readonly newUserPoolId: string;
  readonly restoreId: string;
  readonly since: number;
}

/** Takes over, below the restore's folder, the progress of one of its functions. */
export const claimRestore = <S extends object>(
  deps: ProgressDeps,
  { newUserPoolId, restoreId, since }: RestoreInWork,
  { key, shape, initial }: { readonly key: string; readonly shape: Shape<S>; readonly initial: () => S },
): Promise<Progress<S>> =>
  Progress.claim(
    deps,
    { key, shape, folderOf: (kind) => `${restoreFolder(newUserPoolId, restoreId)}${kind}/`, since },
    initial,
  );
