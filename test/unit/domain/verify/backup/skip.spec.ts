import { expect } from 'chai';
import { LATEST_KEY } from '../../../../../source/domain/backup/manifest.ts';
import type { VerifyWorld } from '../../../../support/workflows/verify-world.ts';
import { backedUpItems, backedUpWorld, waitsForSecondLook } from '../../../../support/workflows/verified-backup.ts';

const HOUR_MS = 3600 * 1000;

describe('VerifyWorkflow: the backup every hour', () => {
  let world: VerifyWorld;
  let runId: string;

  beforeEach(async () => {
    ({ world, runId } = await backedUpWorld());
  });

  const hourly = (): ReturnType<VerifyWorld['verify']> => world.verify(world.backup, { Trigger: 'Schedule' });

  it('is verified once per run; later looks end at once and tell nobody', async () => {
    expect((await hourly()).output).to.include({ skipped: false });
    expect(world.messages).to.have.length(1);
    const scans = world.home.calls.countOf('table.scanPage');
    const second = await hourly();
    expect(second).to.deep.include({ status: 'SUCCEEDED' });
    expect(second.output).to.deep.include({ skipped: true, why: 'alreadyVerified', runId });
    expect(world.home.calls.countOf('table.scanPage')).to.equal(scans);
    expect(world.messages).to.have.length(1);
    const next = await world.export();
    expect((await hourly()).output).to.deep.include({ skipped: false, runId: next });
  });

  it('ends at once while an export changes the table, and before the first one was sealed', async () => {
    world.open(world.backup);
    expect((await hourly()).output).to.deep.include({ skipped: true, why: 'runOpen' });
    world.home.table.clear();
    world.replicate();
    expect((await hourly()).output).to.deep.include({ skipped: true, why: 'nothingSealed' });
    expect(world.messages).to.deep.equal([]);
  });

  it('is verified anew where the record of the last verification cannot be read', async () => {
    await hourly();
    world.replicaObjects.stored.set('verifications/last.json', { body: Buffer.from('{"runId": 1'), etag: 'x' });
    expect((await hourly()).output).to.include({ skipped: false });
  });

  it('with a user pool: is not skipped, since the pool may have changed', async () => {
    await hourly();
    expect(await world.verify(world.backup, { Trigger: 'Schedule', UserPoolId: 'eu-west-1_Nowhere1' })).to.include({
      error: 'UserPoolNotFound',
    });
  });

  it('sees a replication that stopped after the last verified run', async () => {
    await hourly();
    await world.home.export();
    const ended = await hourly();
    expect(ended).to.include({ status: 'FAILED', error: 'ReplicaBehind' });
    expect(waitsForSecondLook(ended.states)).to.equal(1);
  });

  it('sees a replication that stopped while an export was under way, whoever asks', async () => {
    await hourly();
    await world.home.export();
    const next = world.home.table.peek(LATEST_KEY)?.runId as string;
    world.open(world.backup, next);
    for (const input of [{ Trigger: 'Schedule' }, {}]) {
      const ended = await world.verify(world.backup, input);
      expect(ended, ended.cause).to.include({ status: 'FAILED', error: 'ReplicaBehind' });
      expect(ended.cause).to.include(`last complete export in us-east-1 is ${next}, here it is ${runId}`);
      expect(waitsForSecondLook(ended.states)).to.equal(1);
    }
  });

  it('A2: lets an open export end, but not for longer than one may take, whether or not the primary Region can be asked', async () => {
    world.open(world.backup);
    for (const primaryAnswers of [false, true]) {
      world.primaryAnswers = primaryAnswers;
      expect((await hourly()).output).to.deep.include({ skipped: true, why: 'runOpen' });
    }
    world.home.clock.advance(6 * HOUR_MS + 1000);
    world.messages.length = 0;
    world.primaryAnswers = false;
    const alone = await hourly();
    expect(alone, alone.cause).to.include({ status: 'FAILED', error: 'ReplicaBehind' });
    expect(alone.cause)
      .to.match(/shows the export 20260302T000000Z-0000aaaa as under way since .* could not be asked/)
      .and.to.include(`last complete export here is ${runId}`);
    expect(waitsForSecondLook(alone.states)).to.equal(1);
    world.primaryAnswers = true;
    const both = await hourly();
    expect(both, both.cause).to.include({ status: 'FAILED', error: 'ExportRunOpen' });
    expect(both.cause).to.match(/an earlier version's export 20260302T000000Z-0000aaaa began to change it/);
    expect(world.messages).to.have.length(2);
  });

  it('A2: 72 hourly looks do not stay silent about items that vanish while a run is open', async () => {
    await hourly();
    world.messages.length = 0;
    world.open(world.backup);
    for (const item of backedUpItems(world).slice(0, 12)) await world.replica.deleteItems([item]);
    for (let hour = 0; hour < 72; hour += 1) {
      const ended = await hourly();
      expect(ended, ended.cause).to.include({ status: 'FAILED', error: 'ReplicaBehind' });
      world.home.clock.advance(HOUR_MS);
    }
    expect(world.messages).to.have.length(72);
  });
});
