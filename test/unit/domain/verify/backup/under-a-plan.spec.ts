import { expect } from 'chai';
import { itemKind } from '../../../../../source/domain/backup/items.ts';
import type { TableItem } from '../../../../../source/domain/ports.ts';
import { anyApplication, show, showApplication } from '../../../../support/backup/applied-plan.ts';
import type { Application } from '../../../../support/backup/applied-plan.ts';
import { backedUpWorld, waitsForSecondLook } from '../../../../support/workflows/verified-backup.ts';
import type { VerifyWorld } from '../../../../support/workflows/verify-world.ts';

const HOUR_MS = 3600 * 1000;
const NEXT_RUN = '20260302T000000Z-0000aaaa';
/** When the marker says that the run began to change the table. */
const OPENED_AT = Date.parse('2026-03-02T00:00:00.000Z');

describe('VerifyWorkflow: a backup to which a run is being applied', () => {
  let world: VerifyWorld;
  let runId: string;
  let application: Application;

  const begin = async (site: 'primary' | 'backup', done: number): Promise<VerifyWorld['primary']> => {
    ({ world, runId } = await backedUpWorld());
    application = anyApplication(world.home.table, NEXT_RUN);
    world.home.clock.advance(OPENED_AT - world.home.clock.now() + 60_000);
    showApplication(world[site].table, application, done);
    return world[site];
  };
  /** An item that the plan leaves alone. */
  const unplanned = ({ table }: VerifyWorld['primary']): TableItem => {
    const planned = new Set(application.content.map(({ key }) => `${key.id} ${key.type}`));
    return table
      .all()
      .find((item) => itemKind(item) === 'user' && !planned.has(`${item.id} ${item.type}`)) as TableItem;
  };
  const notesOf = (output: unknown): readonly string[] => (output as { readonly notes: readonly string[] }).notes;

  for (const region of ['primary', 'backup'] as const) {
    it(`A2: in the ${region} Region is verified by the digests when somebody asks, however far the run has come`, async () => {
      const all = (await begin(region, 0), application.content.length);
      for (const done of [0, 1, Math.ceil(all / 2), all]) {
        const site = await begin(region, done);
        const ended = await world.verify(site);
        expect(ended, ended.cause).to.include({ status: 'SUCCEEDED' });
        expect(ended.output).to.deep.include({ skipped: false, runId });
        expect(notesOf(ended.output)[0]).to.equal(
          `The export ${NEXT_RUN} is being applied to the table: ${done} of its ${all} changes ${done === 1 ? 'is' : 'are'} in it, everything else is what the export ${runId} sealed.`,
        );
        expect(world.messages[0]?.body.replaceAll(/\s+/g, ' ')).to.include(notesOf(ended.output)[0]);
      }
    });

    it(`A2: in the ${region} Region damage is told all the same, to whoever looks`, async () => {
      const damages: readonly ((site: VerifyWorld['primary']) => void)[] = [
        (site) => site.table.take(unplanned(site)),
        (site) => site.table.seed({ ...unplanned(site), username: 'canary' }),
        (site) => site.table.seed({ ...unplanned(site), id: 'USER#more' }),
        ({ table }) => {
          const { key, versions } = application.content.find(
            ({ versions: [old] }) => old !== undefined,
          ) as Application['content'][0];
          table.seed({ ...(versions[0] as TableItem), ...key, username: 'canary' });
        },
      ];
      for (const damage of damages) {
        for (const input of [{}, { Trigger: 'Schedule' }]) {
          const site = await begin(region, 5);
          damage(site);
          const ended = await world.verify(site, input);
          expect(ended.status).to.equal('FAILED');
          expect(['CountsDiffer', 'ChecksumDiffers', 'ReplicaBehind']).to.include(ended.error);
          expect(ended.cause)
            .to.include(`the export ${NEXT_RUN} has been changing it since`)
            .and.include('does not explain the difference')
            .and.not.include('canary');
          expect(waitsForSecondLook(ended.states)).to.equal(1);
          expect(world.messages).to.have.length(1);
        }
      }
    });
  }

  it('A2: the hourly look stays quiet while the run is at work, and tells when it does not end', async () => {
    const site = await begin('backup', 5);
    expect((await world.verify(site, { Trigger: 'Schedule' })).output).to.deep.include({
      skipped: true,
      why: 'runOpen',
    });
    expect(world.messages).to.deep.equal([]);
    world.home.clock.advance(6 * HOUR_MS);
    const ended = await world.verify(site, { Trigger: 'Schedule' });
    expect(ended).to.include({ status: 'FAILED', error: 'ExportRunOpen' });
    expect(ended.cause).to.match(
      /began to change the table backup-table at .* and has not ended in eu-west-1: it was interrupted/,
    );
    world.primaryAnswers = false;
    const alone = await world.verify(site, { Trigger: 'Schedule' });
    expect(alone).to.include({ status: 'FAILED', error: 'ReplicaBehind' });
    expect(world.messages).to.have.length(2);
  });

  it('A2: digests that have not arrived yet keep the hourly look quiet for hours, not for days; whoever asks is told', async () => {
    const site = await begin('backup', 5);
    show(site.table, application.digests[1] as Application['digests'][0], 0);
    expect((await world.verify(site, { Trigger: 'Schedule' })).output).to.deep.include({
      skipped: true,
      why: 'runOpen',
    });
    const asked = await world.verify(site);
    expect(asked).to.include({ status: 'FAILED', error: 'ReplicaBehind' });
    expect(asked.cause).to.match(/does not hold all of the export 20260302T000000Z-0000aaaa.*is not all there/);
    world.home.clock.advance(6 * HOUR_MS);
    expect(await world.verify(site, { Trigger: 'Schedule' })).to.include({ status: 'FAILED', error: 'ReplicaBehind' });
  });

  it('A2: where the digests are missing in the primary Region, it is told at once', async () => {
    const site = await begin('primary', 5);
    show(site.table, application.digests[0] as Application['digests'][0], 0);
    const ended = await world.verify(site);
    expect(ended.status).to.equal('FAILED');
    expect(['CountsDiffer', 'ChecksumDiffers']).to.include(ended.error);
    expect(ended.cause).to.include('the list of its');
  });

  it('A2: a run that is sealed while the table is read is looked at instead', async () => {
    const site = await begin('primary', 5);
    const { scanPage } = site.table;
    let pages = 0;
    site.table.scanPage = (request) => {
      pages += 1;
      if (pages === 4) {
        for (const each of [...application.digests, application.marker]) show(site.table, each, 2);
        for (const each of [...application.content].reverse()) show(site.table, each, 0);
      }
      return scanPage(request);
    };
    const ended = await world.verify(site);
    expect(ended, ended.cause).to.include({ status: 'SUCCEEDED' });
    expect(notesOf(ended.output)).to.deep.equal([]);
  });

  it('A2: is no reason to take the run for verified: the hourly look comes back, and then writes the snapshot', async () => {
    const site = await begin('backup', 5);
    await world.verify(site);
    for (const each of [...application.digests, application.marker]) show(site.table, each, 2);
    for (const each of application.content) show(site.table, each, 0);
    const ended = await world.verify(site, { Trigger: 'Schedule' });
    expect(ended.output).to.deep.include({ skipped: false, runId, objects: { read: 8, of: 8 } });
  });
});
