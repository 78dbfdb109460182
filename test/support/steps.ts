type Work = () => Promise<void>;

/**
 * `it` for the tests of a suite in which each continues where the one before has left off. After one that failed, or
 * that timed out, the others fail at once and say so: mocha's own `bail` would leave them out without a word, and would
 * leave out the whole suite after a failure in another one.
 */
export function steps(): (title: string, work: Work) => void {
  let unfinished: string | undefined;
  let broken: string | undefined;
  return (title, work) => {
    it(title, async () => {
      // Kept apart from `unfinished`: a step that timed out may still come to its end, too late.
      broken ??= unfinished;
      if (broken !== undefined) throw new Error(`Not run, since "${broken}" failed.`);
      unfinished = title;
      await work();
      unfinished = undefined;
    });
  };
}
