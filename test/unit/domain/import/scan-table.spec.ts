import { expect } from 'chai';
import { membershipItem, userItem, userKey } from '../../../../source/domain/backup/items.ts';
import { openItem } from '../../../../source/domain/backup/manifest.ts';
import type { ExcludedUser, RestoreUser, UpdateOp } from '../../../../source/domain/import/plan/plan-model.ts';
import {
  decodeExpectedMembership,
  decodeExpectedUser,
  MEMBERSHIP_RECORD_BYTES,
  USER_RECORD_BYTES,
} from '../../../../source/domain/comparison/expected-records.ts';
import { membershipDigest } from '../../../../source/domain/comparison/matching.ts';
import { nameDigest } from '../../../../source/domain/digests/user-content.ts';
import { placeOf } from '../../../../source/domain/import/plan/expected-place.ts';
import { scanTable } from '../../../../source/domain/import/scan-table.ts';
import type { PoolUser } from '../../../../source/domain/model.ts';
import { options, PlanningWorld, RESTORE_ID } from '../../../support/import/planning-world.ts';
import { manifestOf, SEALED_RUN, sealBackup } from '../../../support/import/sealed-backup.ts';
import { rejection } from '../../../support/rejection.ts';
import { addGroups, addUsers, aGroup, aUser } from '../../../support/world/builders.ts';

const byName = (users: readonly { readonly name: string }[]): string[] => users.map(({ name }) => name).sort();

/** A pool of users with a verified e-mail address, one of each kind that needs care. */
function oddities(): PlanningWorld {
  const world = new PlanningWorld();
  addUsers(world.source, 20, { disabled: 0 });
  const verified = { email: 'x@example.test', email_verified: 'true' };
  world.source.put(aUser({ username: 'breaks', attributes: { ...verified, address: 'Street 1\nTown' } }));
  world.source.put(aUser({ username: 'noverified', attributes: { email: 'y@example.test', email_verified: 'false' } }));
  world.source.put(aUser({ username: 'pending', status: 'UNCONFIRMED' }));
  world.source.put(aUser({ username: 'off', enabled: false }));
  world.source.putGroup(
    aGroup({
      name: 'admins',
      description: 'All rights',
      precedence: 0,
      roleArn: 'arn:aws:iam::123456789012:role/admins',
    }),
  );
  world.source.putGroup(aGroup({ name: 'empty' }));
  world.source.putGroup(aGroup({ name: 'all' }));
  for (const name of ['breaks', 'user3']) world.source.join(name, 'admins');
  for (const name of world.source.users.keys()) world.source.join(name, 'all');
  return world;
}

