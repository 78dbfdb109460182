import { expect } from 'chai';
import { Fault } from '../../../../../source/domain/errors.ts';
import { CHUNK_LIMITS } from '../../../../../source/domain/import/planning/chunk-size.ts';
import type { PoolSettings } from '../../../../../source/domain/model.ts';
import { differences } from '../../../../support/import/differences.ts';
import { RestoreWorld } from '../../../../support/import/restore-world.ts';
import { Strangers } from '../../../../support/import/strangers.ts';
import { addUsers, aUser } from '../../../../support/world/builders.ts';

interface Set {
  readonly restore: RestoreWorld;
  readonly strangers: Strangers;
}

/** A planned restore of twenty users and `boss`, who is in `admins`; everybody is in `all`. */
async function withBoss(
  boss: Record<string, string> = { email: 'boss@example.test', email_verified: 'true' },
  { firstChunkUsers = 1_000, settings = {} }: { firstChunkUsers?: number; settings?: Partial<PoolSettings> } = {},
): Promise<Set> {
  const restore = new RestoreWorld({}, settings);
  addUsers(restore.source, 20, { disabled: 0 });
  restore.source.put(aUser({ username: 'boss', attributes: boss }));
  for (const name of ['admins', 'all']) restore.source.putGroup({ name });
  restore.source.join('boss', 'admins');
  for (const name of restore.source.users.keys()) restore.source.join(name, 'all');
  await restore.planned({}, { limits: { ...CHUNK_LIMITS, firstChunkUsers, chunkUsers: Math.max(5, firstChunkUsers) } });
  return { restore, strangers: new Strangers(restore) };
}

const first = ({ jobName }: { readonly jobName: string }): boolean => jobName.endsWith('-a1');
const verifiedStranger = { email: 'stranger@example.test', email_verified: 'true' };

/** Somebody of a later chunk frees the name when the last job has ended, and a stranger takes it before the memberships. */
async function withNameTakenLate(): Promise<Set & { readonly victim: string }> {
  const { restore, strangers } = await withBoss(undefined, { firstChunkUsers: 3 });
  const victim = restore.chunkUsers().at(-1)?.[0]?.name as string;
  let jobs = 0;
  restore.whenJobEnded = () => {
    jobs += 1;
    if (jobs !== restore.plan().chunks.length) return;
    strangers.remove(victim);
    strangers.signUp(victim, { attributes: verifiedStranger, status: 'CONFIRMED' });
  };
  return { restore, strangers, victim };
}

