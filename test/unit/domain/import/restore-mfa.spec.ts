import { expect } from 'chai';
import type { PoolSettings } from '../../../../source/domain/model.ts';
import { RestoreWorld } from '../../../support/import/restore-world.ts';
import { rejection } from '../../../support/rejection.ts';
import { WorkflowWorld } from '../../../support/workflows/workflow-world.ts';
import { addUsers, aUser } from '../../../support/world/builders.ts';

const BOTH = { autoVerifiedAttributes: ['email' as const, 'phone_number' as const] };
const BY_PHONE = { phone_number: '+34600000001', phone_number_verified: 'true' };

/** Five users with an e-mail address only, `pia` with a phone number only, `bob` with both, `neo` with neither. */
function fill(source: RestoreWorld['source']): void {
  addUsers(source, 5);
  source.put(aUser({ username: 'pia', attributes: BY_PHONE }));
  source.put(
    aUser({ username: 'bob', attributes: { ...BY_PHONE, email: 'bob@example.test', email_verified: 'true' } }),
  );
  source.put(aUser({ username: 'neo', attributes: { name: 'Neo' } }));
}

const ON = { mfaConfiguration: 'ON' as const, recoveryMechanisms: ['verified_email'] };
const offering = (...factors: string[]): Partial<PoolSettings> => ({ ...ON, mfa: { factors } });

function into(target: Partial<PoolSettings>, source: Partial<PoolSettings> = {}): RestoreWorld {
  const world = new RestoreWorld(BOTH, target);
  world.source.settings = { ...world.source.settings, ...source };
  fill(world.source);
  return world;
}

const rows = (csv: string): string[] => csv.trim().split('\n').slice(1);
const namesIn = (csv: string, atSignIn: string): string[] =>
  rows(csv)
    .filter((row) => row.includes(atSignIn))
    .map((row) => row.split(',')[1] ?? '')
    .sort();
const MAIL_ONLY = ['user0', 'user1', 'user2', 'user3', 'user4'];

