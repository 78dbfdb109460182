/** Of one invocation. */
interface LookingRun {
  readonly progress: { save(): Promise<void> };
  /** True once the invocation should return. */
  readonly sliceOver: () => boolean;
}

/** A look at the pool that comes to its end in rounds. */
interface Rounds<Look> {
  readonly round: (look: Look) => Promise<{ readonly look: Look; readonly done: boolean }>;
  /** Puts it into the state, which is saved between rounds. */
  readonly keep: (look: Look) => void;
}

/** Looks until all was looked at; undefined when the invocation should return before. */
export async function lookOn<Look>(
  { progress, sliceOver }: LookingRun,
  begun: Look,
  { round, keep }: Rounds<Look>,
): Promise<Look | undefined> {
  let look = begun;
  for (;;) {
    const next = await round(look);
    look = next.look;
    keep(look);
    if (next.done) return look;
    await progress.save();
    if (sliceOver()) return undefined;
  }
}
