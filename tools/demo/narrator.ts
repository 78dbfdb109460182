import { performance } from 'node:perf_hooks';

/** Tells the demo's story on the terminal: numbered steps, times, and one progress line that is rewritten on a terminal. */
export class Narrator {
  readonly #started = performance.now();
  readonly #terminal = process.stdout.isTTY;
  #step = 0;
  #stepStarted = 0;
  #lastProgress = '';
  #progressAt = 0;

  step(title: string): void {
    this.#clear();
    this.#step += 1;
    this.#stepStarted = performance.now();
    process.stdout.write(
      `\n[${this.#step}] ${title}  (${elapsed(performance.now() - this.#started)} since the start)\n`,
    );
  }

  say(text: string): void {
    this.#clear();
    process.stdout.write(
      `${text
        .split('\n')
        .map((line) => `    ${line}`.trimEnd())
        .join('\n')}\n`,
    );
  }

  /** On a terminal one line that changes; elsewhere a new line at most every 15 seconds. */
  progress(text: string): void {
    const line = `    ... ${text} (${elapsed(performance.now() - this.#stepStarted)})`;
    if (this.#terminal) {
      process.stdout.write(`\r\u001b[2K${line.slice(0, Math.max(20, process.stdout.columns - 1))}`);
      this.#lastProgress = line;
    } else if (text !== this.#lastProgress && performance.now() - this.#progressAt >= 15_000) {
      process.stdout.write(`${line}\n`);
      this.#lastProgress = text;
      this.#progressAt = performance.now();
    }
  }

  done(text = 'done'): void {
    this.say(`${text} in ${elapsed(performance.now() - this.#stepStarted)}`);
  }

  /** Milliseconds since the narrator was made. */
  get totalMs(): number {
    return performance.now() - this.#started;
  }

  #clear(): void {
    if (this.#terminal && this.#lastProgress !== '') process.stdout.write('\r\u001b[2K');
    this.#lastProgress = '';
    this.#progressAt = 0;
  }
}

export function elapsed(ms: number): string {
  const seconds = ms / 1000;
  return seconds < 60 ? `${seconds.toFixed(1)} s` : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}
