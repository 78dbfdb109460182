import { expect } from 'chai';
import { Halt } from '../../../../source/domain/errors.ts';
import { headKey } from '../../../../source/domain/import/plan/restore-head.ts';
import type { RestoreHead } from '../../../../source/domain/import/plan/restore-head.ts';
import { NEW_POOL, PlanningWorld, SOURCE_POOL } from '../../../support/import/planning-world.ts';
import { sealBackup } from '../../../support/import/sealed-backup.ts';
import { aGroup, aUser } from '../../../support/world/builders.ts';
import {
  backedUpUser,
  checkPool,
  haltOfCheck,
  putEarlierHead,
  putEarlierPlan,
} from '../../../support/import/new-user-pool.ts';

describe('checkNewUserPool', () => {
  it('opens a restore for an empty pool', async () => {
    const world = backedUpUser();
    const opened = await checkPool(world);
    expect(opened).to.include({ phase: 'planning', resumed: false });
    expect(opened.restoreId).to.match(/^20260301T0000\d\dZ-[0-9a-f]{8}$/);
    expect(world.objects.json<RestoreHead>(headKey(NEW_POOL))).to.include({
      restoreId: opened.restoreId,
      phase: 'planning',
    });
  });

  it('tells at every start whether users may be created one by one', async () => {
    for (const phase of ['planning', 'writing', 'partial'] as const) {
      const world = backedUpUser();
      await putEarlierHead(world, phase);
      expect(await checkPool(world), phase).to.include({ mayCreateUsers: true });
      world.target.settings = { ...world.target.settings, triggers: ['CustomMessage'] };
      expect(await checkPool(world), phase).to.include({ mayCreateUsers: false });
      expect(await checkPool(world, { allowTriggers: true }), phase).to.include({ mayCreateUsers: true });
    }
  });

  it('D11: opens a complete restore again only with RecreateMissing, and only while its plan is kept', async () => {
    const world = backedUpUser();
    await putEarlierHead(world, 'complete');
    const closed = await haltOfCheck(world);
    expect(closed.name).to.equal('AlreadyRestored');
    expect(closed.message).to.contain('"RecreateMissing": true');
    const expired = await haltOfCheck(world, { recreateMissing: true });
    expect(expired.name).to.equal('AlreadyRestored');
    expect(expired.message).to.contain('its plan has expired');
    await putEarlierPlan(world, {});
    expect(await checkPool(world, { recreateMissing: true })).to.include({
      restoreId: 'earlier',
      phase: 'complete',
      resumed: true,
      recreateMissing: true,
    });
  });

  it('refuses what is not a pool id, and a pool of another Region', async () => {
    for (const newUserPoolId of [
      '',
      'my-pool',
      'us-west-2',
      'us-west-2_',
      'us-west-2_a b',
      `us-west-2_${'a'.repeat(60)}`,
      'https://x\nus-west-2_abc',
    ]) {
      expect(await haltOfCheck(backedUpUser(), { newUserPoolId })).to.have.property('name', 'InvalidNewUserPoolId');
    }
    const error = await haltOfCheck(backedUpUser(), {}, 'eu-central-1');
    expect(error.name).to.equal('InvalidNewUserPoolId');
    expect(error.message).to.match(
      /user pool of eu-central-1, .* a pool of us-west-2: start the workflow of us-west-2/,
    );
  });

  it('takes pools of every partition', async () => {
    for (const [id, region] of [
      ['us-gov-west-1_Abc', 'us-gov-west-1'],
      ['ap-southeast-5_Abc', 'ap-southeast-5'],
    ] as const) {
      expect(await haltOfCheck(backedUpUser(), { newUserPoolId: id }, region)).to.have.property(
        'name',
        'UserPoolNotFound',
      );
    }
  });

  it('reports errors of the service as themselves', async () => {
    const world = backedUpUser();
    world.calls.fail({ call: 'cognito.listUsersPage', error: () => new Halt('AccessDenied', 'not allowed') });
    expect(await haltOfCheck(world)).to.have.property('name', 'AccessDenied');
  });

  it('halts without a sealed export, and for one of a newer version', async () => {
    const empty = new PlanningWorld();
    expect(await haltOfCheck(empty)).to.have.property('name', 'NoSealedBackup');
    const newer = backedUpUser();
    newer.table.seed({
      ...sealBackup(newer.table, newer.source),
      id: 'EXPORT#20260301T000000Z-0badcafe',
      type: 'MANIFEST',
      schemaVersion: 2,
      softwareVersion: 'v9.0.0',
    });
    expect((await haltOfCheck(newer)).message).to.match(/newer version \(v9\.0\.0/);
  });

  it('halts for a pool with users or with groups, also behind empty pages', async () => {
    for (const fill of [
      (world: PlanningWorld) => world.target.put(aUser()),
      (world: PlanningWorld) => world.target.putGroup(aGroup()),
    ]) {
      const world = backedUpUser();
      fill(world);
      world.cognito.knobs.emptyPages = 0.7;
      const error = await haltOfCheck(world);
      expect(error.name).to.equal('UserPoolNotEmpty');
      expect(world.objects.stored.size).to.equal(0);
    }
  });

  it('takes the source pool only when it is empty and AllowSourcePool is given', async () => {
    const world = backedUpUser();
    const source = { newUserPoolId: SOURCE_POOL };
    expect(await haltOfCheck(world, source, 'us-east-1')).to.have.property('name', 'SourcePoolRefused');
    expect(await haltOfCheck(world, { ...source, allowSourcePool: true }, 'us-east-1')).to.have.property(
      'name',
      'UserPoolNotEmpty',
    );
    world.source.remove('ana');
    expect(await checkPool(world, { ...source, allowSourcePool: true }, 'us-east-1')).to.include({ phase: 'planning' });
  });

  it("takes the pool that the stack backs up now, when the table is another pool's: a relaunch after an uninstall", async () => {
    expect(await checkPool(backedUpUser(), {}, 'us-west-2', NEW_POOL)).to.include({
      phase: 'planning',
      resumed: false,
    });
  });

  it('stops when the state of the restore is damaged or changes meanwhile', async () => {
    const damaged = backedUpUser();
    await damaged.objects.put(headKey(NEW_POOL), '{"restoreId":');
    expect(await haltOfCheck(damaged)).to.have.property('name', 'BadState');
    for (const earlier of [false, true]) {
      const raced = backedUpUser();
      if (earlier) await putEarlierHead(raced, 'planning');
      const put = raced.objects.put;
      raced.objects.put = async (key, body, condition) => {
        await put(headKey(NEW_POOL), '{}');
        return put(key, body, condition);
      };
      expect(await haltOfCheck(raced)).to.have.property('name', 'PreconditionFailed');
    }
  });
});
