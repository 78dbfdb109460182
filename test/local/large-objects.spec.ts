import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { objectStore } from '../../source/adapters/object-store.ts';
import { joinParts } from '../../source/domain/backup/snapshot/write.ts';
import { snapshotKey } from '../../source/domain/backup/snapshot/names.ts';
import { readBatch, storeBatches } from '../../source/domain/export/clean-up/plan-batches.ts';
import type { PlanLine } from '../../source/domain/export/clean-up/plan-batches.ts';
import { initialCheckState } from '../../source/domain/import/plan/check-state.ts';
import { inParts } from '../../source/domain/import/plan/csv-rows.ts';
import { initialJobsState } from '../../source/domain/import/plan/jobs-state.ts';
import { readPlan, restoreFolder } from '../../source/domain/import/plan/plan-model.ts';
import type { RestorePlan } from '../../source/domain/import/plan/plan-model.ts';
import { writePreview } from '../../source/domain/import/planning/preview.ts';
import type { PlanningRun } from '../../source/domain/import/planning/planning-run.ts';
import { SpoolWriter } from '../../source/domain/import/planning/spool.ts';
import type { CheckRun } from '../../source/domain/import/reconcile/check-run.ts';
import { standingLines } from '../../source/domain/import/report/standing.ts';
import { writeRestoreReport } from '../../source/domain/import/report/write-report.ts';
import { writePoolReport } from '../../source/domain/verify/pool/report.ts';
import type { ComparisonRun } from '../../source/domain/verify/pool/state.ts';
import type { ObjectStore } from '../../source/domain/ports.ts';
import { AwsError } from '../../tools/local-cloud/gateway/aws-error.ts';
import { FakeClock } from '../../tools/simulation/fake-clock.ts';
import { NEW_POOL, PlanningWorld, RESTORE_ID } from '../support/import/planning-world.ts';
import { sealBackup } from '../support/import/sealed-backup.ts';
import { rejection } from '../support/rejection.ts';
import { S3Server } from '../support/s3-server.ts';
import { aUser } from '../support/world/builders.ts';

const MIB = 1024 * 1024;
const LARGE = 20 * MIB;
const FOLDER = restoreFolder(NEW_POOL, RESTORE_ID);
const LONG_NAME = 'n'.repeat(20_000);

/** A plan whose chunk and excluded users are objects of more than 20 MiB, written by the planning itself. */
async function largePlan(store: ObjectStore): Promise<RestorePlan> {
  const world = new PlanningWorld();
  const verified = (n: number) => ({ email: `u${n}@example.test`, email_verified: 'true' });
  const long = 'x'.repeat(2_000);
  for (let n = 0; n < 1_800; n += 1) {
    const attributes = { ...verified(n), name: long, nickname: long, profile: long, website: long, address: long };
    world.source.put(aUser({ username: `large${n}`, attributes: { ...attributes, given_name: long } }));
  }
  for (let n = 0; n < 1_080; n += 1)
    world.source.put(aUser({ username: `left out ${n} ${LONG_NAME}`, status: 'UNCONFIRMED' }));
  sealBackup(world.table, world.source);
  // In its one chunk.
  const limits = { firstChunkUsers: 10_000, chunkUsers: 10_000, chunkBytes: 80 * MIB };
  while (!(await world.scan({}, { objects: store, limits })).done) {
    /* next slice */
  }
  return readPlan(store, NEW_POOL, RESTORE_ID);
}

/** A comparison at its end, of 290,000 users who are all there. */
function endedComparison(plan: RestorePlan, objects: ObjectStore): CheckRun {
  const userCount = 290_000;
  const users = new Uint8Array(userCount).fill(1);
  const sub = (ordinal: number): string => `00000000-0000-4000-8000-${String(ordinal).padStart(12, '0')}`;
  return {
    run: {
      plan,
      deps: { objects, clock: new FakeClock() },
      groups: [],
      heldBack: new Set(),
      state: { retries: 0, counts: {} },
      jobs: initialJobsState(),
      accounts: { newSubOf: sub, lastWriteAt: () => 0 },
    },
    marks: {
      userCount,
      membershipCount: 0,
      users,
      ordinalOf: () => undefined,
      countUsers: () => 0,
      expectedUser: (ordinal: number) => ({ sub: sub(ordinal) }),
      unseenMemberships: () => [],
      unseenMembershipCount: 0,
    },
    since: { memberships: new Set() },
    state: { ...initialCheckState(), step: 'end' },
  } as unknown as CheckRun;
}

