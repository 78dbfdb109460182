import { expect } from 'chai';
import { SUPERSEDED, tagSuperseded } from '../../../../../source/domain/backup/snapshot/superseded.ts';
import { Fault, Halt } from '../../../../../source/domain/errors.ts';
import { keepSnapshot, putRaw, snapshotKeyOf } from '../../../../support/import/kept-snapshot.ts';
import { PlanningWorld } from '../../../../support/import/planning-world.ts';
import { sealBackup } from '../../../../support/import/sealed-backup.ts';
import { addUsers } from '../../../../support/world/builders.ts';

const RUNS = ['20260301T000000Z-0000000a', '20260302T000000Z-0000000b', '20260303T000000Z-0000000c'] as const;
const [OLDEST, MIDDLE, NEWEST] = RUNS;
const TAGGED = 'exports/tagged-snapshots.json';

/** A Region that keeps three complete snapshots. */
function threeSnapshots(): PlanningWorld {
  const world = new PlanningWorld();
  addUsers(world.source, 5);
  for (const runId of RUNS) keepSnapshot(world.objects, world.table, sealBackup(world.table, world.source, runId));
  return world;
}
const tag = (world: PlanningWorld, keepsSnapshots = true, timeLeft = () => 900_000): Promise<string | undefined> =>
  tagSuperseded(
    { objects: world.objects, clock: world.clock, timeLeft, log: world.log },
    { keepsSnapshots, taggedKey: TAGGED },
  );
/** Runs whose objects are all tagged, and those of which none is. */
function tagged(world: PlanningWorld): { readonly all: string[]; readonly none: string[] } {
  const all: string[] = [];
  const none: string[] = [];
  const keys = [...world.objects.stored.keys()].filter((key) => key.startsWith('snapshots/'));
  for (const runId of new Set(keys.map((key) => key.split('/')[1] as string))) {
    const own = keys.filter((key) => key.startsWith(`snapshots/${runId}/`));
    const expiring = own.filter((key) => world.objects.tags.get(key)?.snapshot === SUPERSEDED.snapshot);
    if (expiring.length === own.length) all.push(runId);
    else {
      expect(expiring, runId).to.deep.equal([]);
      none.push(runId);
    }
  }
  return { all: all.sort(), none: none.sort() };
}
const manifestOfRun = (world: PlanningWorld, runId: string): object =>
  world.objects.json<object>(snapshotKeyOf(runId, 'manifest.json'));

describe('snapshots that are superseded', () => {
  it('A: are tagged, each once; the newest complete one is not', async () => {
    const world = threeSnapshots();
    expect(await tag(world)).to.equal(undefined);
    expect(tagged(world)).to.deep.equal({ all: [OLDEST, MIDDLE], none: [NEWEST] });
    const before = world.calls.countOf('objects.tag') + world.calls.countOf('objects.put');
    await tag(world);
    expect(world.calls.countOf('objects.tag') + world.calls.countOf('objects.put')).to.equal(before);
  });

  it('A: what was refused, given up or damaged never counts as the newest, and is tagged', async () => {
    for (const spoil of ['refused', 'no manifest', 'damaged manifest', 'lacks an object'] as const) {
      const world = threeSnapshots();
      const manifest = snapshotKeyOf(NEWEST, 'manifest.json');
      if (spoil === 'refused')
        putRaw(
          world.objects,
          manifest,
          JSON.stringify({ ...manifestOfRun(world, NEWEST), refused: 'MassDeleteRefused' }),
        );
      else if (spoil === 'no manifest') world.objects.stored.delete(manifest);
      else if (spoil === 'damaged manifest') putRaw(world.objects, manifest, '{}');
      else world.objects.stored.delete(snapshotKeyOf(NEWEST, 'segment-3.ndjson.gz'));
      await tag(world);
      expect(tagged(world), spoil).to.deep.equal({ all: [OLDEST, NEWEST], none: [MIDDLE] });
    }
  });

  it('A: while snapshots are switched off all of them are tagged; when they are kept again, the newest one stays', async () => {
    const world = threeSnapshots();
    await tag(world, false);
    expect(tagged(world)).to.deep.equal({ all: [...RUNS], none: [] });
    await tag(world);
    expect(tagged(world)).to.deep.equal({ all: [OLDEST, MIDDLE], none: [NEWEST] });
  });

  it('A: an older one stays again when the newer one is gone', async () => {
    const world = threeSnapshots();
    await tag(world);
    for (const key of [...world.objects.stored.keys()])
      if (key.startsWith(`snapshots/${NEWEST}/`)) world.objects.stored.delete(key);
    await tag(world);
    expect(tagged(world)).to.deep.equal({ all: [OLDEST], none: [MIDDLE] });
  });

  it('A: a folder that got another object after it was tagged is tagged again', async () => {
    const world = threeSnapshots();
    await tag(world);
    putRaw(world.objects, snapshotKeyOf(OLDEST, 'kept.ndjson.gz'), 'late');
    await tag(world);
    expect(tagged(world).all).to.include(OLDEST);
  });

  it('A: never fail a run for want of tags: it is logged and told, and the next run goes on', async () => {
    for (const error of [
      new Fault('Unprocessed', 'no'),
      new Halt('AccessDenied', 'no'),
      new Fault('ServiceError', 'no'),
    ]) {
      const world = threeSnapshots();
      world.calls.fail({ call: 'objects.tag', times: 1, error: () => error });
      expect(await tag(world)).to.match(new RegExp(`could not be marked to expire \\(${error.name}\\)`));
      expect(world.log.lines.join()).to.match(/warn Superseded snapshots could not be tagged/);
      expect(await tag(world)).to.equal(undefined);
      expect(tagged(world)).to.deep.equal({ all: [OLDEST, MIDDLE], none: [NEWEST] });
    }
    const world = threeSnapshots();
    expect(await tag(world, true, () => 59_000)).to.match(/^2 superseded snapshots were not marked to expire in time/);
    expect(await tag(world)).to.equal(undefined);
    expect(tagged(world)).to.deep.equal({ all: [OLDEST, MIDDLE], none: [NEWEST] });
  });

  it('A: are all tagged once more where the list of those that are was damaged or has expired', async () => {
    for (const lost of [undefined, '{"x":', '[]']) {
      const world = threeSnapshots();
      await tag(world);
      world.objects.tags.clear();
      if (lost === undefined) world.objects.stored.delete(TAGGED);
      else putRaw(world.objects, TAGGED, lost);
      await tag(world);
      expect(tagged(world)).to.deep.equal({ all: [OLDEST, MIDDLE], none: [NEWEST] });
    }
  });
});
