/**
 * Computes a series of cells in a process of its own, so that a large pool's memory is gone afterwards. Argument: Series
 * as JSON. Writes one line of JSON per result to standard output.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stopOnSignal } from '../../shutdown.ts';
import { LATENCIES } from '../virtual/meter.ts';
import type { Latencies } from '../virtual/meter.ts';
import { VirtualCloud } from '../virtual/virtual-cloud.ts';
import { compute, usageOf } from './compute.ts';
import type { Line, Series } from './series.ts';
import type { VerificationUsage } from '../results.ts';
import { stateResult } from './state-result.ts';

const { cells, state, twin, latencies } = JSON.parse(process.argv[2] ?? '') as Series;
const tell = (line: Line): void => {
  process.stdout.write(`${JSON.stringify(line)}\n`);
};
const first = cells[0];
if (first === undefined) throw new Error('a series has at least one cell');

/** A look that verifies the export and writes the backup Region's snapshot, and one that finds nothing new. */
async function verificationOf(virtual: VirtualCloud): Promise<VerificationUsage> {
  const before = virtual.importObjects.sizeOf('snapshots/');
  const whole = usageOf(virtual, await virtual.verify());
  const snapshotBytes = virtual.importObjects.sizeOf('snapshots/') - before;
  const idle = usageOf(virtual, await virtual.verify());
  return { whole, idle, snapshotBytes };
}

const jobUsersPerSecond = cells.find((cell) => cell.jobUsersPerSecond !== undefined)?.jobUsersPerSecond;
const granted =
  first.grantedShare === undefined
    ? true
    : { UserList: first.grantedShare * first.callsPerSecond, UserUpdate: first.grantedShare * first.callsPerSecond };
/** What the services take; every part of the cloud reads it again at each call. */
const current: Latencies = { ...LATENCIES };
const newCloud = (): VirtualCloud =>
  new VirtualCloud({
    shape: first.shape,
    callsPerSecond: first.callsPerSecond,
    quotas: granted,
    latencies: current,
    folder: mkdtempSync(join(tmpdir(), 'bench-')),
    ...(jobUsersPerSecond === undefined ? {} : { jobUsersPerSecond }),
    ...(first.clients === undefined ? {} : { clients: first.clients }),
    // A quarter of those that change are new.
    room: Math.max(0.05, ...cells.map(({ churn = 0 }) => churn / 4)),
  });
const cloud = newCloud();

/** Cognito calls of each cell with late filters where filters come first: on a cloud of its own, as a pool is restored into only once. */
async function callsOfOrdinary(): Promise<readonly (number | undefined)[]> {
  if (!cells.some(({ lateFilters }) => lateFilters === true)) return [];
  const ordinary = newCloud();
  try {
    const calls: (number | undefined)[] = [];
    for (const cell of cells) {
      const { total } = (await compute(ordinary, cell)).calls;
      calls.push(cell.lateFilters === true ? total : undefined);
    }
    return calls;
  } finally {
    ordinary.remove();
  }
}

// Ctrl-C and the starter's end reach this process as signals.
stopOnSignal(() => cloud.remove());
try {
  const ordinaryCalls = await callsOfOrdinary();
  for (const [index, cell] of cells.entries()) {
    Object.assign(current, LATENCIES, latencies[index]);
    const result = { ...(await compute(cloud, cell, ordinaryCalls[index])), ...(twin === true ? { twin } : {}) };
    tell({ result: cell.churn === undefined ? result : { ...result, verification: await verificationOf(cloud) } });
    if (state !== true) continue;
    tell({ state: stateResult(cloud, cell.shape, result) });
    if (cell.workflow === 'import')
      tell({
        state: stateResult(cloud, cell.shape, {
          workflow: 'verify',
          usage: usageOf(cloud, await cloud.verifyNewPool()),
        }),
      });
  }
} finally {
  cloud.remove();
}
