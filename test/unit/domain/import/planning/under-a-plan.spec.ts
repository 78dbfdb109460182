import { expect } from 'chai';
import { LATEST_KEY } from '../../../../../source/domain/backup/manifest.ts';
import type { TableItem } from '../../../../../source/domain/ports.ts';
import { seededRandom } from '../../../../../tools/simulation/random.ts';
import { show, showApplication } from '../../../../support/backup/applied-plan.ts';
import { keepSnapshot, putRaw, snapshotKeyOf } from '../../../../support/import/kept-snapshot.ts';
import { SEALED_RUN } from '../../../../support/import/sealed-backup.ts';
import { NEXT_RUN, twoRuns } from '../../../../support/import/two-runs.ts';
import type { TwoRuns } from '../../../../support/import/two-runs.ts';
import { rejection } from '../../../../support/rejection.ts';

const OLDER_RUN = '20260215T000000Z-0badcafe';

/** Half of the plan is in the table. */
function halfApplied(): TwoRuns {
  const runs = twoRuns(seededRandom(4), 2);
  showApplication(runs.world.table, runs.application, Math.ceil(runs.application.content.length / 2));
  return runs;
}

/** An item that the plan leaves alone. */
function unplanned({ world, application }: TwoRuns): TableItem {
  const planned = new Set(application.content.map(({ key }) => key.id));
  return world.table.all().find(({ id }) => id.startsWith('USER#') && !planned.has(id)) as TableItem;
}

