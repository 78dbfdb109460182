import { expect } from 'chai';
import type { RestoreUser, UpdateOp } from '../../../../source/domain/import/plan/plan-model.ts';
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
import { options, PlanningWorld, RESTORE_ID } from '../../../support/import/planning-world.ts';
import { sealBackup } from '../../../support/import/sealed-backup.ts';
import { aUser } from '../../../support/world/builders.ts';
import { oddUsersWorld } from '../../../support/import/odd-users-world.ts';

describe('scanTable', () => {
  it('writes expected records that lead back to every user and membership', async () => {
    const world = oddUsersWorld();
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
    const world = oddUsersWorld();
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

  it('plans a dry run, reports it and wakes nobody', async () => {
    const world = oddUsersWorld();
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
    const world = oddUsersWorld();
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
    const world = oddUsersWorld();
    sealBackup(world.table, world.source);
    world.calls.latencies.table = 100_000;
    let rounds = 1;
    for (let result = await world.scan(); !result.done; result = await world.scan()) rounds += 1;
    expect(rounds).to.be.within(2, 8);
    expect(world.plan().counts.byCsv).to.equal(21);
  });
});
