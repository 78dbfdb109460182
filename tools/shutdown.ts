/**
 * What shall end with this process. One set of listeners for the whole process, however many things there are: a listener
 * for each would make Node warn of a leak, and several would race for the exit.
 */
const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
export type EndingSignal = keyof typeof SIGNALS;

const atExit = new Set<() => void>();
const atSignal = new Set<() => unknown>();
let listensForExit = false;
let listensForSignals = false;

/**
 * `end` is called when this process exits, in whatever way it can still notice; it must not wait for anything.
 *
 * @returns what forgets it again
 */
export function endWithProcess(end: () => void): () => void {
  if (!listensForExit)
    process.once('exit', () => {
      for (const one of atExit) one();
    });
  listensForExit = true;
  atExit.add(end);
  return () => void atExit.delete(end);
}

/**
 * `stop` is called at Ctrl-C and the like, and awaited; then this process exits: with `process.exitCode` where that is set,
 * else with the shell's code for the signal.
 *
 * @returns what forgets it again
 */
export function stopOnSignal(stop: () => unknown): () => void {
  if (!listensForSignals)
    for (const signal of Object.keys(SIGNALS) as EndingSignal[]) process.on(signal, (): void => void stopAll(signal));
  listensForSignals = true;
  atSignal.add(stop);
  return () => void atSignal.delete(stop);
}

let stopping: Promise<unknown> | undefined;
/** A second Ctrl-C changes nothing: all is being stopped. */
async function stopAll(signal: EndingSignal): Promise<void> {
  if (stopping !== undefined) return;
  stopping = Promise.allSettled(
    [...atSignal].map(async (stop) => {
      await stop();
    }),
  );
  await stopping;
  process.exit(process.exitCode ?? SIGNALS[signal]);
}