describe('scanTable: a table to which a run is being applied', () => {
  it('A2: is restored as it is, each item old or new, and the report names the run and how much of it is in', async () => {
    const { world, application } = halfApplied();
    await world.scan();
    const plan = world.plan();
    const planned = application.content.length;
    expect(plan).to.deep.include({
      runId: SEALED_RUN,
      source: 'table',
      interrupted: { runId: NEXT_RUN, items: Math.ceil(planned / 2), planned },
    });
    expect(plan.remarks).to.deep.equal([
      `The export ${NEXT_RUN} was being applied to the table, or had been interrupted meanwhile: ${Math.ceil(planned / 2)} of its ${planned} changes were in it, everything else is what the export ${SEALED_RUN} sealed.`,
    ]);
    expect(world.clock.elapsed).to.be.below(1000);
  });

  it('A2: is read over many invocations all the same', async () => {
    const { world, application } = halfApplied();
    world.table.pageItems = 1;
    world.calls.latencies['table.scanPage'] = 250_000;
    let rounds = 1;
    for (let result = await world.scan(); !result.done; result = await world.scan()) rounds += 1;
    expect(rounds).to.be.at.least(3);
    expect(world.plan().interrupted).to.include({ planned: application.content.length });
  });

  it('A2: items that vanish while a run is open are not taken for deletions of that run', async () => {
    const runs = halfApplied();
    runs.world.table.take(unplanned(runs));
    const error = await rejection(runs.world.scan());
    expect(error.name).to.equal('ReplicaBehind');
    expect(error.message).to.match(
      /the export 20260302T000000Z-11111111 is being applied to the table, and its list of \d+ changes does not explain the difference/,
    );
    expect(runs.world.clock.elapsed).to.be.within(300_000, 330_000);
  });

  it('A2: what the digests do not explain is restored from the snapshot of the sealed run, which report and plan say', async () => {
    for (const lost of ['item', 'digests', 'manifest'] as const) {
      const runs = twoRuns(seededRandom(4), 2);
      const { world, application, before } = runs;
      keepSnapshot(world.objects, world.table, runs.sealed);
      showApplication(world.table, application, 3);
      if (lost === 'item') world.table.take(unplanned(runs));
      else if (lost === 'digests') show(world.table, application.digests[1] as (typeof application.digests)[0], 0);
      else world.table.take({ id: `EXPORT#${SEALED_RUN}`, type: 'MANIFEST' });
      expect(await world.scan(), lost).to.include({ done: true, source: 'snapshot', exportRun: SEALED_RUN });
      expect(world.plan().counts.backup.users).to.equal(before.filter(({ type }) => type === 'PROFILE').length);
      expect(world.plan()).to.not.have.property('interrupted');
      expect(world.plan().remarks?.join()).to.match(
        /^The backup table backup-table could not be used \(.*\)\. The snapshot that this Region keeps of the same export 20260301T000000Z-0badcafe was read instead\.$/,
      );
    }
  });

  it('A2: halts with ReplicaBehind where that snapshot is damaged or was refused, and names the newest other one', async () => {
    for (const [damage, kept] of [
      ['object', true],
      ['manifest', true],
      ['none', false],
    ] as const) {
      const runs = halfApplied();
      const { world } = runs;
      world.table.take(unplanned(runs));
      const sealed = keepSnapshot(world.objects, world.table, runs.sealed);
      for (const [name, { body }] of world.objects.stored)
        if (kept && name.startsWith('snapshots/')) putRaw(world.objects, name.replace(SEALED_RUN, OLDER_RUN), body);
      if (kept)
        putRaw(
          world.objects,
          snapshotKeyOf(OLDER_RUN, 'manifest.json'),
          JSON.stringify({ ...sealed, runId: OLDER_RUN }),
        );
      // Newer ones that never count: refused, or without a manifest.
      putRaw(
        world.objects,
        snapshotKeyOf(NEXT_RUN, 'manifest.json'),
        JSON.stringify({ ...sealed, runId: NEXT_RUN, refused: 'MassDeleteRefused' }),
      );
      for (const { name } of sealed.snapshot?.objects ?? [])
        putRaw(world.objects, snapshotKeyOf(NEXT_RUN, name), Buffer.from('x'));
      putRaw(world.objects, snapshotKeyOf('20260303T000000Z-0badcafe', 'segment-0.ndjson.gz'), Buffer.from('x'));
      if (damage === 'object') putRaw(world.objects, snapshotKeyOf(SEALED_RUN, 'segment-0.ndjson.gz'), 'damaged');
      else putRaw(world.objects, snapshotKeyOf(SEALED_RUN, 'manifest.json'), '{}');
      const error = await rejection(world.scan());
      expect(error.name, damage).to.equal('ReplicaBehind');
      expect(error.message)
        .to.include(`keeps no good snapshot of the export ${SEALED_RUN} that could be read instead`)
        .and.to.include(kept ? `the newest other one is {"ExportRun": "${OLDER_RUN}"}` : 'nor of another one');
      expect([...world.target.users.keys()]).to.deep.equal([]);
    }
  });

  it('A2: with AcceptIncomplete the table is restored all the same, and reported with what it should hold', async () => {
    const runs = halfApplied();
    keepSnapshot(runs.world.objects, runs.world.table, runs.sealed);
    runs.world.table.take(unplanned(runs));
    await runs.world.scan({ acceptIncomplete: true });
    const changes = runs.application.content.length;
    expect(runs.world.plan()).to.deep.include({
      source: 'table',
      interrupted: { runId: NEXT_RUN, items: Math.ceil(changes / 2), planned: changes },
    });
    expect(runs.world.plan().incomplete?.expected).to.deep.equal(runs.sealed.counts);
  });

  it('A2: a run that is sealed while the table is read is read again', async () => {
    const runs = halfApplied();
    const { world, application } = runs;
    world.table.pageItems = 1;
    world.calls.latencies['table.scanPage'] = 30_000;
    const scan = world.scan({}, { timeLeft: () => 900_000 });
    void world.clock.sleep(60_000).then(() => {
      for (const each of [...application.digests, application.marker]) show(world.table, each, 2);
      for (const each of [...application.content, ...application.sealing]) show(world.table, each, 1);
    });
    let result = await scan;
    while (!result.done) result = await world.scan();
    expect(world.table.peek(LATEST_KEY)?.runId).to.equal(NEXT_RUN);
    expect(world.plan()).to.deep.include({ runId: NEXT_RUN }).and.not.have.property('interrupted');
    expect(world.plan().counts.backup).to.deep.equal(runs.next.counts);
  });
});
