import type { ObjectStore } from '../ports.ts';
import { Progress } from '../state/progress.ts';
import type { ProgressDeps } from '../state/progress.ts';
import type { Shape } from '../state/shape.ts';
import type { WorkFigures } from '../state/work-figures.ts';

/** The state of one function of a verification, and what of it is shown. */
interface VerifyStep<S> {
  readonly name: string;
  readonly shape: Shape<S>;
  readonly initial: () => S;
  readonly figures: (state: S) => WorkFigures;
}

/** Takes over `<folder><name>.json`, the progress of one function of a verification. */
export const claimVerification = <S extends object>(
  deps: ProgressDeps,
  folder: string,
  { name, shape, initial, figures }: VerifyStep<S>,
): Promise<Progress<S>> =>
  Progress.claim(
    deps,
    {
      key: `${folder}${name}.json`,
      shape,
      figures,
      folderOf: (kind) => `${folder}work/${kind}/`,
      since: deps.clock.now(),
    },
    initial,
  );

/** Removes what only the work in progress needed: it holds personal data. */
export async function removeWork(objects: Pick<ObjectStore, 'list' | 'deleteAll'>, folder: string): Promise<void> {
  const keys: string[] = [];
  for await (const key of objects.list(`${folder}work/`)) keys.push(key);
  if (keys.length > 0) await objects.deleteAll(keys);
}
