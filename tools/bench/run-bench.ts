import { cpus, totalmem } from 'node:os';
import { forEachAtOnce } from '../../source/domain/concurrency.ts';
import { elapsed } from '../demo/narrator.ts';
import { stopOnSignal } from '../shutdown.ts';
import type { Narrator } from '../demo/narrator.ts';
import { growthOf } from './computed/growth.ts';
import { computeSeries } from './computed/series.ts';
import type { Series } from './computed/series.ts';
import { BenchCloud } from './measured/bench-cloud.ts';
import { measureSeries } from './measured/run-cell.ts';
import type { BenchOptions } from './options.ts';
import type { Profile } from './profile.ts';
import { inOrder } from './report/in-order.ts';
import type { Agreement, BenchResults, CellResult, StateResult } from './results.ts';
import type { Cell } from './cells.ts';
import { LATENCIES } from './virtual/meter.ts';
import type { Latencies } from './virtual/meter.ts';

type Given = Pick<Latencies, 'listing' | 'cognito'>;
/** Below this the seconds that the emulator takes to start processes decide, whatever the product does. */
const COMPARED_FROM_SECONDS = 60;
/** Computed cells run side by side, never beside a measured one. */
const COMPUTED_AT_A_TIME = 2;

/** Runs a whole profile, or one part of it (options.part) beside what `before` holds of the other one. */
export async function runBench(
  profile: Profile,
  options: BenchOptions,
  narrator: Narrator,
  before?: BenchResults,
): Promise<BenchResults> {
  const { part } = options;
  const latencies = { listing: options.listingMs, cognito: options.cognitoMs };
  const startedAt = part === 'computed' && before !== undefined ? before.startedAt : new Date().toISOString();
  const cells: CellResult[] = part === 'computed' ? (before?.cells.filter(({ how }) => how === 'measured') ?? []) : [];
  const found = (result: CellResult): void => {
    cells.push(result);
    narrator.say(
      `${result.how} ${result.title}: ${result.seconds.toFixed(1)} s, limit ${result.limitSeconds.toFixed(1)} s (took ${elapsed(result.tookSeconds * 1000)})`,
    );
  };
  if (part !== 'computed' && profile.measured.length > 0) await measureAll(profile, latencies, narrator, found);
  const measuredMs = narrator.totalMs;
  const state: StateResult[] = [];
  narrator.step('On virtual time');
  const failed: string[] = [];
  const series = part === 'measured' ? twinsOf(profile, latencies, cells) : seriesOf(profile, latencies, cells);
  await forEachAtOnce(series, COMPUTED_AT_A_TIME, (one) =>
    computeSeries(one, ({ result, state: figures }) => {
      if (result !== undefined) found(result);
      if (figures !== undefined) state.push(figures);
    }).catch((error: unknown) => {
      // What the other cells found is not thrown away; the run ends with an error all the same.
      failed.push((error as Error).message);
      narrator.say((error as Error).message);
    }),
  );
  const all = {
    cells: inOrder(withKept(cells, before?.cells ?? [], (cell) => `${cell.id} ${cell.how} ${cell.twin === true}`)),
    state: withKept(state, before?.state ?? [], ({ workflow, users }) => `${workflow} ${users}`),
  };
  const computedMs = narrator.totalMs - measuredMs;
  return {
    profile: options.profile,
    startedAt,
    tookSeconds:
      part === 'computed'
        ? { measured: before?.tookSeconds.measured ?? 0, computed: computedMs / 1000 }
        : {
            measured: measuredMs / 1000,
            computed: part === 'measured' ? (before?.tookSeconds.computed ?? 0) : computedMs / 1000,
          },
    machine: { node: process.version, cpus: cpus().length, memoryMb: Math.round(totalmem() / 2 ** 20) },
    latencies: { ...LATENCIES, ...latencies },
    ...all,
    agreement: agreementOf(all.cells, profile.agreementPercent),
    growth: growthOf(all.state),
    failed,
  };
}

/** What is computed: the parts that hold state, a twin of every measured list, and the larger pools. */
function seriesOf(profile: Profile, latencies: Given, cells: readonly CellResult[]): Series[] {
  const series = (list: readonly Cell[]): Series => ({ cells: list, latencies: list.map(() => latencies) });
  return [
    ...profile.state.map((list) => ({ ...series(list), state: true })),
    ...profile.computed.map(series),
    ...twinsOf(profile, latencies, cells),
  ];
}

const twinsOf = (profile: Profile, latencies: Given, cells: readonly CellResult[]): Series[] =>
  profile.measured.map((list) => ({
    cells: list,
    latencies: list.map(({ id }) => ({ ...latencies, ...observed(id, cells) })),
    twin: true,
  }));

/** What the emulator's calls took in the same cell, so that both see the same services. */
function observed(id: string, cells: readonly CellResult[]): Partial<Latencies> {
  const observedMs = cells.find((cell) => cell.how === 'measured' && cell.id === id)?.observedMs;
  return observedMs === undefined ? {} : { ...observedMs, s3MegabytesPerSecond: 1000, transition: 1 };
}

/** The new ones, and those of before that were not made again. */
function withKept<T>(made: readonly T[], before: readonly T[], keyOf: (one: T) => string): T[] {
  const remade = new Set(made.map(keyOf));
  return [...made, ...before.filter((one) => !remade.has(keyOf(one)))];
}

async function measureAll(
  profile: Profile,
  latencies: Given,
  narrator: Narrator,
  found: (result: CellResult) => void,
): Promise<void> {
  narrator.step('Build the product and start a local cloud with two Regions');
  const bench = await BenchCloud.start(latencies);
  const forget = stopOnSignal(() => bench.stop());
  try {
    for (const cells of profile.measured) {
      narrator.step(cells.map(({ title }) => title).join('; '));
      await measureSeries(
        bench,
        cells,
        latencies,
        (text) => {
          narrator.progress(text);
        },
        found,
      );
    }
  } finally {
    forget();
    await bench.stop();
  }
}

function agreementOf(cells: readonly CellResult[], allowedPercent: number): Agreement[] {
  return cells
    .filter(({ how }) => how === 'measured')
    .flatMap(({ id, title, seconds }) => {
      const twin = cells.find((cell) => cell.twin === true && cell.id === id);
      if (twin === undefined) return [];
      const differencePercent = ((twin.seconds - seconds) / seconds) * 100;
      return [
        {
          id,
          title,
          measuredSeconds: seconds,
          computedSeconds: twin.seconds,
          differencePercent,
          ok: seconds < COMPARED_FROM_SECONDS || Math.abs(differencePercent) <= allowedPercent,
        },
      ];
    });
}
