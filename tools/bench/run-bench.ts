import { cpus, totalmem } from 'node:os';
import { concurrently } from '../demo/concurrently.ts';
import { elapsed } from '../demo/narrator.ts';
import type { Narrator } from '../demo/narrator.ts';
import { growthOf } from './computed/growth.ts';
import { runSeries as compute } from './computed/series.ts';
import type { Series } from './computed/series.ts';
import { monthlyCost, readPrices } from './cost.ts';
import { BenchCloud } from './measured/bench-cloud.ts';
import { runSeries as measure } from './measured/run-cell.ts';
import type { BenchOptions } from './options.ts';
import type { Profile } from './profile.ts';
import { DAILY_CHURN } from './profile.ts';
import { inOrder } from './report/in-order.ts';
import type { Agreement, BenchResults, CellResult, CostResult, StateResult } from './results.ts';
import type { Cell } from './cells.ts';
import { LATENCIES } from './virtual/meter.ts';
import type { Latencies } from './virtual/meter.ts';

/** Below this the seconds that the emulator takes to start processes decide, whatever the product does. */
const COMPARED_FROM_SECONDS = 60;
/** Computed cells run side by side, never beside a measured one. */
const COMPUTED_AT_A_TIME = 2;

/** Runs a whole profile; with results of `before` only what is computed, beside their measured cells. */
export async function runBench(profile: Profile, options: BenchOptions, narrator: Narrator, before?: BenchResults): Promise<BenchResults> {
  const startedAt = before?.startedAt ?? new Date().toISOString();
  const latencies = { listing: options.listingMs, cognito: options.cognitoMs };
  const cells: CellResult[] = before?.cells.filter(({ how }) => how === 'measured') ?? [];
  const found = (result: CellResult): void => {
    cells.push(result);
    narrator.say(`${result.how} ${result.title}: ${result.seconds.toFixed(1)} s, limit ${result.limitSeconds.toFixed(1)} s (took ${elapsed(result.tookSeconds * 1000)})`);
  };
  if (before === undefined && profile.measured.length > 0) await measureAll(profile, latencies, narrator, found);
  const measuredMs = narrator.totalMs;
  const state: StateResult[] = [];
  narrator.step('On virtual time');
  const failed: string[] = [];
  await concurrently(seriesOf(profile, latencies, cells), COMPUTED_AT_A_TIME, (one) => compute(one, ({ result, state: figures }) => {
    if (result !== undefined) found(result);
    if (figures !== undefined) state.push(figures);
  }).catch((error: unknown) => {
    // What the other cells found is not thrown away; the run ends with an error all the same.
    failed.push((error as Error).message);
    narrator.say((error as Error).message);
  }));
  const all = { cells: inOrder(withKept(cells, before?.cells ?? [], (cell) => `${cell.id} ${cell.how} ${cell.twin === true}`)), state: withKept(state, before?.state ?? [], ({ workflow, users }) => `${workflow} ${users}`) };
  return {
    profile: options.profile, startedAt,
    tookSeconds: { measured: before?.tookSeconds.measured ?? measuredMs / 1000, computed: (options.only === undefined ? 0 : before?.tookSeconds.computed ?? 0) + (narrator.totalMs - measuredMs) / 1000 },
    machine: { node: process.version, cpus: cpus().length, memoryMb: Math.round(totalmem() / 2 ** 20) },
    latencies: { ...LATENCIES, ...latencies }, ...all, agreement: agreementOf(all.cells, profile.agreementPercent), growth: growthOf(all.state), failed, cost: costOf(all.cells),
  };
}

/** What is computed: the parts that hold state, a twin of every measured list, and the larger pools. */
function seriesOf(profile: Profile, latencies: { readonly listing: number; readonly cognito: number }, cells: readonly CellResult[]): Series[] {
  const series = (list: readonly Cell[]): Series => ({ cells: list, latencies: list.map(() => latencies) });
  return [
    ...profile.state.map((list) => ({ ...series(list), state: true })),
    ...profile.measured.map((list) => ({ cells: list, latencies: list.map(({ id }) => ({ ...latencies, ...observed(id, cells) })), twin: true })),
    ...profile.computed.map(series),
  ];
}

/** What the emulator's calls took in the same cell, so that both see the same services. */
function observed(id: string, cells: readonly CellResult[]): Partial<Latencies> {
  const observedMs = cells.find((cell) => cell.how === 'measured' && cell.id === id)?.observedMs;
  return observedMs === undefined ? {} : { ...observedMs, s3MegabytesPerSecond: 1000, transition: 1 };
}

/** The new ones, and those of before that were not made anew. */
function withKept<T>(made: readonly T[], before: readonly T[], keyOf: (one: T) => string): T[] {
  const anew = new Set(made.map(keyOf));
  return [...made, ...before.filter((one) => !anew.has(keyOf(one)))];
}

async function measureAll(profile: Profile, latencies: { readonly listing: number; readonly cognito: number }, narrator: Narrator, found: (result: CellResult) => void): Promise<void> {
  narrator.step('Build the product and start a local cloud with two Regions');
  const bench = await BenchCloud.start(latencies);
  const interrupted = (code: number) => (): void => void bench.stop().finally(() => process.exit(code));
  process.once('SIGINT', interrupted(130)).once('SIGTERM', interrupted(143));
  try {
    for (const cells of profile.measured) {
      narrator.step(cells.map(({ title }) => title).join('; '));
      await measure(bench, cells, latencies, (text) => { narrator.progress(text); }, found);
    }
  } finally {
    await bench.stop();
  }
}

function agreementOf(cells: readonly CellResult[], allowedPercent: number): Agreement[] {
  return cells.filter(({ how }) => how === 'measured').flatMap(({ id, title, seconds }) => {
    const twin = cells.find((cell) => cell.twin === true && cell.id === id);
    if (twin === undefined) return [];
    const differencePercent = ((twin.seconds - seconds) / seconds) * 100;
    return [{ id, title, measuredSeconds: seconds, computedSeconds: twin.seconds, differencePercent, ok: seconds < COMPARED_FROM_SECONDS || Math.abs(differencePercent) <= allowedPercent }];
  });
}

function costOf(cells: readonly CellResult[]): CostResult[] {
  const prices = readPrices();
  return cells.filter(({ how, id, workflow, shape }) => how === 'computed' && workflow === 'export' && shape.groups === 1 && id.endsWith(`churn${DAILY_CHURN * 100}`))
    .map((cell) => monthlyCost(cell, DAILY_CHURN * 100, prices)).sort((a, b) => a.users - b.users);
}
