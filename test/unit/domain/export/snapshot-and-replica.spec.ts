import { expect } from 'chai';
import { LATEST_KEY, manifestKey, OPEN_KEY } from '../../../../source/domain/backup/manifest.ts';
import { cleanUpTable } from '../../../../source/domain/export/clean-up/clean-up.ts';
import type { CleanUpResult } from '../../../../source/domain/export/clean-up/clean-up.ts';
import { Fault, Halt } from '../../../../source/domain/errors.ts';
import { expectSnapshots } from '../../../support/export/kept-snapshots.ts';
import { ExportRunner, POOL_ID, REPLICA_REGION } from '../../../support/export/export-runner.ts';
import type { ExportOptions } from '../../../support/export/export-runner.ts';
import { digestOfText } from '../../../../source/domain/state/digest-keys.ts';
import { rejection } from '../../../support/rejection.ts';
import { addGroups, addUsers } from '../../../support/world/builders.ts';
import { KilledError } from '../../../support/world/calls.ts';
import { MemoryReplica } from '../../../support/world/replica.ts';
import { World } from '../../../support/world/world.ts';

const HOURS = 3_600_000;

describe('end of an export', () => {
  let world: World;
  beforeEach(() => {
    world = new World();
    const pool = world.pool(POOL_ID);
    addUsers(pool, 30);
    addGroups(pool, [10]);
  });
  const cleanedUp = async (options?: ExportOptions): Promise<CleanUpResult> => {
    const runner = new ExportRunner(world, options);
    const { runId } = await runner.open();
    await runner.listAll(runId);
    return runner.cleanUp(runId);
  };
  const snapshotKeys = (): string[] => [...world.objects.stored.keys()].filter((key) => key.startsWith('snapshots/'));

  describe('snapshot', () => {
    it('is one object per segment, an index and its manifest, of which the answer only tells the number', async () => {
      const { manifest } = await cleanedUp();
      expect(snapshotKeys()).to.have.length(10);
      expectSnapshots(world.table, world.objects);
      expect(manifest)
        .to.include({ snapshotObjects: 8 })
        .and.not.have.any.keys('snapshot', 'checksums', 'poolSettings', 'id', 'type');
    });

    it('of an empty table is there too', async () => {
      world.pool(POOL_ID);
      await cleanedUp();
      expectSnapshots(world.table, world.objects);
    });

    it('is not made when it is kept for no days, and nothing of it is', async () => {
      const { manifest } = await cleanedUp({ keepSnapshot: false });
      expect(snapshotKeys()).to.deep.equal([]);
      expect([...world.objects.stored.keys()].filter((key) => key.includes('snapshot'))).to.deep.equal([]);
      expect(manifest).to.include({ snapshotObjects: 0 });
      expect(world.table.peek(manifestKey(manifest?.runId ?? ''))).to.not.have.property('snapshot');
    });

    it('of an unchanged pool costs the table no writes', async () => {
      await cleanedUp();
      const before = world.table.written + world.table.deleted;
      await cleanedUp();
      expect(world.table.written + world.table.deleted - before).to.be.at.most(4);
      expectSnapshots(world.table, world.objects);
    });

    it('stays when the next run drops the working state of its own', async () => {
      const { manifest } = await cleanedUp();
      await cleanedUp();
      expect(snapshotKeys()).to.have.length(20);
      expect(
        [...world.objects.stored.keys()].filter((key) => key.startsWith(`exports/${manifest?.runId}/`)),
      ).to.deep.equal([]);
    });

    it('with another number of items than the table is never sealed, and the next start lists again', async () => {
      const original = world.objects.put;
      world.objects.put = (key, body, condition) => {
        const text = String(body);
        const planned = key.endsWith('progress/table.json') && text.includes('"phase":"snapshot"');
        if (!planned) return original(key, body, condition);
        const envelope = JSON.parse(text.replace(/"items":(\d+)/, (_, count) => `"items":${Number(count) + 1}`)) as {
          readonly state: unknown;
        };
        return original(
          key,
          JSON.stringify({ ...envelope, digest: digestOfText(JSON.stringify(envelope.state)) }),
          condition,
        );
      };
      // The checkpoint that an invocation finds after it was killed has been changed.
      world.calls.fail({ call: 'objects.write', error: () => new KilledError('killed') });
      const runner = new ExportRunner(world);
      const { runId } = await runner.open();
      await runner.listAll(runId);
      await rejection(runner.cleanUp(runId));
      world.objects.put = original;
      const error = await rejection(runner.cleanUp(runId));
      expect(error).to.have.property('name', 'BadState');
      expect(error.message).to.include('holds 42 items and should hold the 41');
      expect(world.table.peek(LATEST_KEY)).to.equal(undefined);
      const { manifest } = await cleanedUp();
      expect(manifest?.runId).to.not.equal(runId);
      expectSnapshots(world.table, world.objects);
    });

    it('gets its manifest by the next run, when the run was sealed and stopped long ago', async () => {
      const put = world.objects.put;
      world.objects.put = async (key, body, condition) => {
        if (key.endsWith('/manifest.json')) throw new KilledError('killed');
        return put(key, body, condition);
      };
      await rejection(cleanedUp());
      expect(world.table.peek(LATEST_KEY)).to.not.equal(undefined);
      expect(snapshotKeys()).to.have.length(9);
      world.objects.put = put;
      world.clock.advance(2 * HOURS);
      // A run that never comes to its clean-up hands this on to the next.
      await new ExportRunner(world).open();
      world.clock.advance(2 * HOURS);
      await cleanedUp();
      expect(snapshotKeys().filter((key) => key.endsWith('/manifest.json'))).to.have.length(2);
      expectSnapshots(world.table, world.objects);
    });
  });

  describe('a run that was sealed and stopped before its end', () => {
    it('is resumed within the hour, without listing again, and without the OPEN marker', async () => {
      world.calls.fail({ call: 'replica.getItem', times: 100, error: () => new KilledError('killed') });
      world.calls.fail({ call: 'table.transact', when: 'after', error: () => new KilledError('killed') });
      await rejection(cleanedUp());
      const sealed = world.table.peek(LATEST_KEY)?.runId;
      const listed = world.calls.countOf('cognito.listUsersPage');
      const runner = new ExportRunner(world);
      expect(await runner.open()).to.deep.equal({ runId: sealed, resumed: true, completing: false });
      expect(world.table.peek(OPEN_KEY)).to.equal(undefined);
      expect(await cleanedUp()).to.deep.include({ done: true, phase: 'sealed' });
      expect(world.calls.countOf('cognito.listUsersPage')).to.equal(listed);
      expectSnapshots(world.table, world.objects);
      // Its end is told: the next start begins a run of its own.
      expect(await runner.open()).to.include({ resumed: false });
    });
  });

  describe('replica in the backup Region', () => {
    const lookedFor = async (): Promise<{ readonly result: CleanUpResult; readonly ms: number }> => {
      const runner = new ExportRunner(world);
      const { runId } = await runner.open();
      await runner.listAll(runId);
      const before = world.clock.now();
      return { result: await runner.cleanUp(runId), ms: world.clock.now() - before };
    };

    it('is current when it names the run, and then nobody waits', async () => {
      const { result, ms } = await lookedFor();
      expect(result).to.deep.include({
        done: true,
        phase: 'sealed',
        replica: { region: REPLICA_REGION, state: 'current' },
      });
      expect(ms).to.equal(0);
    });

    it('may need a few seconds', async () => {
      const replica = new MemoryReplica(world.table, world.calls);
      world.replica = replica;
      const sealedAt = world.clock.now() + 10_000;
      void world.clock.sleep(10_000).then(() => replica.catchUp());
      const { result } = await lookedFor();
      expect(result.replica).to.deep.equal({ region: REPLICA_REGION, state: 'current' });
      expect(world.clock.now() - sealedAt).to.be.within(0, 10_000);
    });

    it('is behind when it names an earlier run, or none, for a minute; the run is sealed all the same', async () => {
      const replica = new MemoryReplica(world.table, world.calls);
      world.replica = replica;
      const first = await lookedFor();
      expect(first.result).to.deep.include({
        done: true,
        phase: 'sealed',
        replica: { region: REPLICA_REGION, state: 'behind' },
      });
      expect(first.ms).to.be.within(45_000, 60_000);
      replica.catchUp();
      const { result } = await lookedFor();
      expect(result.replica).to.deep.equal({
        region: REPLICA_REGION,
        state: 'behind',
        lastRunId: first.result.manifest?.runId,
      });
      expect(world.table.peek(LATEST_KEY)).to.include({ runId: result.manifest?.runId });
      expect(world.table.peek(OPEN_KEY)).to.equal(undefined);
    });

    for (const error of [
      new Fault('ServiceError', 'GetItem failed: TimeoutError.'),
      new Halt('BackupTableNotFound', 'The table does not exist.'),
      new Halt('AccessDenied', 'GetItem'),
    ]) {
      it(`is unreachable when every look ends with ${error.name}; the run is sealed all the same`, async () => {
        world.replica = {
          getItem: () =>
            world.calls.run('replica.getItem', () => {
              throw error;
            }),
        };
        const { result, ms } = await lookedFor();
        expect(result).to.deep.include({
          done: true,
          phase: 'sealed',
          replica: { region: REPLICA_REGION, state: 'unreachable' },
        });
        expect(ms).to.be.at.most(60_000);
        expect(world.log.lines.join('\n')).to.include(error.name);
        expectSnapshots(world.table, world.objects);
      });
    }

    it('that answers again within the minute is what it then says', async () => {
      world.calls.fail({
        call: 'replica.getItem',
        times: 3,
        error: () => new Fault('ServiceError', 'GetItem failed.'),
      });
      expect((await lookedFor()).result.replica).to.deep.equal({ region: REPLICA_REGION, state: 'current' });
    });

    it('is told again by an invocation that is repeated after the end', async () => {
      const { result } = await lookedFor();
      const runner = new ExportRunner(world);
      const options = {
        runId: result.manifest?.runId ?? '',
        allowMassDelete: false,
        maxDeletePercent: 20,
        allowMassChange: false,
        maxChangePercent: 50,
        uncountedAttributes: [],
        softwareVersion: 'v2.1.0',
        keepSnapshot: true,
        replicaRegion: REPLICA_REGION,
      };
      expect(await cleanUpTable(runner.deps(), options)).to.deep.equal(result);
    });
  });
});
