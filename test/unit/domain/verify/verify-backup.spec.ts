import { expect } from 'chai';
import { itemKind, userKey } from '../../../../source/domain/backup/items.ts';
import { LATEST_KEY, manifestKey } from '../../../../source/domain/backup/manifest.ts';
import type { Manifest } from '../../../../source/domain/backup/manifest.ts';
import { snapshotFolder, snapshotManifestKey } from '../../../../source/domain/backup/snapshot/names.ts';
import type { TableItem } from '../../../../source/domain/ports.ts';
import { addGroups, addUsers } from '../../../support/world/builders.ts';
import type { MemoryFiles } from '../../../../tools/simulation/storage/memory-files.ts';
import type { SimulatedObjects } from '../../../../tools/simulation/storage/objects.ts';
import { VerifyWorld } from '../../../support/workflows/verify-world.ts';

const DAY_MS = 24 * 3600 * 1000;
const LOOKS_APART_S = 300;

describe('VerifyWorkflow: the backup', () => {
  let world: VerifyWorld;
  let runId: string;

  beforeEach(async () => {
    world = new VerifyWorld();
    world.home.table.pageItems = 7;
    world.replica.pageItems = 7;
    addUsers(world.home.source, 30);
    addGroups(world.home.source, [3, 5]);
    runId = await world.export();
  });

  const content = (items: readonly TableItem[] = world.home.table.all()): TableItem[] =>
    items.filter((item) => itemKind(item) !== undefined);
  const users = (): TableItem[] => content().filter((item) => itemKind(item) === 'user');
  const last = (objects: SimulatedObjects<MemoryFiles>): { runId: string; nextObject: number; objects: object } =>
    objects.json('verifications/last.json');
  const waited = (states: readonly string[]): number => states.filter((state) => state === 'WaitForSecondLook').length;

  it('is found in order in the primary Region, with its snapshot, and says so', async () => {
    const ended = await world.verify(world.primary);
    expect(ended.status).to.equal('SUCCEEDED');
    expect(ended.output).to.deep.include({ done: true, skipped: false, runId, percent: 100, notes: [] });
    const { counts } = world.home.table.peek(manifestKey(runId)) as unknown as Manifest;
    expect(ended.output).to.deep.include({ counts, objects: { read: 8, of: 8 } });
    expect(last(world.home.objects)).to.deep.include({ runId, wholeRunId: runId });
    expect(world.messages).to.have.length(1);
    expect(world.messages[0]?.subject).to.equal('Backup in us-east-1 verified: 30 users');
    expect(world.messages[0]?.body).to.include(runId).and.include('8 of 8 objects');
    expect(world.metrics).to.deep.equal(['StepFunctionsWorkflowFinished']);
  });

  it('changes neither the table nor the bucket but for what it stores below verifications/', async () => {
    const before = JSON.stringify(content());
    const objects = (): string[] =>
      [...world.home.objects.stored.keys()].filter((key) => !/^(verifications|notices)\//.test(key)).sort();
    const keys = objects();
    await world.verify(world.primary);
    expect(JSON.stringify(content())).to.equal(before);
    expect(objects()).to.deep.equal(keys);
    expect([...world.home.objects.stored.keys()].filter((key) => key.startsWith('verifications/'))).to.deep.equal([
      'verifications/run-1/backup.json',
      'verifications/last.json',
    ]);
  });

  it('in the backup Region is copied into a snapshot of that Region, once', async () => {
    const ended = await world.verify(world.backup);
    expect(ended.output).to.deep.include({ skipped: false, runId, objects: { read: 8, of: 8 } });
    const manifest = world.replicaObjects.json<Manifest>(snapshotManifestKey(runId));
    expect(manifest).to.not.have.any.keys('id', 'type');
    const {
      id: _id,
      type: _type,
      snapshot: _snapshot,
      ...sealed
    } = world.replica.peek(manifestKey(runId)) as TableItem & { snapshot: object };
    expect({ ...manifest, snapshot: undefined }).to.deep.equal({ ...sealed, snapshot: undefined });
    expect(manifest.snapshot?.objects.reduce((sum, { items }) => sum + items, 0)).to.equal(content().length);
    expect(
      [...world.replicaObjects.stored.keys()].filter(
        (key) => key.startsWith('verifications/') && key.includes('/work/'),
      ),
    ).to.deep.equal([]);
    const written = world.home.calls.countOf('objects.write');
    expect((await world.verify(world.backup)).status).to.equal('SUCCEEDED');
    expect(world.home.calls.countOf('objects.write')).to.equal(written);
  });

  it('is not copied while SnapshotRetentionDays is 0', async () => {
    world.retentionDays = 0;
    const ended = await world.verify(world.backup);
    expect(ended.output).to.deep.include({ objects: { read: 0, of: 0 } });
    expect((ended.output as { notes: string[] }).notes[0]).to.match(/snapshot/);
    expect([...world.replicaObjects.stored.keys()].filter((key) => key.startsWith('snapshots/'))).to.deep.equal([]);
  });

  describe('of which only a share is read', () => {
    it('reads other objects each time, and the table whole', async () => {
      const read: string[] = [];
      for (let turn = 0; turn < 3; turn += 1) {
        const from = world.home.calls.countOf('objects.read');
        const ended = await world.verify(world.primary, { Percent: 30 });
        expect(ended.output).to.deep.include({ percent: 30, objects: { read: 3, of: 8 } });
        expect(world.home.calls.countOf('objects.read') - from).to.equal(3);
        read.push(
          ...world.home.objects.json<{ state: { snapshot: { chosen: string[] } } }>(
            `verifications/run-${turn + 1}/backup.json`,
          ).state.snapshot.chosen,
        );
      }
      expect(new Set(read).size).to.equal(8);
    });

    it('does not count as verified for the hourly look', async () => {
      await world.verify(world.backup, { Percent: 5 });
      expect((await world.verify(world.backup, { Trigger: 'Schedule' })).output).to.include({ skipped: false });
    });
  });

  describe('every hour', () => {
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
      expect(waited(ended.states)).to.equal(1);
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
        expect(waited(ended.states)).to.equal(1);
      }
    });

    it('lets an open export end while the primary Region cannot be asked, but not for longer than one may take', async () => {
      world.primaryAnswers = false;
      world.open(world.backup);
      world.home.clock.advance(7 * DAY_MS - 1000);
      expect((await hourly()).output).to.deep.include({ skipped: true, why: 'runOpen' });
      world.home.clock.advance(2000);
      const ended = await hourly();
      expect(ended, ended.cause).to.include({ status: 'FAILED', error: 'ReplicaBehind' });
      expect(ended.cause)
        .to.match(/shows the export 20260302T000000Z-0000aaaa as under way since .* could not be asked/)
        .and.to.include(`last complete export here is ${runId}`);
      expect(waited(ended.states)).to.equal(1);
      world.primaryAnswers = true;
      expect((await hourly()).output).to.deep.include({ skipped: true, why: 'runOpen' });
    });
  });

  it('is not verified while a run is open when somebody asks', async () => {
    world.open(world.primary);
    const ended = await world.verify(world.primary);
    expect(ended).to.include({ status: 'FAILED', error: 'ExportRunOpen' });
    expect(world.messages[0]?.body).to.match(/start\s+VerifyWorkflow\s+again/);
  });

  it('halts with NoSealedBackup where nothing was ever sealed', async () => {
    world.home.table.clear();
    expect(await world.verify(world.primary)).to.include({ status: 'FAILED', error: 'NoSealedBackup' });
  });

  it('ignores the OPEN marker of the sealed run itself, as a replica may show it', async () => {
    world.open(world.backup, runId);
    expect(await world.verify(world.backup)).to.include({ status: 'SUCCEEDED' });
  });

  it('is verified also while the primary Region does not answer, and says what it cannot know', async () => {
    world.primaryAnswers = false;
    const ended = await world.verify(world.backup);
    expect(ended.status).to.equal('SUCCEEDED');
    expect((ended.output as { notes: string[] }).notes).to.deep.equal([
      'The table in the primary Region could not be asked: whether this replica is the newest is not known.',
    ]);
  });

  it('goes slice by slice', async () => {
    world.home.calls.latencies['table.scanPage'] = 5_000;
    world.home.calls.latencies['objects.read'] = 30_000;
    world.invocationMs = 75_000;
    const ended = await world.verify(world.backup);
    expect(ended.status).to.equal('SUCCEEDED');
    expect(ended.states.filter((state) => state === 'VerifyBackup').length).to.be.above(5);
    expect(ended.output).to.deep.include({ objects: { read: 8, of: 8 } });
  });

  it('a snapshot that retention has removed is a note', async () => {
    for (const key of world.home.objects.stored.keys())
      if (key.startsWith(snapshotFolder(runId))) world.home.objects.stored.delete(key);
    world.home.clock.advance(36 * DAY_MS);
    const ended = await world.verify(world.primary);
    expect(ended.status).to.equal('SUCCEEDED');
    expect((ended.output as { notes: string[] }).notes).to.deep.equal([
      `The snapshot of the export ${runId} is older than 35 days and was removed.`,
    ]);
    expect(world.messages[0]?.body).to.include('older than 35 days');
  });

  describe('with damage', () => {
    const victim = (): TableItem => users()[3] as TableItem;
    const flipped = (item: TableItem): TableItem => ({
      ...item,
      attributes: { ...(item.attributes as object), name: 'Somebody else' },
    });

    const expectFailed = async (
      site: VerifyWorld['primary'],
      error: string,
      message: RegExp,
      looks: number,
    ): Promise<void> => {
      const began = world.home.clock.now();
      const ended = await world.verify(site);
      expect(ended, ended.cause).to.include({ status: 'FAILED', error });
      expect(ended.cause).to.match(message);
      expect(waited(ended.states)).to.equal(looks - 1);
      expect(world.home.clock.now() - began).to.be.at.least((looks - 1) * LOOKS_APART_S * 1000);
      expect(world.messages).to.have.length(1);
      expect(world.messages[0]?.subject).to.include(error);
      expect(`${world.messages[0]?.body}${world.home.log.lines.join('\n')}`).to.not.match(
        /@example\.test|Somebody|user\d+\b/,
      );
    };

    it('in one attribute: ChecksumDiffers', async () => {
      world.home.table.seed(flipped(victim()));
      await expectFailed(
        world.primary,
        'ChecksumDiffers',
        /1 of 256 checksums differ; 1 items do not hold what their own content hash says/,
        2,
      );
    });

    it("in an item's own hash: ChecksumDiffers", async () => {
      world.home.table.seed({ ...victim(), contentHash: '0'.repeat(64) });
      await expectFailed(world.primary, 'ChecksumDiffers', /0 of 256 checksums differ; 1 items/, 2);
    });

    it('of an item that is gone: CountsDiffer', async () => {
      await world.home.table.deleteItems([victim()]);
      await expectFailed(
        world.primary,
        'CountsDiffer',
        /holds 29 users, 2 groups and 8 memberships, the export .* sealed 30 users/,
        2,
      );
    });

    it('of an item too many: CountsDiffer', async () => {
      world.home.table.seed({ ...victim(), ...userKey('00000000-0000-4000-8000-000000000000') });
      await expectFailed(world.primary, 'CountsDiffer', /holds 31 users/, 2);
    });

    it('of the manifest: ManifestMissing', async () => {
      await world.home.table.deleteItems([manifestKey(runId)]);
      await expectFailed(
        world.primary,
        'ManifestMissing',
        new RegExp(`names the export ${runId}, but its manifest is not there`),
        2,
      );
    });

    it('that is gone at the second look: nothing happened', async () => {
      const item = victim();
      world.home.table.seed(flipped(item));
      world.whileWaiting = () => world.home.table.seed(item);
      const ended = await world.verify(world.primary);
      expect(ended.status).to.equal('SUCCEEDED');
      expect(waited(ended.states)).to.equal(1);
    });

    describe('in the backup Region', () => {
      it('in one attribute: ChecksumDiffers, and no snapshot is written', async () => {
        world.replica.seed(flipped(victim()));
        await expectFailed(world.backup, 'ChecksumDiffers', /in eu-west-1/, 2);
        expect(
          [...world.replicaObjects.stored.keys()].filter(
            (key) => key.startsWith('snapshots/') || key.includes('/work/'),
          ),
        ).to.deep.equal([]);
      });

      it('of an item too many: CountsDiffer', async () => {
        world.replica.seed({ ...victim(), ...userKey('00000000-0000-4000-8000-000000000000') });
        await expectFailed(world.backup, 'CountsDiffer', /holds 31 users/, 2);
      });

      it('of an item that the last run did not write: CountsDiffer', async () => {
        await world.export();
        await world.replica.deleteItems([victim()]);
        await expectFailed(world.backup, 'CountsDiffer', /holds 29 users/, 2);
      });

      it('of a replica at the run before: ReplicaBehind', async () => {
        addUsers(world.home.source, 2, { prefix: 'new' });
        await world.home.export();
        await expectFailed(
          world.backup,
          'ReplicaBehind',
          new RegExp(`last complete export in us-east-1 is .*, here it is ${runId}`),
          2,
        );
      });

      it('of a replica that never got anything: ReplicaBehind', async () => {
        world.replica.clear();
        await expectFailed(world.backup, 'ReplicaBehind', /here it is none/, 2);
      });

      it('of a replica that lacks some of what the last run wrote: ReplicaBehind', async () => {
        const added = new Set(addUsers(world.home.source, 2, { prefix: 'new' }).map(({ sub }) => userKey(sub).id));
        await world.export();
        world.replicate(({ id }) => !added.has(id));
        await expectFailed(world.backup, 'ReplicaBehind', /wrote 2 and deleted 0/, 2);
      });

      it('of a replica that still holds what the last run deleted: ReplicaBehind', async () => {
        const gone = victim();
        world.home.source.remove(gone.username as string);
        await world.export();
        world.replica.seed(gone);
        await expectFailed(world.backup, 'ReplicaBehind', /deleted \d/, 2);
      });

      it('of a manifest that has not arrived: ReplicaBehind; that nobody has: ManifestMissing', async () => {
        world.replicate(({ id }) => id !== manifestKey(runId).id);
        await expectFailed(world.backup, 'ReplicaBehind', /The table in us-east-1 has it/, 2);
        world.messages.length = 0;
        await world.home.table.deleteItems([manifestKey(runId)]);
        await expectFailed(world.backup, 'ManifestMissing', /nor in us-east-1/, 2);
        world.messages.length = 0;
        world.primaryAnswers = false;
        await expectFailed(world.backup, 'ManifestMissing', /could not be asked/, 2);
      });

      it('of a run that arrives between two looks, and then its items: nothing happened', async () => {
        const added = new Set(addUsers(world.home.source, 2, { prefix: 'new' }).map(({ sub }) => userKey(sub).id));
        await world.home.export();
        let waits = 0;
        world.whileWaiting = () => {
          waits += 1;
          world.replicate(waits === 1 ? ({ id }) => !added.has(id) : () => true);
        };
        const ended = await world.verify(world.backup);
        expect(ended.status, ended.cause).to.equal('SUCCEEDED');
        expect(waits).to.equal(2);
        expect((ended.output as { runId: string }).runId).to.equal(world.home.table.peek(LATEST_KEY)?.runId);
      });
    });
  });

  describe('with a damaged snapshot', () => {
    const key = (name: string): string => `${snapshotFolder(runId)}${name}`;
    const damage = (
      objects: SimulatedObjects<MemoryFiles>,
      name: string,
      change: (body: Buffer) => Buffer | undefined,
    ): void => {
      const { body } = objects.stored.get(key(name)) as { body: Uint8Array };
      const changed = change(Buffer.from(body));
      if (changed === undefined) objects.stored.delete(key(name));
      else objects.stored.set(key(name), { body: changed, etag: 'damaged' });
    };
    const flip = (body: Buffer): Buffer => {
      const at = body.length >> 1;
      body.writeUInt8((body[at] as number) ^ 1, at);
      return body;
    };
    const truncate = (body: Buffer): Buffer => body.subarray(0, body.length - 9);
    const biggest = (objects: SimulatedObjects<MemoryFiles>): string =>
      [...objects.stored]
        .filter(([name]) => name.startsWith(key('segment-')))
        .sort(([, a], [, b]) => b.body.length - a.body.length)[0]?.[0]
        .split('/')
        .at(-1) ?? '';

    const cases: readonly (readonly [what: string, change: (body: Buffer) => Buffer | undefined])[] = [
      ['a flipped bit', flip],
      ['a truncated object', truncate],
      ['a missing object', () => undefined],
    ];
    for (const [what, change] of cases) {
      it(`of the primary Region, ${what}: ChecksumDiffers names the object`, async () => {
        const name = biggest(world.home.objects);
        damage(world.home.objects, name, change);
        const ended = await world.verify(world.primary);
        expect(ended).to.include({ status: 'FAILED', error: 'ChecksumDiffers' });
        expect(ended.cause).to.include(key(name)).and.include('The next complete export writes a snapshot of its own');
        expect(waited(ended.states)).to.equal(0);
      });

      it(`of the backup Region, ${what}: ChecksumDiffers names the object; without its folder it is written anew`, async () => {
        await world.verify(world.backup);
        const name = biggest(world.replicaObjects);
        damage(world.replicaObjects, name, change);
        const ended = await world.verify(world.backup);
        expect(ended).to.include({ status: 'FAILED', error: 'ChecksumDiffers' });
        expect(ended.cause)
          .to.include(key(name))
          .and.include(`Delete the folder ${snapshotFolder(runId)}`);
        for (const stored of [...world.replicaObjects.stored.keys()])
          if (stored.startsWith(snapshotFolder(runId))) world.replicaObjects.stored.delete(stored);
        expect((await world.verify(world.backup)).output).to.deep.include({ objects: { read: 8, of: 8 } });
      });
    }

    it('whose manifest is missing, damaged, or another one', async () => {
      const manifest = world.home.objects.stored.get(snapshotManifestKey(runId)) as { body: Uint8Array; etag: string };
      const sealed = JSON.parse(Buffer.from(manifest.body).toString()) as Manifest;
      const others = [undefined, '{"runId":', JSON.stringify({ ...sealed, counts: { ...sealed.counts, users: 29 } })];
      for (const text of others) {
        if (text === undefined) world.home.objects.stored.delete(snapshotManifestKey(runId));
        else world.home.objects.stored.set(snapshotManifestKey(runId), { ...manifest, body: Buffer.from(text) });
        const ended = await world.verify(world.primary);
        expect(ended, text).to.include({ status: 'FAILED', error: 'ChecksumDiffers' });
        expect(ended.cause).to.include(snapshotManifestKey(runId));
      }
    });

    it('whose manifest was not put yet at the first look: nothing happened', async () => {
      const manifest = world.home.objects.stored.get(snapshotManifestKey(runId)) as { body: Uint8Array; etag: string };
      world.home.objects.stored.delete(snapshotManifestKey(runId));
      world.whileWaiting = () => void world.home.objects.stored.set(snapshotManifestKey(runId), manifest);
      const ended = await world.verify(world.primary);
      expect(ended.status, ended.cause).to.equal('SUCCEEDED');
      expect(waited(ended.states)).to.equal(1);
      expect(ended.output).to.deep.include({ objects: { read: 8, of: 8 } });
    });

    it('all of it whole, but not what was sealed', async () => {
      // A snapshot in which one object stands in for another: every object as its own manifest says.
      await world.verify(world.backup);
      const manifest = world.replicaObjects.json<Manifest>(snapshotManifestKey(runId));
      const objects = manifest.snapshot?.objects.slice(1) ?? [];
      world.replicaObjects.stored.set(snapshotManifestKey(runId), {
        body: Buffer.from(JSON.stringify({ ...manifest, snapshot: { objects } })),
        etag: 'x',
      });
      const ended = await world.verify(world.backup);
      expect(ended).to.include({ status: 'FAILED', error: 'ChecksumDiffers' });
      expect(ended.cause).to.match(/The content of the snapshot .* is not what was sealed: it holds \d+ users/);
    });
  });
});