describe('scanTable', () => {
  it('plans who comes by import job, who one by one and who not, with the reasons', async () => {
    const world = oddities();
    sealBackup(world.table, world.source);
    const result = await world.scan();
    expect(result).to.deep.include({ done: true, dryRun: false, byCsv: 21, oneByOne: 2, excluded: 1, chunks: 1 });
    const [chunk] = world.chunkUsers() as [RestoreUser[]];
    expect(byName(chunk)).to.deep.equal([...Array.from({ length: 20 }, (_, n) => `user${n}`), 'off'].sort());
    expect(world.lines<ExcludedUser>(world.plan().excludedKey))
      .to.have.length(1)
      .and.to.have.nested.property('[0].reason', 'Unconfirmed');
    const creates = world
      .batchOps()
      .flatMap(({ ops }) => ops)
      .filter((op) => op.op === 'create');
    expect(byName(creates.map(({ user }) => user))).to.deep.equal(['breaks', 'noverified']);
    expect(creates.map(({ why }) => why).sort()).to.deep.equal([
      'a line break or control character in address',
      'no verified email',
    ]);
    expect(world.plan().counts).to.deep.include({
      memberships: 25,
      membershipsWithoutUser: 1,
      disabled: 1,
      excludedBy: { Unconfirmed: 1 },
    });
  });

  it('says how many users lose their links to identity providers', async () => {
    const world = oddities();
    world.source.put(
      aUser({
        username: 'linked',
        attributes: {
          email: 'z@example.test',
          email_verified: 'true',
          identities: '[{"userId":"1","providerName":"Google"}]',
        },
      }),
    );
    world.source.put(
      aUser({
        username: 'unlinked',
        attributes: { email: 'w@example.test', email_verified: 'true', identities: '[]' },
      }),
    );
    sealBackup(world.table, world.source);
    expect(await world.scan()).to.include({ byCsv: 23 });
    expect(world.plan().notes.join()).to.match(/1 users are linked to accounts of identity providers/);
  });

  it('sorts groups by size, keeps their settings and plans empty ones', async () => {
    const world = oddities();
    sealBackup(world.table, world.source);
    await world.scan();
    expect(world.groups().map(({ name, members }) => [name, members])).to.deep.equal([
      ['empty', 0],
      ['admins', 2],
      ['all', 23],
    ]);
    expect(world.groups()[1]).to.include({ description: 'All rights', precedence: 0 });
    expect(world.batchOps().find(({ ops }) => ops[0]?.op === 'group')).to.deep.equal({
      chunk: null,
      ops: [{ op: 'group', group: 0 }],
    });
    expect(world.plan().notes.join()).to.match(/1 groups had an IAM role/);
  });

  it('puts what follows an import job into that chunk: disable first, then memberships group by group', async () => {
    const world = oddities();
    sealBackup(world.table, world.source);
    await world.scan();
    const ops = world
      .batchOps()
      .filter(({ chunk }) => chunk === 0)
      .flatMap((batch) => batch.ops);
    expect(ops[0]).to.deep.include({ op: 'disable', name: 'off' });
    const adds = ops.slice(1).filter((op): op is Extract<UpdateOp, { op: 'add' }> => op.op === 'add');
    expect(adds).to.have.length(22);
    expect(adds.map(({ group }) => group)).to.deep.equal(adds.map(({ group }) => group).sort());
    expect(adds[0]).to.include({ name: 'user3', group: 1 });
  });

  it('keeps all operations of a user who is created one by one together and in order, for release at once', async () => {
    const world = oddities();
    world.source.put(
      aUser({ username: 'breaks', enabled: false, attributes: { email_verified: 'true', address: 'a\nb' } }),
    );
    sealBackup(world.table, world.source);
    await world.scan();
    const [batch] = world.batchOps().filter(({ ops }) => ops.some((op) => op.op === 'create'));
    expect(batch?.chunk).to.equal(null);
    const start = batch?.ops.findIndex((op) => op.op === 'create' && op.user.name === 'breaks') as number;
    expect(batch?.ops.slice(start, start + 4).map((op) => op.op)).to.deep.equal(['create', 'disable', 'add', 'add']);
  });

  it('writes expected records that lead back to every user and membership', async () => {
    const world = oddities();
    sealBackup(world.table, world.source);
    await world.scan();
    const { expected, chunks, batches } = world.plan();
    const users = Buffer.concat(
      expected.users.map((key) => Buffer.from(world.objects.stored.get(key)?.body as Uint8Array)),
    );
    expect(users.length / USER_RECORD_BYTES).to.equal(23);
    for (let ordinal = 0; ordinal < 23; ordinal++) {
      const record = decodeExpectedUser(users, ordinal);
      const { chunk, line } = placeOf(record);
      const found =
        chunk === null
          ? world
              .lines<UpdateOp>(batches[line]?.key as string)
              .flatMap((op) => (op.op === 'create' ? [op.user] : []))
              .find(({ sub }) => sub === record.sub)
          : world.lines<RestoreUser>(chunks[chunk]?.key as string)[line - 1];
      expect(found?.sub).to.equal(record.sub);
      expect(nameDigest(found?.name as string, false).equals(record.digest)).to.equal(true);
    }
    const memberships = Buffer.concat(
      expected.memberships.map((key) => Buffer.from(world.objects.stored.get(key)?.body as Uint8Array)),
    );
    expect(memberships.length / MEMBERSHIP_RECORD_BYTES).to.equal(25);
    const groups = world.groups();
    for (let ordinal = 0; ordinal < 25; ordinal++) {
      const { digest, own: batch } = decodeExpectedMembership(memberships, ordinal);
      const digests = world
        .lines<UpdateOp>(batches[batch]?.key as string)
        .flatMap((op) =>
          op.op === 'add' ? [membershipDigest(groups[op.group]?.name as string, op.name.toLowerCase())] : [],
        );
      expect(digests.some((found) => found.equals(digest))).to.equal(true);
    }
  });

  it('wakes the consumers by keys only and removes the spool', async () => {
    const world = oddities();
    sealBackup(world.table, world.source);
    await world.scan();
    expect(world.newUsersQueue.sent).to.deep.equal(world.plan().chunks.map(({ key }) => ({ owner: RESTORE_ID, key })));
    expect(world.updatesQueue.sent).to.deep.equal(
      world
        .plan()
        .batches.filter(({ chunk }) => chunk === null)
        .map(({ key }) => ({ owner: RESTORE_ID, key })),
    );
    expect(
      [...world.objects.stored.keys()].filter((key) => key.includes('/spool/') || key.includes('excluded-')),
    ).to.deep.equal([]);
    expect(world.log.lines.join()).not.to.match(/user3|example\.test/);
  });

  it('brings the members of the smallest groups first and doubles the later chunks', async () => {
    const world = new PlanningWorld();
    addUsers(world.source, 3_600, { disabled: 0 });
    addGroups(world.source, [900, 50, 2_000]);
    sealBackup(world.table, world.source);
    await world.scan();
    const [first, ...later] = world.chunkUsers() as [RestoreUser[], ...RestoreUser[][]];
    expect(world.plan().chunks.map(({ users }) => users)).to.deep.equal([1_000, 2_000, 600]);
    const small = new Set([0, 1]);
    expect(first.filter(({ groups }) => groups.some((group) => small.has(group))).length).to.be.at.least(900);
    expect(later.flat().some(({ groups }) => groups.some((group) => small.has(group)))).to.equal(false);
    expect(new Set([first, ...later].flat().map(({ sub }) => sub)).size).to.equal(3_600);
  });

  it('reports memberships without a user and plans groups that only memberships name', async () => {
    const world = oddities();
    const manifest = sealBackup(world.table, world.source);
    const items = [
      membershipItem('00000000-0000-4000-8000-000000000001', 'all', SEALED_RUN),
      membershipItem(world.source.find('user5')?.sub as string, 'ghosts', SEALED_RUN),
    ];
    for (const item of items) world.table.seed(item);
    world.table.seed({
      ...manifestOf(world.source, [...world.table.all()]),
      id: `EXPORT#${manifest.runId}`,
      type: 'MANIFEST',
    });
    await world.scan();
    expect(world.plan().counts.membershipsWithoutUser).to.equal(2);
    expect(world.groups().map(({ name, members }) => [name, members])).to.deep.include(['ghosts', 1]);
    expect(world.plan().notes.join()).to.match(/1 groups are in the backup by their members only/);
  });

  it('goes on after an interrupted export and names it', async () => {
    const world = oddities();
    sealBackup(world.table, world.source);
    world.table.seed(openItem({ runId: '20260302T000000Z-11111111', openedAt: '2026-03-02T00:00:00.000Z' }));
    world.source.put({ ...(world.source.find('user1') as PoolUser), enabled: false });
    world.table.seed(userItem(world.source.find('user1') as PoolUser, 'username', '20260302T000000Z-11111111'));
    await world.scan();
    expect(world.plan().interrupted).to.deep.equal({ runId: '20260302T000000Z-11111111', items: 1 });
    expect(world.plan().runId).to.equal(SEALED_RUN);
  });

  it('ignores an OPEN marker of the run that is sealed', async () => {
    const world = oddities();
    sealBackup(world.table, world.source);
    world.table.seed(openItem({ runId: SEALED_RUN, openedAt: '2026-03-01T00:00:00.000Z' }));
    await world.scan();
    expect(world.plan().interrupted).to.equal(undefined);
  });

  it('waits for a replica that is behind and plans from what arrives', async () => {
    const world = oddities();
    sealBackup(world.table, world.source);
    const late = world.table
      .all()
      .filter(({ id }) => id.startsWith('USER#'))
      .slice(0, 3);
    for (const { id, type } of late) await world.table.deleteItems([{ id, type }]);
    const scan = world.scan();
    void world.clock.sleep(100_000).then(() => late.forEach((item) => world.table.seed(item)));
    expect(await scan).to.include({ done: true, byCsv: 21 });
    expect(world.clock.elapsed).to.be.within(100_000, 150_000);
  });

  it('halts with ReplicaBehind after five minutes, or accepts and reports it', async () => {
    const world = oddities();
    sealBackup(world.table, world.source);
    const [{ id, type }] = world.table.all().filter((item) => item.type === 'MEMBER_OF#all') as [
      { id: string; type: string },
    ];
    await world.table.deleteItems([{ id, type }]);
    const error = await rejection(world.scan());
    expect(error.name).to.equal('ReplicaBehind');
    expect(error.message).to.match(/24 users, 3 groups, 25 memberships.*24, 3, 26.*1 of 256.*AcceptIncomplete/);
    expect(world.clock.elapsed).to.be.within(300_000, 330_000);
    const accepted = new PlanningWorld();
    addUsers(accepted.source, 5);
    sealBackup(accepted.table, accepted.source);
    await accepted.table.deleteItems([userKey(accepted.source.find('user2')?.sub as string)]);
    await accepted.scan({ acceptIncomplete: true });
    expect(accepted.plan().incomplete).to.deep.equal({
      expected: { users: 5, groups: 0, memberships: 0 },
      found: { users: 4, groups: 0, memberships: 0 },
      differingBuckets: 1,
      damagedItems: 0,
    });
  });

  it('halts with ChecksumDiffers for items that do not match their hash, also while an export is interrupted; AcceptIncomplete restores and reports them', async () => {
    for (const interrupted of [false, true]) {
      const world = oddities();
      sealBackup(world.table, world.source);
      if (interrupted)
        world.table.seed(openItem({ runId: '20260302T000000Z-11111111', openedAt: '2026-03-02T00:00:00.000Z' }));
      const key = userKey(world.source.find('user1')?.sub as string);
      world.table.seed({ ...world.table.peek(key), ...key, username: 'canary' });
      const error = await rejection(world.scan());
      expect(error.name).to.equal('ChecksumDiffers');
      expect(error.message)
        .to.match(/^1 items of the backup table backup-table.*ExportRun.*AcceptIncomplete/)
        .and.not.match(/canary/);
      expect(world.clock.elapsed).to.be.below(60_000);
      await world.scan({ acceptIncomplete: true });
      expect(world.plan().incomplete).to.include({ damagedItems: 1, differingBuckets: 1 });
      expect(world.plan().interrupted === undefined).to.equal(!interrupted);
    }
  });

  it('restores the newer of two users with one name', async () => {
    const world = new PlanningWorld({ caseSensitive: true }, { caseSensitive: false });
    world.source.put(aUser({ username: 'Ann', created: '2025-01-01T00:00:00.000Z' }));
    world.source.put(aUser({ username: 'ann', created: '2025-02-01T00:00:00.000Z' }));
    world.source.put(aUser({ username: 'bob' }));
    sealBackup(world.table, world.source);
    await world.scan();
    expect(byName(world.chunkUsers().flat())).to.deep.equal(['ann', 'bob']);
    expect(world.lines<ExcludedUser>(world.plan().excludedKey)[0]).to.include({ name: 'Ann', reason: 'NameCollision' });
    expect(world.plan().notes.join()).to.match(/case-insensitive in the new pool.*1 users have the name/s);
  });

  it('lets nobody give way to a user of the same name who is left out', async () => {
    const younger = { username: 'ann', created: '2025-02-01T00:00:00.000Z' };
    for (const [attributes, reason] of [
      [{ email: 'ann@example.test', email_verified: 'false' }, 'TriggersWouldFire'],
      [{ email: 'ann@example.test', email_verified: 'true', name: 'x'.repeat(2_049) }, 'BadAttribute'],
    ] as const) {
      const world = new PlanningWorld({ caseSensitive: true }, { caseSensitive: false, triggers: ['PreSignUp'] });
      world.source.put(aUser({ username: 'Ann', created: '2025-01-01T00:00:00.000Z' }));
      world.source.put(aUser({ ...younger, attributes }));
      sealBackup(world.table, world.source);
      await world.scan();
      expect(byName(world.chunkUsers().flat()), reason).to.deep.equal(['Ann']);
      expect(
        world.lines<ExcludedUser>(world.plan().excludedKey).map(({ name, reason: why }) => [name, why]),
      ).to.deep.equal([['ann', reason]]);
    }
  });

  it('uses the e-mail address as the name where the pool signs in by it, and leaves out users without one', async () => {
    const world = new PlanningWorld({ usernameAttributes: ['email'] });
    world.source.put(aUser({ username: 'aaaa', attributes: { email: 'ann@example.test', email_verified: 'true' } }));
    world.source.put(aUser({ username: 'bbbb', attributes: {} }));
    sealBackup(world.table, world.source);
    await world.scan();
    expect(byName(world.chunkUsers().flat())).to.deep.equal(['ann@example.test']);
    expect(world.lines<ExcludedUser>(world.plan().excludedKey)[0]).to.include({ name: 'bbbb', reason: 'NoSignInName' });
  });

  it('plans a dry run, reports it and wakes nobody', async () => {
    const world = oddities();
    world.source.put(aUser({ username: '=cmd()', attributes: { email_verified: 'false' } }));
    sealBackup(world.table, world.source);
    const result = await world.scan({ dryRun: true });
    expect(result).to.deep.include({ done: true, dryRun: true, oneByOne: 3 });
    const [report, failures] = (result as { readonly reportKeys?: readonly string[] }).reportKeys as [string, string];
    expect(world.objects.json(report)).to.deep.include({ dryRun: true, importJobs: 1 });
    expect(world.objects.text(failures).split('\n')).to.have.length(6);
    expect(world.objects.text(failures)).to.include("'=cmd()");
    expect(world.newUsersQueue.sent).to.deep.equal([]);
    expect(world.updatesQueue.sent).to.deep.equal([]);
  });

  it('plans nothing again once the restore has begun to write', async () => {
    const world = oddities();
    sealBackup(world.table, world.source);
    await world.scan();
    const scans = world.calls.countOf('table.scanPage');
    for (const key of [...world.objects.stored.keys()])
      if (key.includes('/planning/')) world.objects.stored.delete(key);
    const again = await scanTable(
      { restoreId: RESTORE_ID, options: options(), tableName: 'backup-table', phase: 'writing' },
      world.planningDeps(),
    );
    expect(again).to.deep.include({ done: true, byCsv: 21, chunks: 1 });
    expect(world.calls.countOf('table.scanPage')).to.equal(scans);
  });

  it('seals an empty plan from an empty backup', async () => {
    const world = new PlanningWorld();
    sealBackup(world.table, world.source);
    expect(await world.scan()).to.deep.include({ done: true, byCsv: 0, chunks: 0, batches: 0 });
  });

  it('returns between the steps when its time is over', async () => {
    const world = oddities();
    sealBackup(world.table, world.source);
    world.calls.latencies.table = 100_000;
    let rounds = 1;
    for (let result = await world.scan(); !result.done; result = await world.scan()) rounds += 1;
    expect(rounds).to.be.within(2, 8);
    expect(world.plan().counts.byCsv).to.equal(21);
  });
});
