import { expect } from 'chai';
import type { CanaryUser } from '../../support/privacy/canaries.ts';
import { CanaryWorld } from '../../support/privacy/canary-world.ts';
import { TWO_ADDRESSES } from '../../support/world/two-addresses.ts';

describe("Nobody's data outside the table and the encrypted objects", () => {
  let world: CanaryWorld;
  beforeEach(() => {
    world = new CanaryWorld();
  });

  it('after exports that add, change and delete', async () => {
    await world.exported();
    const [gone, changed] = world.users as [CanaryUser, CanaryUser];
    world.source.remove(gone.username);
    const held = world.source.find(changed.username);
    if (held !== undefined)
      world.source.put({ ...held, attributes: { ...held.attributes, name: gone.attributes.name as string } });
    await world.exported();
    world.expectSilent();
  });

  it('after a dry run, and a restore by import jobs and one by one', async () => {
    await world.exported();
    expect(await world.run(world.import({ DryRun: true }))).to.include({ status: 'SUCCEEDED' });
    expect(await world.run(world.import({ CognitoTPS: 5 }))).to.include({ status: 'SUCCEEDED' });
    expect(await world.run(world.import())).to.include({ error: 'AlreadyRestored' });
    expect(world.target.users.size).to.be.above(6);
    expect(world.metrics.length).to.be.above(2);
    world.expectSilent();
  });

  it('after collisions of names, users whom Cognito refuses, lost rows, and jobs that end early with a message that names somebody', async () => {
    await world.exported();
    const [victim, other] = world.users as [CanaryUser, CanaryUser];
    world.jobs.knobs.rowFate = (_job, line) => (line === 2 ? 'failed' : line === 3 ? 'lost' : undefined);
    world.jobs.knobs.endEarly = (job) =>
      job.jobName.endsWith('-a1')
        ? { afterRows: 3, status: 'Failed', message: `Too many users have failed, for instance ${victim.username}.` }
        : undefined;
    world.writer.refuse = (call, username) =>
      call === 'createUser' && username !== other.username
        ? 'UserLambdaValidationException'
        : call === 'addUserToGroup'
          ? 'InvalidParameterException'
          : undefined;
    expect(await world.run(world.import())).to.include({ status: 'FAILED', error: 'RestoreIncomplete' });
    world.expectSilent();
  });

  it('17.1: after a pool that requires MFA was refused for those who could not sign in, and filled all the same', async () => {
    await world.exported();
    world.target.settings = { ...world.target.settings, mfaConfiguration: 'ON', mfa: { factors: [] } };
    expect(await world.run(world.import())).to.include({ status: 'FAILED', error: 'PreflightFailed' });
    const accepted = { AcceptMfaLockout: true };
    expect(await world.run(world.import({ ...accepted, DryRun: true }))).to.include({ status: 'SUCCEEDED' });
    expect(await world.run(world.import(accepted))).to.include({ status: 'SUCCEEDED' });
    const lists = [...world.objects.stored.keys()].filter((key) => key.endsWith('/mfa.csv'));
    expect(lists).to.have.length.above(2);
    for (const key of lists) expect(world.objects.text(key)).to.include((world.users[0] as CanaryUser).username);
    world.expectSilent();
  });

  it('17.2: after probes that failed with messages that quote an address, that were refused, and that told nothing', async () => {
    world.allowMultipleUsernameAttributes = true;
    for (const pool of [world.source, world.target]) pool.settings = { ...pool.settings, ...TWO_ADDRESSES };
    const address = (world.users[0] as CanaryUser).attributes.email as string;
    const failing = world.cognito.signsIn;
    world.cognito.signsIn = () =>
      Promise.reject(
        Object.assign(new Error(`User ${address} cannot be looked up`), { name: 'InternalErrorException' }),
      );
    expect(await world.run(world.export())).to.include({ status: 'FAILED' });
    world.cognito.signsIn = failing;
    for (const how of ['byUsernameOnly', 'refused'] as const) {
      world.cognito.knobs.probes = how;
      await world.exported();
    }
    expect(world.messages.at(-1)?.subject).to.include('the sign-in address is unknown');
    const dry = await world.run(world.import({ DryRun: true }));
    expect(dry.output).to.have.property('signInUnknown').that.is.above(0);
    expect(await world.run(world.import())).to.include({ status: 'SUCCEEDED' });
    world.expectSilent();
  });

  it('after a whole job failed for a cause that names somebody', async () => {
    await world.exported();
    world.jobs.knobs.endEarly = () => ({
      afterRows: 0,
      status: 'Failed',
      message: `The role log failed at ${(world.users[0] as CanaryUser).attributes.email as string}`,
    });
    expect(await world.run(world.import())).to.include({ error: 'ImportJobFailed' });
    world.expectSilent();
  });
});