describe('17.1: a restore into a pool that requires MFA', () => {
  it('17.1: brings everybody back, counts and names those who must enrol an authenticator app', async () => {
    const world = await into(offering('SMS_MFA', 'SOFTWARE_TOKEN_MFA'), { mfaConfiguration: 'ON' }).planned();
    expect(world.plan().counts.mfa).to.deep.equal({
      byCode: 2,
      mustEnrol: { noFactor: 6, recoveryOnly: 0 },
      cannotSignIn: { noFactor: 0, recoveryOnly: 0 },
    });
    const { outcome, counts, summary, report } = await world.execute();
    expect(outcome).to.equal('complete');
    expect(counts).to.include({ usersRestored: 8, usersMustEnrolMfa: 6, usersMfaLockedOut: 0 });
    expect(summary).to.include('6 who must enrol an authenticator app').and.not.include('cannot sign in');
    expect(report.keys.map((key) => key.split('/').at(-1))).to.deep.equal([
      'report.json',
      'failures.csv',
      'sub-map.csv',
      'mfa.csv',
    ]);
    expect(namesIn(world.report('mfa.csv'), ',must enrol an authenticator app,')).to.deep.equal(['neo', ...MAIL_ONLY]);
    const { notes } = JSON.parse(world.report('report.json')) as { notes: string[] };
    expect(notes.join()).to.match(/requires MFA and offers SMS_MFA, SOFTWARE_TOKEN_MFA.*2 users can sign in by a code/);
    expect(notes.join()).to.not.include('MFA is off');
  });

  it('17.1: gives rows the value that both texts of the guide allow', async () => {
    const world = await into(offering('SOFTWARE_TOKEN_MFA')).planned();
    expect(world.plan().mfaFlag).to.equal('true');
    expect(await world.execute()).to.have.nested.property('counts.usersRestored', 8);
    expect(world.ended.map(({ failed }) => failed)).to.deep.equal([0]);
  });

  it('17.1: is refused where somebody could not sign in, with counts; names stand in the bucket only', async () => {
    const world = into(offering('SMS_MFA'));
    const error = await rejection(world.planned());
    expect(error).to.have.property('name', 'PreflightFailed');
    expect(error.message)
      .to.include('requires MFA and offers SMS_MFA, so that 6 users could not sign in')
      .and.include('6 users without an address for any factor')
      .and.include('"AcceptMfaLockout": true')
      .and.include('report/mfa.csv in the mapping-file bucket names them');
    for (const name of ['user0', 'neo', 'pia', 'example.test']) expect(error.message).to.not.include(name);
    expect(namesIn(world.report('mfa.csv'), ',cannot sign in,')).to.deep.equal(['neo', ...MAIL_ONLY]);
    expect(world.target.users.size).to.equal(0);
  });

  it('17.1: says apart whose only address is the one by which passwords are recovered', async () => {
    const world = into(offering('EMAIL_OTP'));
    const error = await rejection(world.planned());
    expect(error.message)
      .to.include('8 users could not sign in')
      .and.include('2 users without an address for any factor')
      .and.include('6 users whose only address for a factor is the one by which the pool recovers passwords');
    expect(world.report('mfa.csv')).to.match(/,bob,cannot sign in,"?the only address of the user to which a code/);
  });

  it('17.1: goes on with AcceptMfaLockout, and says at its end who cannot sign in', async () => {
    const world = await into(offering('SMS_MFA')).planned({ acceptMfaLockout: true });
    const { outcome, counts, summary } = await world.execute();
    expect(outcome).to.equal('complete');
    expect(counts).to.include({ usersRestored: 8, usersMustEnrolMfa: 0, usersMfaLockedOut: 6 });
    expect(summary).to.include('6 who cannot sign in, since the pool requires MFA');
    expect(namesIn(world.report('mfa.csv'), ',cannot sign in,')).to.deep.equal(['neo', ...MAIL_ONLY]);
  });

  it('17.1: names those who are there, not those who did not come', async () => {
    const world = await into(offering('SMS_MFA', 'SOFTWARE_TOKEN_MFA')).planned();
    world.writer.refuse = (call, name) =>
      call === 'createUser' && name === 'neo' ? 'InvalidParameterException' : undefined;
    const { counts } = await world.execute();
    expect(counts).to.include({ usersRestored: 7, usersMustEnrolMfa: 5 });
    expect(namesIn(world.report('mfa.csv'), ',must enrol')).to.deep.equal(MAIL_ONLY);
  });

  it('17.1: says of whom AWS does not say for certain that they may enrol', async () => {
    const world = await into(offering('EMAIL_OTP', 'SOFTWARE_TOKEN_MFA')).planned();
    expect(world.plan().counts.mfa?.mustEnrol).to.deep.equal({ noFactor: 2, recoveryOnly: 6 });
    expect(world.plan().notes.join()).to.match(/Of those who must enrol, 6 users .*try it with one of them/);
    await world.execute();
    expect(rows(world.report('mfa.csv')).filter((row) => row.includes('for certain'))).to.have.length(6);
  });

  it('17.1: creates users one by one where Cognito refuses the rows for their MFA value', async () => {
    const world = await into(offering('SMS_MFA', 'SOFTWARE_TOKEN_MFA')).planned();
    world.jobs.knobs.rowFate = () => 'failed';
    const { counts } = await world.execute();
    expect(counts).to.include({ usersRestored: 8, usersCreatedOneByOne: 8, usersMustEnrolMfa: 6 });
  });

  it('17.1: asks the pool for its factors once, and only a pool that requires MFA', async () => {
    for (const [mfaConfiguration, calls] of [
      ['ON', 1],
      ['OPTIONAL', 0],
      ['OFF', 0],
    ] as const) {
      const world = await into({ mfaConfiguration, mfa: { factors: ['SOFTWARE_TOKEN_MFA'] } }).planned();
      await world.execute();
      expect(world.calls.countOf('cognito.mfaSettings'), mfaConfiguration).to.equal(calls);
    }
  });
});

describe('17.1: a restore into a pool that does not require MFA', () => {
  for (const [source, target, off] of [
    ['ON', 'OPTIONAL', true],
    ['OPTIONAL', 'OPTIONAL', true],
    ['ON', 'OFF', true],
    ['OFF', 'OPTIONAL', false],
    ['OFF', 'OFF', false],
    ['OPTIONAL', 'ON', false],
  ] as const)
    it(`17.1: ${source} into ${target} ${off ? 'says that MFA is off for everybody' : 'has nothing to say of MFA that is off'}`, async () => {
      const world = await into(
        { mfaConfiguration: target, mfa: { factors: ['SOFTWARE_TOKEN_MFA'] } },
        { mfaConfiguration: source },
      ).planned();
      const { mfa, outcome, report } = await world.execute();
      expect(outcome).to.equal('complete');
      expect(mfa).to.deep.equal({ source, target });
      expect(world.plan().mfaFlag).to.equal(target === 'ON' ? 'true' : 'false');
      expect(report.keys.some((key) => key.endsWith('mfa.csv'))).to.equal(target === 'ON');
      expect(world.report('report.json').includes('MFA is off for everybody until they enrol again')).to.equal(off);
    });
});

describe('17.1: MFA in both workflows', () => {
  it('17.1: dry run, refusal and closing message tell counts, and the subject what nobody may miss', async () => {
    const world = new WorkflowWorld();
    world.allowMfa = true;
    const on = { ...world.source.settings, ...BOTH, mfaConfiguration: 'ON' as const };
    world.source.settings = { ...on, mfa: { factors: ['SMS_MFA', 'SOFTWARE_TOKEN_MFA'] } };
    fill(world.source);
    expect((await world.export()).status).to.equal('SUCCEEDED');
    const told = (): string => world.messages.at(-1)?.body.replaceAll(/\s+/g, ' ') ?? '';

    world.target.settings = { ...on, ...offering('SMS_MFA') };
    expect(await world.import()).to.include({ status: 'FAILED', error: 'PreflightFailed' });
    expect(told()).to.include('6 users could not sign in');

    world.target.settings = { ...on, ...offering('SMS_MFA', 'SOFTWARE_TOKEN_MFA') };
    const dry = await world.import({ DryRun: true });
    expect(dry.output).to.include({ mustEnrolMfa: 6, mfaLockedOut: 0 });
    expect(told()).to.include('6 users who must enrol an authenticator app');
    expect(told()).to.match(/s3:\S+\/report\/mfa\.csv/);
    expect(world.messages.at(-1)?.subject).to.not.include('MFA');

    world.target.settings = { ...on, ...offering('SMS_MFA') };
    await world.import({ DryRun: true, AcceptMfaLockout: true });
    expect(world.messages.at(-1)?.subject).to.include(', 6 could not sign in');
    world.writer.refuse = (call, name) =>
      call === 'createUser' && name === 'neo' ? 'InvalidParameterException' : undefined;
    expect(await world.import({ AcceptMfaLockout: true })).to.include({ error: 'RestoreIncomplete' });
    expect((await world.import({ DryRun: true })).status).to.equal('SUCCEEDED');
    expect(told(), 'of a restore that has begun').to.include('6 users who cannot sign in');
    world.writer.refuse = () => undefined;
    const ended = await world.import();
    expect(ended.status, ended.cause).to.equal('SUCCEEDED');
    expect(world.messages.at(-1)?.subject).to.include('BUT').and.include('6 users cannot sign in (MFA)');
    expect(told()).to.include('6 users who cannot sign in: the pool requires MFA');
  });

  it('17.1: a restore that switches MFA off says so in subject and text, and so does its dry run', async () => {
    const world = new WorkflowWorld();
    world.allowMfa = true;
    world.source.settings = {
      ...world.source.settings,
      ...BOTH,
      mfaConfiguration: 'ON',
      mfa: { factors: ['SMS_MFA'] },
    };
    addUsers(world.source, 5);
    await world.export();
    world.target.settings = { ...world.target.settings, ...BOTH, mfaConfiguration: 'OPTIONAL' };
    for (const input of [{ DryRun: true }, {}]) {
      expect((await world.import(input)).status).to.equal('SUCCEEDED');
      const { subject = '', body = '' } = world.messages.at(-1) ?? {};
      expect(subject).to.include('MFA is off for everybody');
      expect(body.replaceAll(/\s+/g, ' ')).to.include('a password is enough to sign in');
    }
  });

  it('17.1: an export of a pool with MFA is refused by default, in the words that name the parameter', async () => {
    const world = new WorkflowWorld();
    world.source.settings = { ...world.source.settings, mfaConfiguration: 'OPTIONAL' };
    expect(await world.export()).to.include({ status: 'FAILED', error: 'MfaNotSupported' });
    expect(world.messages.at(-1)?.body).to.include('AllowMfa');
  });
});