describe('Whose account it is', () => {
  for (const [status, message] of [
    ['Failed', 'Too many users have failed or been skipped during the import.'],
    ['Stopped', 'The user import job was stopped.'],
  ] as const)
    for (const readable of [true, false])
      it(`B5: a stranger took the name of a row that a ${status} job had not come to (its log ${readable ? 'is' : 'is not'} readable)`, async () => {
        const { restore, strangers } = await withBoss();
        restore.jobs.knobs.endEarly = (job) => (first(job) ? { afterRows: 0, status, message } : undefined);
        if (!readable) restore.jobs.knobs.logDelayMs = Infinity;
        restore.whenJobEnded = () =>
          void strangers.signUp('boss', { status: 'CONFIRMED', attributes: verifiedStranger });
        const outcome = await restore.execute();
        expect(outcome).to.deep.include({ outcome: 'partial' });
        expect(outcome.counts).to.include({ usersRestored: 20, usersBlocked: 1 });
        expect(strangers.accounts.size).to.equal(1);
        strangers.expectReported();
      });

  it('B6: a stranger took the name of a user whose creation was refused, before the workflow was started again', async () => {
    const { restore, strangers } = await withBoss({ email: 'boss@example.test' });
    restore.writer.refuse = (call, name) =>
      call === 'createUser' && name === 'boss' ? 'InvalidParameterException' : undefined;
    expect((await restore.execute('execution-1')).outcome).to.equal('partial');
    restore.writer.refuse = () => undefined;
    strangers.signUp('boss', { status: 'RESET_REQUIRED', attributes: verifiedStranger });
    for (const start of [2, 3]) {
      expect((await restore.execute(`execution-${start}`)).counts).to.include({ usersRestored: 20, usersBlocked: 1 });
      strangers.expectReported();
    }
  });

  for (const status of ['UNCONFIRMED', 'CONFIRMED', 'RESET_REQUIRED'])
    it(`B7: a sign-up (${status}) with the attributes of a user without a verified address came first`, async () => {
      const attributes = { email: 'boss@example.test' };
      const { restore, strangers } = await withBoss(attributes);
      strangers.signUp('boss', { status, attributes });
      const outcome = await restore.execute();
      expect(outcome.counts).to.include({ usersRestored: 20, usersBlocked: 1, usersCreatedOneByOne: 0 });
      strangers.expectReported();
    });

  it('B7: a sign-up with the attributes and the verified address in every letter came before its row', async () => {
    const { restore, strangers } = await withBoss();
    strangers.signUp('boss', { attributes: { email: 'boss@example.test', email_verified: 'true' } });
    expect((await restore.execute()).counts).to.include({ usersRestored: 20, usersBlocked: 1 });
    strangers.expectReported();
  });

  it('B9: a name of the first chunk that is freed and taken before the memberships get nothing', async () => {
    const { restore, strangers } = await withBoss();
    const add = restore.writer.addUserToGroup;
    restore.writer.addUserToGroup = (...call) => {
      if (strangers.accounts.size === 0) {
        strangers.remove('boss');
        strangers.signUp('boss', { attributes: verifiedStranger, status: 'CONFIRMED' });
      }
      return add(...call);
    };
    expect((await restore.execute()).counts).to.include({ usersBlocked: 1 });
    strangers.expectReported();
    expect(restore.calls.countOf('cognito.removeUserFromGroup')).to.equal(0);
  });

  it('B9: what a name of a later chunk got, after it was freed and taken, is taken back', async () => {
    const { restore, strangers, victim } = await withNameTakenLate();
    const outcome = await restore.execute();
    expect(outcome.counts).to.include({ usersBlocked: 1, membershipsMissing: 1 });
    strangers.expectReported();
    expect(restore.calls.countOf('cognito.removeUserFromGroup')).to.equal(1);
    expect(restore.report('failures.csv')).to.match(new RegExp(`,${victim},[^\n]*taken back from the account`));
  });

  it('E15: what can never be taken back costs this membership, and is told', async () => {
    const { restore, victim } = await withNameTakenLate();
    restore.writer.refuse = (call) => {
      if (call === 'removeUserFromGroup') throw new Fault('ServiceError', 'Cognito failed: HTTP 500.');
      return undefined;
    };
    const outcome = await restore.execute();
    expect(outcome.outcome).to.equal('partial');
    expect(outcome.counts).to.include({ usersBlocked: 1 });
    expect(restore.report('failures.csv')).to.match(
      new RegExp(`,${victim},[^\n]*NOT taken back .ServiceError. from the account`),
    );
  });

  /** The last of the later chunks' users is to be disabled; by then somebody else has the name. */
  async function withStrangerToDisable(): Promise<Set> {
    const { restore, strangers } = await withBoss(undefined, { firstChunkUsers: 3 });
    const disabled = restore.chunkUsers().at(-1)?.[0]?.name as string;
    const user = restore.source.find(disabled);
    expect(user).to.not.equal(undefined);
    restore.source.put({ ...(user as NonNullable<typeof user>), enabled: false });
    restore.objects.stored.clear();
    await restore.planned({}, { limits: { ...CHUNK_LIMITS, firstChunkUsers: 3, chunkUsers: 5 } });
    const disable = restore.writer.disableUser;
    restore.writer.disableUser = (...call) => {
      if (strangers.accounts.size === 0) {
        strangers.remove(disabled);
        strangers.signUp(disabled, { attributes: verifiedStranger, status: 'CONFIRMED' });
      }
      return disable(...call);
    };
    return { restore, strangers };
  }

  it('B9: a flag that a write by name set on the account of somebody else is taken back', async () => {
    const { restore, strangers } = await withStrangerToDisable();
    await restore.execute();
    expect(strangers.accounts.size).to.equal(1);
    strangers.expectReported();
    expect(restore.report('failures.csv')).to.contain('taken back from the account');
  });

  it('B9: does not enable the account of somebody else that an administrator disabled after our write', async () => {
    const { restore, strangers } = await withStrangerToDisable();
    restore.calls.latencies['cognito'] = 1_000;
    const addUserToGroup = restore.writer.addUserToGroup;
    restore.writer.addUserToGroup = (...call) => {
      const [account] = strangers.accounts.values();
      const found = account && restore.target.find(account.sub);
      const modified = new Date(restore.clock.now() + 60_000).toISOString();
      if (found !== undefined) restore.target.put({ ...found, enabled: false, modified });
      return addUserToGroup(...call);
    };
    await restore.execute();
    const [account] = strangers.accounts.values();
    expect(account && restore.target.find(account.sub)?.enabled).to.equal(false);
    expect(restore.calls.countOf('cognito.enableUser')).to.equal(0);
  });

  it('an account that was deleted and made again by somebody is a collision at every later start', async () => {
    const { restore, strangers } = await withBoss({ email: 'boss@example.test' });
    restore.writer.refuse = (call, name) =>
      call === 'addUserToGroup' && name === 'user3' ? 'LimitExceededException' : undefined;
    expect((await restore.execute('execution-1')).outcome).to.equal('partial');
    strangers.remove('boss');
    strangers.signUp('boss', { attributes: { email: 'boss@example.test' }, status: 'CONFIRMED' });
    restore.writer.refuse = () => undefined;
    expect((await restore.execute('execution-2')).counts).to.include({ usersBlocked: 1 });
    strangers.expectReported();
  });

  it('knows the memberships of an account whose owner took another address as the name', async () => {
    const settings = { usernameAttributes: ['email'] as const };
    const restore = new RestoreWorld(settings);
    for (const n of [1, 2, 3])
      restore.source.put(
        aUser({ username: `sub-${n}`, attributes: { email: `u${n}@example.test`, email_verified: 'true' } }),
      );
    restore.source.putGroup({ name: 'all' });
    for (const name of restore.source.users.keys()) restore.source.join(name, 'all');
    await restore.planned();
    const add = restore.writer.addUserToGroup;
    restore.writer.addUserToGroup = async (...call) => {
      const user = restore.target.find('u2@example.test');
      if (user !== undefined)
        restore.target.put({ ...user, attributes: { ...user.attributes, email: 'changed@example.test' } });
      return add(...call);
    };
    const { counts } = await restore.execute();
    expect(counts).to.include({ usersMissing: 0, usersBlocked: 0, membershipsMissing: 0, unknownUsers: 0 });
    expect(restore.calls.countOf('cognito.addUserToGroup')).to.equal(3);
    expect(restore.target.find('changed@example.test')).to.not.equal(undefined);
  });

  it('names accounts by their sub where the pool takes it, and goes on by name where it does not', async () => {
    for (const takesSubs of [true, false]) {
      const { restore } = await withBoss();
      const add = restore.writer.addUserToGroup;
      const named: string[] = [];
      restore.writer.addUserToGroup = (pool, username, group) => {
        named.push(username);
        const isSub = restore.target.find(username)?.sub === username;
        return isSub && !takesSubs ? Promise.resolve({ refused: 'UserNotFoundException' }) : add(pool, username, group);
      };
      expect((await restore.execute()).outcome).to.equal('complete');
      expect(differences(restore.source, restore.target)).to.deep.equal([]);
      expect(named.includes('boss')).to.equal(!takesSubs);
    }
  });

  it('takes rows that an import left CONFIRMED for its own, where the pool offers sign-in without a password', async () => {
    const { restore } = await withBoss();
    Object.assign(restore.target.settings, { passwordless: ['EMAIL_OTP'] });
    restore.objects.stored.clear();
    await restore.planned();
    restore.jobs.knobs.rowFate = (job) => (first(job) ? 'silent' : undefined);
    restore.jobs.knobs.endEarly = (job) => (first(job) ? { afterRows: 21, status: 'Failed', message: 'x' } : undefined);
    expect((await restore.execute()).outcome).to.equal('complete');
    expect(differences(restore.source, restore.target)).to.deep.equal([]);
  });
});