describe('A1: objects of 20 MiB', function () {
  this.timeout(600_000);
  const s3 = new S3Server();
  before(() => s3.start());
  beforeEach(() => s3.reset());
  after(() => s3.stop());
  const store = (): ObjectStore => objectStore({ bucket: 'bucket', userAgent: 'solution/v1' });
  const stored = (keyEnd: string): Buffer => {
    const [found, ...others] = [...s3.objects].filter(([key]) => key.endsWith(keyEnd));
    expect(others.map(([key]) => key)).to.deep.equal([]);
    return found?.[1] ?? Buffer.alloc(0);
  };
  /** Written in parts of 8 MiB, each of which S3 took, and nothing is left over. */
  const expectInParts = (keyEnd: string): Buffer => {
    const body = stored(keyEnd);
    expect(body.length, keyEnd).to.be.at.least(LARGE);
    expect(s3.calls(keyEnd)).to.deep.include({
      CreateMultipartUpload: 1,
      UploadPart: Math.ceil(body.length / (8 * MIB)),
      CompleteMultipartUpload: 1,
    });
    expect(s3.calls(keyEnd)).to.not.have.any.keys('PutObject', 'AbortMultipartUpload');
    expect(s3.uploads.size).to.equal(0);
    return body;
  };

  it('A1: the parts of a snapshot are joined to an object in parts', async () => {
    const bodies = [randomBytes(9 * MIB), randomBytes(12 * MIB)];
    for (const [n, body] of bodies.entries()) await store().put(`exports/run/snapshot/${n}`, body);
    const parts = bodies.map(({ length }, n) => ({ key: `exports/run/snapshot/${n}`, bytes: length }));
    const { bytes } = await joinParts(store(), 'run', 'segment-0.ndjson.gz', { parts, items: 2 });
    expect(expectInParts(snapshotKey('run', 'segment-0.ndjson.gz')).equals(Buffer.concat(bodies))).to.equal(true);
    expect(bytes).to.equal(21 * MIB);
  });

  it('A1: a restore plans its chunk and excluded users, previews and reports them in parts', async () => {
    const plan = await largePlan(store());
    expect(plan.chunks.map(({ users }) => users)).to.deep.equal([1_800]);
    for (const [key, lines] of [
      [plan.chunks[0]?.key ?? '', 1_800],
      [plan.excludedKey, 1_080],
    ] as const) {
      const read = expectInParts(key).toString('utf8').trim().split('\n');
      expect(
        read.map((line) => JSON.parse(line) as object),
        key,
      ).to.have.length(lines);
    }
    const preview = { deps: { objects: store() }, folder: `${FOLDER}preview/` } as unknown as PlanningRun;
    await writePreview(plan, preview);
    expect(expectInParts('preview/report/failures.csv').toString('utf8').trim().split('\n')).to.have.length(1_081);
    const check = endedComparison(plan, store());
    await writeRestoreReport(check, initialJobsState(), 'bucket');
    expect(expectInParts(`${FOLDER}report/failures.csv`).toString('utf8').trim().split('\n')).to.have.length(1_081);
    const map = expectInParts('report/sub-map.csv').toString('utf8').trim().split('\n');
    expect(map).to.have.length(290_001);
    expect(new Set(map.map((line) => line.length)).size, 'lines cut by a part').to.equal(2);
    await store().write(
      `${FOLDER}dry-run/failures.csv`,
      inParts(standingLines({ ...check, marks: { ...check.marks, userCount: 0 } } as CheckRun)),
    );
    expectInParts('dry-run/failures.csv');
  });

  it('A1: the differences of a user pool are joined in parts', async () => {
    const rows = ['a', 'b', 'c'].map((letter) => `verifications/run-1/rows/${letter}`);
    for (const key of rows) await store().put(key, `${key}\n`.repeat(260_000));
    const progress = { state: { rows, counts: {}, step: 'report' }, save: () => Promise.resolve() };
    const deps = { objects: store(), clock: new FakeClock() };
    const comparison = { input: {}, deps, progress, folder: 'verifications/run-1/' } as unknown as ComparisonRun;
    await writePoolReport(comparison);
    const differences = expectInParts('differences.csv').toString('utf8');
    expect(differences.endsWith(rows.map((key) => `${key}\n`.repeat(260_000)).join(''))).to.equal(true);
  });

  it('A1: what is held in memory goes in one request, whatever its size: the spool, and a plan in batches that need no parts', async () => {
    const spool = new SpoolWriter(store(), `${FOLDER}spool/`);
    for (let n = 0; n < 1_100; n += 1) spool.add({ n, name: LONG_NAME });
    await spool.flush();
    expect(stored(spool.parts[0] as string).length).to.be.at.least(LARGE);
    // Digits do not pack well.
    const lines = Array.from({ length: 84 }, (_, n): PlanLine => ({
      item: { id: `USER#${n}`, type: 'PROFILE', contentHash: '', name: randomBytes(130_000).toString('hex') },
    }));
    const batches = await storeBatches(store(), 'run', 0, lines);
    expect(batches.length).to.be.at.least(LARGE / (4 * MIB));
    const read = (await Promise.all(batches.map((batch) => readBatch(store(), batch)))).flat();
    expect(JSON.stringify(read) === JSON.stringify(lines)).to.equal(true);
    expect(new Set(s3.requests.map(({ action }) => action))).to.deep.equal(new Set(['PutObject', 'GetObject']));
    expect(s3.requests.filter(({ action }) => action === 'PutObject')).to.have.length(1 + batches.length);
  });

  it('A1: are written under a condition in one request, as no part carries one', async () => {
    const body = randomBytes(LARGE);
    await store().put('once', body, { absent: true });
    expect(stored('once').equals(body)).to.equal(true);
    expect(await rejection(store().put('once', randomBytes(LARGE), { absent: true }))).to.include({
      name: 'PreconditionFailed',
    });
    expect(stored('once').equals(body)).to.equal(true);
    expect(s3.calls('once')).to.deep.equal({ PutObject: 2 });
  });

  for (const [what, action] of [
    ['part', 'UploadPart'],
    ['completion', 'CompleteMultipartUpload'],
  ] as const)
    it(`A1: leave nothing behind when a ${what} is refused`, async () => {
      let left = action === 'UploadPart' ? 1 : 0;
      s3.refuses = (request) =>
        request.action === action && (left -= 1) < 0 ? new AwsError('AccessDenied', 'no', 403) : undefined;
      expect(await rejection(store().write('k', pieces(3)))).to.include({ name: 'AccessDenied' });
      expect([s3.objects.size, s3.uploads.size]).to.deep.equal([0, 0]);
      expect(s3.calls('k')).to.include({ AbortMultipartUpload: 1 });
    });

  it('A1: are not there when the writer dies in the middle, and are written anew', async () => {
    const writer = `
      import { objectStore } from './source/adapters/object-store.ts';
      const never = async function* () { yield Buffer.alloc(${9 * MIB}); await new Promise((go) => setTimeout(go, 600_000)); };
      await objectStore({ bucket: 'bucket', userAgent: 'solution/v1' }).write('k', never());`;
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', writer], {
      cwd: join(import.meta.dirname, '..', '..'),
      stdio: 'ignore',
    });
    while (s3.calls('k')['UploadPart'] === undefined && child.exitCode === null) await sleep(20);
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    expect([...s3.objects.keys()]).to.deep.equal([]);
    // Its parts are the lifecycle rule's to remove (AbortIncompleteMultipartUpload).
    expect(s3.uploads.size).to.equal(1);
    await store().write('k', pieces(3));
    expect(stored('k')).to.have.length(LARGE + MIB);
    expect(s3.uploads.size).to.equal(1);
  });
});

/** 21 MiB in so many pieces. */
async function* pieces(count: number): AsyncGenerator<Uint8Array> {
  for (let n = 0; n < count; n += 1) {
    await Promise.resolve();
    yield Buffer.alloc((LARGE + MIB) / count, n);
  }
}
