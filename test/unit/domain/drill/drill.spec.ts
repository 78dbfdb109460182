import { expect } from 'chai';
import { Fault, Halt } from '../../../../source/domain/errors.ts';
import { THROW_AWAY_TAG } from '../../../../source/domain/backup/throw-away-pool.ts';
import { leaseKey } from '../../../../source/domain/workflow/lease.ts';
import { INSTANCE_ID } from '../../../../tools/simulation/workflow/functions.ts';
import { DrillWorld, keptSettings } from '../../../support/drill/drill-world.ts';
import { aUser } from '../../../support/world/builders.ts';
import { BACKUP_REGION, SOURCE, TARGET } from '../../../support/workflows/workflow-world.ts';

/** That a killed drill left behind. */
const recordOf = (name: string, poolId?: string): object => ({
  name,
  executionArn: 'arn:aws:states:us-east-1:111122223333:execution:DrillWorkflow-0123456789ab:killed',
  intendedAt: '2026-01-01T00:00:00.000Z',
  ...(poolId === undefined ? {} : { poolId }),
});

describe('A drill', () => {
  it('17.6: makes a pool, restores a sample with its groups, compares it, and deletes the pool', async () => {
    const world = await DrillWorld.exported(1_200, [300, 40, 2]);
    const before = [...world.source.users.values()].map(({ user }) => user);

    const ended = await world.drill({ Users: 100 });

    expect(ended, ended.cause).to.include({ status: 'SUCCEEDED' });
    const output = ended.output as Record<string, never>;
    expect(output).to.deep.include({
      outcome: 'good',
      everybody: false,
      backup: { users: 1_200, groups: 3, memberships: 342 },
    });
    const { users, memberships } = output['rehearsed'] as unknown as { users: number; memberships: number };
    expect(users).to.be.within(20, 100);
    expect(memberships).to.be.above(0);
    expect(output['mostActiveUsers']).to.equal(users);
    expect(output['projectedSeconds']).to.be.above(0);
    expect([world.drillPools, world.records]).to.deep.equal([[], []]);
    expect([...world.source.users.values()].map(({ user }) => user)).to.deep.equal(before);
    const last = await world.lastDrill();
    expect(last).to.deep.include({ lastGoodAt: last?.last.endedAt });
    expect(world.messages.at(-1)?.subject).to.match(/^Drill in us-east-1: \d+ users restored and compared/);
  });

  it('17.6: restores everybody when asked to, and a pool of fewer users than the sample in whole', async () => {
    const world = await DrillWorld.exported(150);
    for (const input of [{}, { Everybody: true }]) {
      const ended = await world.drill(input);
      expect(ended, ended.cause).to.include({ status: 'SUCCEEDED' });
      expect(ended.output).to.deep.include({
        everybody: true,
        rehearsed: { users: 150, groups: 3, memberships: 55 },
      });
    }
  });

  it('17.6: its pool has no triggers, domain, mail settings, protection and no tag but the one of drills', async () => {
    const world = await DrillWorld.exported(60);
    let made: Readonly<Record<string, unknown>> | undefined;
    world.entered = (state) => {
      if (state === 'ScanTable') made = [...world.throwAway.known.values()][0];
    };
    await world.drill();
    expect(made).to.not.have.any.keys('LambdaConfig', 'Domain', 'EmailConfiguration', 'SmsConfiguration');
    expect(made).to.deep.include({
      DeletionProtection: 'INACTIVE',
      UserPoolTags: { [THROW_AWAY_TAG]: INSTANCE_ID },
      AutoVerifiedAttributes: ['email'],
    });
  });

  it('17.6: an export that is sealed while the drill restores does not void its comparison', async () => {
    const world = await DrillWorld.exported(120);
    let exported = false;
    world.entered = async (state) => {
      if (state !== 'ComparePool' || exported) return;
      exported = true;
      world.source.put(aUser({ username: 'came-meanwhile' }));
      const ended = await world.export();
      expect(ended, ended.cause).to.include({ status: 'SUCCEEDED' });
    };
    const ended = await world.drill();
    expect(exported).to.equal(true);
    expect(ended, ended.cause).to.include({ status: 'SUCCEEDED' });
  });

  it('17.6: what the restore did not bring is found by the comparison, told, counted, and leaves nothing behind', async () => {
    const world = await DrillWorld.exported(120);
    world.entered = (state) => {
      if (state !== 'ComparePool') return;
      const pool = world.pools.get(world.drillPools[0] as string);
      pool?.remove('user7');
    };
    const ended = await world.drill();
    expect(ended).to.include({ status: 'FAILED', error: 'PoolDiffers' });
    expect(ended.cause).to.include('1 user missing');
    expect([world.drillPools, world.records]).to.deep.equal([[], []]);
    expect((await world.lastDrill())?.last).to.include({ outcome: 'different', error: 'PoolDiffers' });
    expect(world.messages.at(-1)?.subject).to.equal('DrillWorkflow in us-east-1 failed: PoolDiffers');
  });

  it('17.6: a run that kept no settings is told, before any pool is made', async () => {
    const world = await DrillWorld.exported(60);
    world.keepNothing();
    const ended = await world.drill();
    expect(ended).to.include({ status: 'FAILED', error: 'NoSealedBackup' });
    expect(world.calls.countOf('pools.create')).to.equal(0);
  });

  it('17.6: in a Region whose replica lags it waits for the manifest of the last run, and for its settings', async () => {
    for (const late of ['EXPORT#2', 'SETTINGS#']) {
      const world = await DrillWorld.exported(60);
      const getItem = world.table.getItem.bind(world.table);
      const arrives = world.clock.now() + 120_000;
      let missed = 0;
      world.table.getItem = async (key) => {
        const item = await getItem(key);
        if (!key.id.startsWith(late) || world.clock.now() >= arrives) return item;
        missed += 1;
        return undefined;
      };
      const ended = await world.drill();
      expect(ended, ended.cause).to.include({ status: 'SUCCEEDED' });
      expect(missed, late).to.be.above(0);
    }
  });

  it('17.6: settings that come out otherwise than they were kept are named', async () => {
    const world = await DrillWorld.exported(60);
    const { create } = world.throwAway;
    world.throwAway.create = (request) => create({ ...request, UsernameConfiguration: { CaseSensitive: true } });
    const ended = await world.drill();
    expect((ended.output as { settingsDiffer: string[] }).settingsDiffer).to.deep.equal([
      'pool.UsernameConfiguration.CaseSensitive',
    ]);
  });
});

