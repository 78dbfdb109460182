import { expect } from 'chai';
import { Halt } from '../../../../source/domain/errors.ts';
import { planKey } from '../../../../source/domain/import/plan/plan-model.ts';
import { headKey } from '../../../../source/domain/import/plan/restore-head.ts';
import type { ImportOptions } from '../../../../source/domain/import/plan/plan-model.ts';
import type { RestoreHead } from '../../../../source/domain/import/plan/restore-head.ts';
import { checkNewUserPool } from '../../../../source/domain/import/check-new-user-pool.ts';
import type { OpenedRestore } from '../../../../source/domain/import/check-new-user-pool.ts';
import { keepSnapshot } from '../../../support/import/kept-snapshot.ts';
import { NEW_POOL, options, PlanningWorld, SOURCE_POOL } from '../../../support/import/planning-world.ts';
import { SEALED_RUN, sealBackup } from '../../../support/import/sealed-backup.ts';
import { rejection } from '../../../support/rejection.ts';
import { aGroup, aUser } from '../../../support/world/builders.ts';
import { aPlan } from '../../../support/import/a-plan.ts';

function backedUp(): PlanningWorld {
  const world = new PlanningWorld();
  world.source.put(aUser());
  sealBackup(world.table, world.source);
  return world;
}

const check = (
  world: PlanningWorld,
  over: Partial<ImportOptions> = {},
  region = 'us-west-2',
  primaryUserPoolId = SOURCE_POOL,
): Promise<OpenedRestore> =>
  checkNewUserPool(
    { options: options(over), region, primaryUserPoolId, tableName: 'backup-table' },
    {
      pools: world.cognito,
      table: world.table,
      objects: world.objects,
      clock: world.clock,
      random: world.random,
      log: world.log,
    },
  );
const halt = async (world: PlanningWorld, over: Partial<ImportOptions> = {}, region?: string): Promise<Error> =>
  rejection(check(world, over, region));
const putPlan = (world: PlanningWorld, plan: object): Promise<string> =>
  world.objects.put(planKey(NEW_POOL, 'earlier'), JSON.stringify({ ...aPlan(NEW_POOL, 'earlier'), ...plan }));
const putHead = (world: PlanningWorld, phase: RestoreHead['phase']): Promise<string> =>
  world.objects.put(
    headKey(NEW_POOL),
    JSON.stringify({ restoreId: 'earlier', phase, updatedAt: '2026-03-01T00:00:00.000Z' }),
  );

