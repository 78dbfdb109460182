import type { Latencies, Meter } from './meter.ts';

/** What the invocations of one function took. */
export interface FunctionFigures {
  readonly invocations: number;
  readonly coldStarts: number;
  /** Virtual seconds, all and the longest one. */
  readonly seconds: number;
  readonly longestSeconds: number;
  /** Real seconds of this machine's processor. */
  readonly cpuSeconds: number;
  readonly longestCpuSeconds: number;
  /** Highest resident memory of the whole process while it ran, megabytes. */
  readonly peakMemoryMb: number;
}

const NONE: FunctionFigures = {
  invocations: 0,
  coldStarts: 0,
  seconds: 0,
  longestSeconds: 0,
  cpuSeconds: 0,
  longestCpuSeconds: 0,
  peakMemoryMb: 0,
};
const LOOK_EVERY = 64;

/** Of this process, so that a busy machine changes nothing. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Runs functions one after the other as Lambda would, and keeps what each took. */
export class Invocations {
  readonly figures = new Map<string, FunctionFigures>();
  #calls = 0;
  #peak = 0;

  constructor(
    private readonly meter: Meter,
    private readonly latencies: Latencies,
  ) {
    meter.onCall = () => {
      this.#calls += 1;
      if (this.#calls % LOOK_EVERY === 0) this.#look();
    };
  }

  async run<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.figures.get(name) ?? NONE;
    const cold = before.invocations === 0;
    const { clock } = this.meter;
    const [began, cpu] = [clock.now(), cpuMs()];
    if (cold) globalThis.gc?.();
    this.#peak = 0;
    await clock.sleep(cold ? this.latencies.coldStart : this.latencies.warmStart);
    const result = await work();
    this.#look();
    const [seconds, cpuSeconds] = [(clock.now() - began) / 1000, (cpuMs() - cpu) / 1000];
    this.figures.set(name, {
      invocations: before.invocations + 1,
      coldStarts: before.coldStarts + (cold ? 1 : 0),
      seconds: before.seconds + seconds,
      longestSeconds: Math.max(before.longestSeconds, seconds),
      cpuSeconds: before.cpuSeconds + cpuSeconds,
      longestCpuSeconds: Math.max(before.longestCpuSeconds, cpuSeconds),
      peakMemoryMb: Math.max(before.peakMemoryMb, this.#peak),
    });
    return result;
  }

  reset(): void {
    this.figures.clear();
  }

  #look(): void {
    this.#peak = Math.max(this.#peak, process.memoryUsage.rss() / 2 ** 20);
  }
}