describe('A drill and its pool', () => {
  it('17.6: no pool but the one that it made gets a write, whatever the state of the execution says', async () => {
    for (const other of [TARGET, SOURCE]) {
      const world = await DrillWorld.exported(60);
      world.throwAway.known.set(other, { Id: other, Name: 'customers', UserPoolTags: {} });
      const before = world.pools.get(other)?.size;
      const functions = world.services.throwAway as { identity: typeof world.throwAway.identity };
      // A pool that another one of the launch's drills made has the tag, and another name.
      functions.identity = async (poolId) => ({
        id: poolId,
        name: `CognitoUserProfilesExport-drill-${INSTANCE_ID}-0000000000000000`,
        tags: { [THROW_AWAY_TAG]: INSTANCE_ID },
      });
      const ended = await world.drill();
      expect(ended).to.include({ status: 'FAILED' });
      expect(world.pools.get(other)?.size).to.equal(before);
      expect(world.calls.countOf('jobs.createJob')).to.equal(0);
    }
  });

  it('17.6: a record that names a pool which is none of a drill is refused, and the pool stays', async () => {
    const world = await DrillWorld.exported(60);
    world.throwAway.known.set(TARGET, { Id: TARGET, Name: 'customers', UserPoolTags: { owner: 'somebody' } });
    await world.objects.put(
      'drills/pools/forged.json',
      JSON.stringify({
        name: 'customers',
        executionArn: 'arn:aws:states:us-east-1:111122223333:execution:DrillWorkflow-0123456789ab:forged',
        intendedAt: '2026-01-01T00:00:00.000Z',
        poolId: TARGET,
      }),
    );
    const ended = await world.drill();
    expect(ended).to.include({ status: 'FAILED', error: 'BadState' });
    expect(world.drillPools).to.include(TARGET);
    expect(world.calls.countOf('pools.remove')).to.equal(0);
  });

  it('17.6: a record of a pool that is gone, which Cognito does not show to this role, keeps no drill from going on', async () => {
    const world = await DrillWorld.exported(60);
    await world.objects.put('drills/pools/gone.json', JSON.stringify(recordOf('gone', 'us-east-1_Gone00001')));
    const { identity } = world.throwAway;
    world.throwAway.identity = (poolId) =>
      poolId === 'us-east-1_Gone00001'
        ? Promise.reject(new Halt('AccessDenied', 'not authorized to perform cognito-idp:DescribeUserPool'))
        : identity(poolId);
    const ended = await world.drill();
    expect(ended, ended.cause).to.include({ status: 'SUCCEEDED' });
    expect(world.records).to.deep.equal([]);
  });

  it('17.6: a pool of another launch, or one with the name and without the tag, is left alone and named', async () => {
    for (const tags of [{ [THROW_AWAY_TAG]: 'ffffffffffff' }, {}, { other: INSTANCE_ID }]) {
      const world = await DrillWorld.exported(60);
      const name = `CognitoUserProfilesExport-drill-${INSTANCE_ID}-00`;
      world.throwAway.known.set(TARGET, { Id: TARGET, Name: name, UserPoolTags: tags });
      for (const poolId of [TARGET, undefined]) {
        await world.objects.put(`drills/pools/${name}.json`, JSON.stringify(recordOf(name, poolId)));
        const ended = await world.drill();
        expect(ended).to.include({ status: 'FAILED', error: 'BadState' });
        expect(ended.cause).to.include(TARGET);
      }
      expect(world.drillPools).to.deep.equal([TARGET]);
      expect(world.calls.countOf('pools.remove')).to.equal(0);
      expect(world.calls.countOf('pools.stopJobs')).to.equal(0);
    }
  });

  it('17.6: a pool whose deletion is refused for ever is named, the drill is no good one, and the next one tries again', async () => {
    const world = await DrillWorld.exported(60);
    const { remove } = world.throwAway;
    world.throwAway.remove = () => Promise.reject(new Halt('AccessDenied', 'DeleteUserPool is denied by a boundary.'));
    const ended = await world.drill();
    const [left = ''] = world.drillPools;
    expect(ended).to.include({ status: 'FAILED', error: 'ServiceError' });
    for (const words of [
      left,
      'could not be deleted: DeleteUserPool is denied by a boundary.',
      'delete the pool by hand',
    ])
      expect(ended.cause).to.include(words);
    expect(world.messages.at(-1)?.body).to.include(left);
    expect((await world.lastDrill())?.last).to.include({ outcome: 'failed', error: 'ServiceError' });
    const again = await world.drill();
    expect(again).to.include({ status: 'FAILED', error: 'ServiceError' });
    expect(world.drillPools, 'no further pool is made').to.deep.equal([left]);
    world.throwAway.remove = remove;
    const third = await world.drill();
    expect(third, third.cause).to.include({ status: 'SUCCEEDED' });
    expect([world.drillPools, world.records]).to.deep.equal([[], []]);
  });

  it('17.6: asked for twice, since an answer was lost and the listing lagged, leaves neither pool behind', async () => {
    const world = await DrillWorld.exported(60);
    const { create, idsNamed } = world.throwAway;
    let lost = false;
    world.throwAway.create = async (request) => {
      const made = await create(request);
      if (lost) return made;
      lost = true;
      throw new Fault('ServiceError', 'CreateUserPool failed: TimeoutError.');
    };
    world.throwAway.idsNamed = async (name) => (world.drillPools.length < 2 ? [] : idsNamed(name));
    let made = 0;
    world.entered = (state) => {
      if (state === 'ScanTable') made = world.drillPools.length;
    };
    const ended = await world.drill();
    expect(ended, ended.cause).to.include({ status: 'SUCCEEDED' });
    expect(made).to.equal(2);
    expect([world.drillPools, world.records]).to.deep.equal([[], []]);
  });

  it('17.6: with an import job that takes its time to stop is deleted once it has', async () => {
    const world = await DrillWorld.exported(60);
    const { remove } = world.throwAway;
    let stoppedAt: number | undefined;
    world.throwAway.remove = async (poolId) => {
      stoppedAt ??= world.clock.now() + 100_000;
      return world.clock.now() >= stoppedAt && remove(poolId);
    };
    const ended = await world.drill();
    expect(ended, ended.cause).to.include({ status: 'SUCCEEDED' });
    expect([world.drillPools, world.records]).to.deep.equal([[], []]);
  });

  it('17.6: whose import job does not stop at once keeps no restore waiting, and goes with its drill', async () => {
    const world = await DrillWorld.exported(400);
    world.jobs.knobs.usersPerSecond = 1;
    const { remove } = world.throwAway;
    let restore: ReturnType<typeof world.import> | undefined;
    let refusals = 0;
    world.throwAway.remove = async (poolId) => ((refusals += 1) > 2 ? remove(poolId) : false);
    world.entered = (state) => {
      if (state === 'WaitForJob') restore ??= world.import();
    };
    const drill = await world.drill();
    expect(drill).to.include({ status: 'FAILED', error: 'RestoreInProgress' });
    const restored = await restore;
    expect(restored, restored?.cause).to.include({ status: 'SUCCEEDED' });
    expect([world.drillPools, world.records]).to.deep.equal([[], []]);
  });

  it('17.6: is made without the settings that its Region or plan refuses, which are named', async () => {
    const world = await DrillWorld.exported(60);
    const kept = keptSettings();
    world.keep({
      ...kept,
      pool: { ...kept.pool, UserPoolTier: 'PLUS', UserPoolAddOns: { AdvancedSecurityMode: 'AUDIT' } },
    });
    const { create } = world.throwAway;
    world.throwAway.create = async (request) =>
      'UserPoolTier' in request ? { refused: 'FeatureUnavailableInTierException' } : create(request);
    const ended = await world.drill();
    expect(ended, ended.cause).to.include({ status: 'SUCCEEDED' });
    const { leftOut, settingsDiffer } = ended.output as Readonly<Record<string, string[]>>;
    expect(leftOut).to.include.members(['pool.UserPoolTier', 'pool.UserPoolAddOns']);
    expect(settingsDiffer).to.deep.equal([]);
  });

  it('17.6: that no Region and plan would make ends the drill, with the error and no pool', async () => {
    const world = await DrillWorld.exported(60);
    world.throwAway.create = async () => Promise.resolve({ refused: 'InvalidParameterException' });
    const ended = await world.drill();
    expect(ended).to.include({ status: 'FAILED', error: 'ServiceError' });
    expect(ended.cause).to.include('refuses to make').and.to.include('(InvalidParameterException)');
    expect(world.drillPools).to.deep.equal([]);
  });

  it('17.6: goes without MFA where Cognito refuses it, which is named', async () => {
    const world = await DrillWorld.exported(60);
    const kept = keptSettings();
    world.keep({
      ...kept,
      pool: { ...kept.pool, MfaConfiguration: 'OPTIONAL' },
      mfa: { MfaConfiguration: 'OPTIONAL', SoftwareTokenMfaConfiguration: { Enabled: true } },
    });
    world.throwAway.setMfa = async () => Promise.resolve({ refused: 'InvalidParameterException' });
    const ended = await world.drill();
    expect(ended, ended.cause).to.include({ status: 'SUCCEEDED' });
    const { leftOut, settingsDiffer } = ended.output as Readonly<Record<string, string[]>>;
    expect(leftOut).to.include('mfa');
    expect(settingsDiffer).to.deep.equal([]);
  });

  it('17.6: is waited for while its tag is not known yet, and Cognito shows it to nobody', async () => {
    const world = await DrillWorld.exported(60);
    const { create, settings } = world.throwAway;
    let knownAt = Number.POSITIVE_INFINITY;
    world.throwAway.create = async (request) => {
      knownAt = world.clock.now() + 10_000;
      return create(request);
    };
    world.throwAway.settings = async (poolId) => {
      if (world.clock.now() < knownAt) throw new Halt('AccessDenied', 'The role may not call DescribeUserPool.');
      return settings(poolId);
    };
    const ended = await world.drill();
    expect(ended, ended.cause).to.include({ status: 'SUCCEEDED' });
    expect(world.calls.countOf('pools.create')).to.equal(1);
  });

  it('17.6: a restore refuses the pool of a drill, which would be deleted with everything in it', async () => {
    const world = await DrillWorld.exported(60);
    world.target.name = `CognitoUserProfilesExport-drill-${INSTANCE_ID}-0123456789abcdef`;
    const ended = await world.import();
    expect(ended).to.include({ status: 'FAILED', error: 'InvalidNewUserPoolId' });
    expect(ended.cause).to.include('is the pool of a drill');
  });
});