describe('checkNewUserPool', () => {
  it('opens a restore for an empty pool', async () => {
    const world = backedUp();
    const opened = await check(world);
    expect(opened).to.include({ phase: 'planning', resumed: false });
    expect(opened.restoreId).to.match(/^20260301T0000\d\dZ-[0-9a-f]{8}$/);
    expect(world.objects.json<RestoreHead>(headKey(NEW_POOL))).to.include({
      restoreId: opened.restoreId,
      phase: 'planning',
    });
  });

  it('tells at every start whether users may be created one by one', async () => {
    for (const phase of ['planning', 'writing', 'partial'] as const) {
      const world = backedUp();
      await putHead(world, phase);
      expect(await check(world), phase).to.include({ mayCreateUsers: true });
      world.target.settings = { ...world.target.settings, triggers: ['CustomMessage'] };
      expect(await check(world), phase).to.include({ mayCreateUsers: false });
      expect(await check(world, { allowTriggers: true }), phase).to.include({ mayCreateUsers: true });
    }
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
      expect(await halt(backedUp(), { newUserPoolId })).to.have.property('name', 'InvalidNewUserPoolId');
    }
    const error = await halt(backedUp(), {}, 'eu-central-1');
    expect(error.name).to.equal('InvalidNewUserPoolId');
    expect(error.message).to.match(/belongs to the Region us-west-2.*runs in eu-central-1/);
  });

  it('takes pools of every partition', async () => {
    for (const [id, region] of [
      ['us-gov-west-1_Abc', 'us-gov-west-1'],
      ['ap-southeast-5_Abc', 'ap-southeast-5'],
    ] as const) {
      expect(await halt(backedUp(), { newUserPoolId: id }, region)).to.have.property('name', 'UserPoolNotFound');
    }
  });

  it('reports errors of the service as themselves', async () => {
    const world = backedUp();
    world.calls.fail({ call: 'cognito.listUsersPage', error: () => new Halt('AccessDenied', 'not allowed') });
    expect(await halt(world)).to.have.property('name', 'AccessDenied');
  });

  it('halts without a sealed export, and for one of a newer version', async () => {
    const empty = new PlanningWorld();
    expect(await halt(empty)).to.have.property('name', 'NoSealedBackup');
    const newer = backedUp();
    newer.table.seed({
      ...sealBackup(newer.table, newer.source),
      id: 'EXPORT#20260301T000000Z-0badcafe',
      type: 'MANIFEST',
      schemaVersion: 2,
      softwareVersion: 'v9.0.0',
    });
    expect((await halt(newer)).message).to.match(/newer version \(v9\.0\.0/);
  });

  it('halts for a pool with users or with groups, also behind empty pages', async () => {
    for (const fill of [
      (world: PlanningWorld) => world.target.put(aUser()),
      (world: PlanningWorld) => world.target.putGroup(aGroup()),
    ]) {
      const world = backedUp();
      fill(world);
      world.cognito.knobs.emptyPages = 0.7;
      const error = await halt(world);
      expect(error.name).to.equal('UserPoolNotEmpty');
      expect(world.objects.stored.size).to.equal(0);
    }
  });

  it('takes the source pool only when it is empty and AllowSourcePool is given', async () => {
    const world = backedUp();
    const source = { newUserPoolId: SOURCE_POOL };
    expect(await halt(world, source, 'us-east-1')).to.have.property('name', 'SourcePoolRefused');
    expect(await halt(world, { ...source, allowSourcePool: true }, 'us-east-1')).to.have.property(
      'name',
      'UserPoolNotEmpty',
    );
    world.source.remove('ana');
    expect(await check(world, { ...source, allowSourcePool: true }, 'us-east-1')).to.include({ phase: 'planning' });
  });

  it("takes the pool that the stack backs up now, when the table is another pool's: a relaunch after an uninstall", async () => {
    expect(await check(backedUp(), {}, 'us-west-2', NEW_POOL)).to.include({ phase: 'planning', resumed: false });
  });

  it('resumes a restore that began to write, although the pool is no longer empty', async () => {
    for (const phase of ['writing', 'partial'] as const) {
      const world = backedUp();
      await putHead(world, phase);
      world.target.put(aUser());
      expect(await check(world)).to.deep.equal({ restoreId: 'earlier', phase, resumed: true, mayCreateUsers: true });
    }
  });

  it('plans again while nothing was written', async () => {
    const world = backedUp();
    await putHead(world, 'planning');
    const opened = await check(world);
    expect(opened.restoreId).not.to.equal('earlier');
    expect(world.objects.json<RestoreHead>(headKey(NEW_POOL)).restoreId).to.equal(opened.restoreId);
    world.target.put(aUser());
    expect(await halt(world)).to.have.property('name', 'UserPoolNotEmpty');
  });

  it('halts for a restore that is complete', async () => {
    const world = backedUp();
    await putHead(world, 'complete');
    expect(await halt(world)).to.have.property('name', 'AlreadyRestored');
  });

  it('halts when another table, or unconfirmed users, are asked for than the restore in force brings back', async () => {
    for (const phase of ['writing', 'partial'] as const) {
      const world = backedUp();
      await putHead(world, phase);
      await putPlan(world, { tableName: 'other-table' });
      const table = await halt(world, { backupTableName: 'backup-table' });
      expect(table.name).to.equal('InvalidInput');
      expect(table.message).to.match(
        /names another table, but the restore earlier .* has begun with the table other-table\. Start without "BackupTableName" to continue/,
      );
      const unconfirmed = await halt(world, { restoreUnconfirmed: true });
      expect(unconfirmed.name).to.equal('InvalidInput');
      expect(unconfirmed.message).to.match(
        /has begun without it\. Start without "RestoreUnconfirmed" to continue it, or create another empty pool/,
      );
    }
  });

  it('continues a restore that is asked for as it was planned, or with less', async () => {
    const world = backedUp();
    await putHead(world, 'writing');
    await putPlan(world, {
      options: options({ restoreUnconfirmed: true, backupTableName: 'backup-table' }),
      tableName: 'backup-table',
    });
    for (const over of [{}, { restoreUnconfirmed: true, backupTableName: 'backup-table' }, { acceptIncomplete: true }])
      expect(await check(world, over)).to.include({ restoreId: 'earlier', resumed: true });
  });

  describe('asked for a kept run', () => {
    it('opens a restore when it is kept, also without any export that the table holds', async () => {
      const world = new PlanningWorld();
      world.source.put(aUser());
      keepSnapshot(world.objects, world.table, sealBackup(world.table, world.source));
      world.table.clear();
      expect(await halt(world)).to.have.property('name', 'NoSealedBackup');
      expect(await check(world, { exportRun: SEALED_RUN })).to.include({ phase: 'planning', resumed: false });
    });

    it('halts when it is not kept, and takes its source pool for what it is', async () => {
      const world = backedUp();
      expect(await halt(world, { exportRun: SEALED_RUN })).to.have.property('name', 'ExportRunNotFound');
      expect(world.objects.stored.size).to.equal(0);
      const manifest = sealBackup(world.table, world.source);
      world.table.clear();
      keepSnapshot(world.objects, world.table, { ...manifest, userPoolId: NEW_POOL });
      expect(await halt(world, { exportRun: SEALED_RUN })).to.have.property('name', 'SourcePoolRefused');
    });

    it('continues a restore of that run, whether or not the start names it again', async () => {
      for (const phase of ['writing', 'partial'] as const) {
        const world = backedUp();
        await putHead(world, phase);
        await putPlan(world, { runId: SEALED_RUN, options: options({ exportRun: SEALED_RUN }) });
        for (const over of [{}, { exportRun: SEALED_RUN }])
          expect(await check(world, over)).to.include({ restoreId: 'earlier', resumed: true });
      }
    });

    it('halts when the restore in force brings back something else', async () => {
      for (const [plan, found] of [
        [{ runId: '20260228T000000Z-11111111' }, /has begun with the export 20260228T000000Z-11111111\./],
        [
          { runId: SEALED_RUN, interrupted: { runId: '20260302T000000Z-11111111', items: 1 } },
          /the table as it was after the export/,
        ],
        [
          {
            runId: SEALED_RUN,
            incomplete: {
              expected: { users: 2, groups: 0, memberships: 0 },
              found: { users: 1, groups: 0, memberships: 0 },
              differingBuckets: 1,
              damagedItems: 0,
            },
          },
          /the table as it was after the export/,
        ],
      ] as const) {
        const world = backedUp();
        await putHead(world, 'writing');
        await putPlan(world, { ...plan, options: options() });
        const error = await halt(world, { exportRun: SEALED_RUN });
        expect(error.name, error.message).to.equal('InvalidInput');
        expect(error.message)
          .to.match(found)
          .and.to.match(/Start without "ExportRun" to continue/);
        expect(await check(world)).to.include({ resumed: true });
      }
    });
  });

  it('stops when the state of the restore is damaged or changes meanwhile', async () => {
    const damaged = backedUp();
    await damaged.objects.put(headKey(NEW_POOL), '{"restoreId":');
    expect(await halt(damaged)).to.have.property('name', 'BadState');
    for (const earlier of [false, true]) {
      const raced = backedUp();
      if (earlier) await putHead(raced, 'planning');
      const put = raced.objects.put;
      raced.objects.put = async (key, body, condition) => {
        await put(headKey(NEW_POOL), '{}');
        return put(key, body, condition);
      };
      expect(await halt(raced)).to.have.property('name', 'PreconditionFailed');
    }
  });
});