describe('A drill and a restore', () => {
  it('17.6: a restore that begins ends the drill, its import job and its pool at once, and is restored whole', async () => {
    const world = await DrillWorld.exported(400);
    world.jobs.knobs.usersPerSecond = 1;
    const stopped: number[] = [];
    const { stopJobs } = world.throwAway;
    world.throwAway.stopJobs = async (poolId) => {
      stopped.push(await stopJobs(poolId));
      return stopped.at(-1) as number;
    };
    let restore: ReturnType<typeof world.import> | undefined;
    world.entered = (state) => {
      if (state === 'WaitForJob') restore ??= world.import();
    };
    const drill = await world.drill();
    const restored = await restore;
    expect(drill).to.include({ status: 'FAILED', error: 'RestoreInProgress' });
    expect(restored, restored?.cause).to.include({ status: 'SUCCEEDED' });
    expect(world.target.size).to.equal(400);
    expect([world.drillPools, world.records]).to.deep.equal([[], []]);
    expect(stopped).to.deep.equal([1]);
    expect((await world.lastDrill())?.last.outcome).to.equal('ended');
  });

  it('17.6: a restore where no drill is at work calls Cognito no more often than before', async () => {
    const world = await DrillWorld.exported(60);
    await world.import();
    expect(world.calls.log.filter(({ call }) => call.startsWith('pools.'))).to.deep.equal([]);
  });

  it('17.6: a dry run of a restore lets the drill go on', async () => {
    const world = await DrillWorld.exported(120);
    let restore: ReturnType<typeof world.import> | undefined;
    world.entered = (state) => {
      if (state === 'WaitForJob') restore ??= world.import({ DryRun: true });
    };
    const drill = await world.drill();
    expect(await restore).to.include({ status: 'SUCCEEDED' });
    expect(drill, drill.cause).to.include({ status: 'SUCCEEDED' });
  });

  it('17.6: a drill that the schedule starts while a restore is at work says so and ends; one by hand is refused', async () => {
    const world = await DrillWorld.exported(60);
    const drills: Awaited<ReturnType<typeof world.drill>>[] = [];
    world.entered = async (state) => {
      if (state !== 'ImportUsers' || drills.length > 0) return;
      drills.push(await world.drill({ Trigger: 'Schedule' }), await world.drill());
    };
    await world.import();
    const [scheduled, byHand] = drills;
    expect(scheduled).to.include({ status: 'SUCCEEDED' });
    expect(scheduled?.states).to.include('Skipped');
    expect(world.messages.map(({ subject }) => subject)).to.include(
      'A scheduled DrillWorkflow in us-east-1 found a restore at work',
    );
    expect(byHand).to.include({ status: 'FAILED', error: 'RestoreInProgress' });
    expect(world.calls.countOf('pools.create')).to.equal(0);
  });

  describe('in the other Region', () => {
    const restoreArn = (region: string): string =>
      `arn:aws:states:${region}:111122223333:execution:ImportWorkflow-0123456789ab:elsewhere`;
    const beginRestore = (world: DrillWorld, more: object = {}): void => {
      const executionArn = restoreArn(BACKUP_REGION);
      const takenAt = new Date(world.clock.now()).toISOString();
      world.table.seed({ ...leaseKey('ImportWorkflow', BACKUP_REGION), executionArn, takenAt, ...more });
      world.executions.set(executionArn, 'RUNNING');
    };

    it('17.6: a restore that begins ends the drill, in whichever step it is, and nothing is left behind', async () => {
      for (const state of ['MakePool', 'CheckNewUserPool', 'ScanTable', 'ReadBackup', 'WaitForJob', 'ComparePool']) {
        const world = await DrillWorld.exported(60);
        world.jobs.knobs.usersPerSecond = 1;
        world.entered = (entered) => {
          if (entered !== state) return;
          world.clock.advance(1_000);
          beginRestore(world);
        };
        const ended = await world.drill();
        expect(ended, `${state}: ${ended.cause}`).to.include({ status: 'FAILED', error: 'RestoreInProgress' });
        expect(ended.cause).to.include(BACKUP_REGION);
        expect([world.drillPools, world.records], state).to.deep.equal([[], []]);
        expect((await world.lastDrill())?.last.outcome).to.equal('ended');
      }
    });

    it('17.6: a restore at work lets no drill begin; one that ended, a dry run and a selection do not matter', async () => {
      const world = await DrillWorld.exported(60);
      beginRestore(world);
      expect(await world.drill()).to.include({ status: 'FAILED', error: 'RestoreInProgress' });
      expect((await world.drill({ Trigger: 'Schedule' })).states).to.include('Skipped');
      expect(world.calls.countOf('pools.create')).to.equal(0);
      world.executions.set(restoreArn(BACKUP_REGION), 'gone');
      const ended = await world.drill();
      expect(ended, ended.cause).to.include({ status: 'SUCCEEDED' });
      for (const more of [{ dryRun: true }, { selectionFor: SOURCE }]) {
        world.entered = (state) => {
          if (state === 'ImportUsers') beginRestore(world, more);
        };
        const beside = await world.drill();
        expect(beside, beside.cause).to.include({ status: 'SUCCEEDED' });
        world.executions.set(restoreArn(BACKUP_REGION), 'gone');
      }
    });
  });

  it('17.6: an export is not held up by a drill', async () => {
    const world = await DrillWorld.exported(120);
    const exports: Awaited<ReturnType<typeof world.export>>[] = [];
    world.entered = async (state) => {
      if (state === 'WaitForJob' && exports.length === 0) exports.push(await world.export());
    };
    await world.drill();
    expect(exports[0], exports[0]?.cause).to.include({ status: 'SUCCEEDED' });
    expect(exports[0]?.states).to.not.include('NotifySkipped');
  });

  it('17.6: once the restore has ended, the next drill gets the lease', async () => {
    const world = await DrillWorld.exported(60);
    await world.drill();
    await world.import();
    expect(String(world.leaseHolder)).to.include('ImportWorkflow');
    const ended = await world.drill();
    expect(ended, ended.cause).to.include({ status: 'SUCCEEDED' });
  });
});
