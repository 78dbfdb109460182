import { expect } from 'chai';
import type { RestoreUser } from '../../../../../source/domain/import/plan/plan-model.ts';
import { createUser } from '../../../../../source/domain/import/updates/create-user.ts';
import { noAccounts } from '../../../../../source/domain/import/plan/accounts-state.ts';
import { Accounts } from '../../../../../source/domain/import/accounts/accounts.ts';
import { CreationJournal } from '../../../../../source/domain/import/accounts/creation-journal.ts';
import { Fault } from '../../../../../source/domain/errors.ts';
import type { CreateOutcome, CreateUserDeps } from '../../../../../source/domain/import/updates/create-user.ts';
import { aUser } from '../../../../support/world/builders.ts';
import { PLAIN_SETTINGS } from '../../../../../tools/simulation/cognito/settings.ts';
import { rejection } from '../../../../support/rejection.ts';
import { World } from '../../../../support/world/world.ts';

const POOL = 'eu-west-1_NewPool01';
const USER: RestoreUser = {
  sub: 'old',
  name: 'una',
  attributes: { email: 'una@example.test' },
  enabled: true,
  status: 'CONFIRMED',
  groups: [],
};

describe('Creating a user one by one', () => {
  let world: World;
  let passwords: number;
  beforeEach(() => {
    world = new World();
    world.pool(POOL);
    passwords = 0;
  });
  const plan = {
    newUserPoolId: POOL,
    restoreId: 'r1',
    signInName: 'username',
    caseSensitive: false,
    plannedAt: '2026-03-01T00:00:00.000Z',
    schema: PLAIN_SETTINGS.schema,
  } as const;
  const create = async (over: Partial<CreateUserDeps> = {}, user = USER): Promise<CreateOutcome> =>
    createUser(plan, user, {
      pool: world.cognito,
      writer: world.writer,
      clock: world.clock,
      newPassword: () => `password ${(passwords += 1)}`,
      accounts: await Accounts.load(world.objects, noAccounts()),
      journal: await CreationJournal.open({ ...world, claim: 'invocation' }, plan, { name: 'batch' }),
      row: { windows: [], importsConfirmed: false },
      ...over,
    });
  const refuseOften = (call: string, times: number, name: string): void => {
    let left = times;
    world.writer.refuse = (called) => (called === call && (left -= 1) >= 0 ? name : undefined);
  };
  const putExisting = (status: string, attributes: Record<string, string> = USER.attributes): void =>
    world.pools.get(POOL)?.put(aUser({ username: 'una', status, attributes }));

  it('gives it a temporary password, so that no pool makes a user without any, and then another one for good', async () => {
    expect(await create()).to.equal('done');
    expect([world.writer.temporaryPasswords.get('una'), world.writer.passwords.get('una')]).to.deep.equal([
      'password 1',
      'password 2',
    ]);
  });

  it('sets the password as soon as Cognito knows the new user', async () => {
    refuseOften('setPassword', 2, 'UserNotFoundException');
    expect(await create()).to.equal('done');
    expect(world.pools.get(POOL)?.find('una')?.status).to.equal('CONFIRMED');
    expect(world.clock.elapsed).to.equal(5_000);
  });

  it('tries no other refusal of the password again, and a user who stays unknown three times', async () => {
    for (const [refusal, calls] of [
      ['InvalidPasswordException', 1],
      ['UserNotFoundException', 3],
    ] as const) {
      const before = world.calls.countOf('cognito.setPassword');
      refuseOften('setPassword', Infinity, refusal);
      expect(await create()).to.deep.equal({ noPassword: refusal });
      expect(world.calls.countOf('cognito.setPassword') - before).to.equal(calls);
    }
  });

  it('tells whom an import job had brought from whom an earlier try had created', async () => {
    const attributes = { ...USER.attributes, email_verified: 'true' };
    const now = new Date(world.clock.now()).toISOString();
    const row = { windows: [[world.clock.now(), world.clock.now()]] as const, importsConfirmed: false };
    for (const [status, expected, passwordsSet] of [
      ['RESET_REQUIRED', 'existed', 0],
      ['CONFIRMED', 'collision', 0],
      ['UNCONFIRMED', 'collision', 0],
      ['FORCE_CHANGE_PASSWORD', 'done', 1],
    ] as const) {
      world.pools.get(POOL)?.put(aUser({ username: 'una', status, attributes, created: now }));
      const before = world.calls.countOf('cognito.setPassword');
      expect(await create({ row }, { ...USER, attributes }), status).to.equal(expected);
      expect(world.calls.countOf('cognito.setPassword') - before, status).to.equal(passwordsSet);
    }
  });

  it('knows an account again that got its password from an invocation which stored nothing more', async () => {
    expect(await create()).to.equal('done');
    expect(await create()).to.equal('done');
    expect(world.calls.countOf('cognito.setPassword')).to.equal(1);
  });

  it('leaves a user of that name alone who has other attributes', async () => {
    putExisting('RESET_REQUIRED', { email: 'stranger@example.test' });
    expect(await create()).to.equal('collision');
    expect(world.calls.countOf('cognito.setPassword')).to.equal(0);
  });

  it('E19: tries a refused user once more, without what Cognito refused by name', async () => {
    const settings = { aliasAttributes: ['email'] };
    world.pool(POOL, settings);
    world.pools
      .get(POOL)
      ?.put(aUser({ username: 'other', attributes: { email: 'una@example.test', email_verified: 'true' } }));
    const user = {
      ...USER,
      attributes: {
        ...USER.attributes,
        email_verified: 'true',
        phone_number: '5555550101',
        phone_number_verified: 'true',
      },
    };
    expect(await create({}, user)).to.include({ refused: 'AliasExistsException' });
    expect(world.calls.countOf('cognito.createUser')).to.equal(2);
    const { phone_number: _phone, phone_number_verified: _flag, ...less } = user.attributes;
    expect(await create({}, { ...user, attributes: less })).to.equal('done');
    expect(world.pools.get(POOL)?.find('una')?.attributes).to.include({ email: 'una@example.test' });
    expect(world.pools.get(POOL)?.find('una')?.attributes).to.not.have.property('email_verified');
  });

  it('E19: knows the account for its own, also when the answer to the second try was lost', async () => {
    const user = { ...USER, attributes: { ...USER.attributes, phone_number: '5555550101' } };
    const { createUser: made } = world.writer;
    world.writer.createUser = async (poolId, given) => {
      const first = await made(poolId, given);
      // The SDK repeats a call whose answer was lost.
      return 'refused' in first ? first : made(poolId, given);
    };
    expect(await create({}, user)).to.equal('done');
    expect(world.pools.get(POOL)?.find('una')?.attributes).to.not.have.property('phone_number');
  });

  it('E18: knows it again, where the invocation was killed by then and the whole user meets its own name', async () => {
    world.pool(POOL, { aliasAttributes: ['email'] });
    const attributes = { ...USER.attributes, email_verified: 'true' };
    world.pools.get(POOL)?.put(aUser({ username: 'other', attributes }));
    world.calls.fail({
      call: 'cognito.createUser',
      nth: 2,
      when: 'after',
      error: () => new Fault('Throttled', 'the answer was lost'),
    });
    expect((await rejection(create({}, { ...USER, attributes }))).message).to.equal('the answer was lost');
    expect(await create({}, { ...USER, attributes })).to.equal('done');
    expect(world.pools.get(POOL)?.find('una')?.status).to.equal('CONFIRMED');
  });

  it('E19: tries a user whose value was refused without a name once more, without what can be set later', async () => {
    const refuse = world.writer.createUser;
    world.writer.createUser = (poolId, given) =>
      'nickname' in given.attributes
        ? Promise.resolve({ refused: 'InvalidParameterException' })
        : refuse(poolId, given);
    const attributes = { ...USER.attributes, email_verified: 'true', nickname: 'n', name: 'Una' };
    expect(await create({}, { ...USER, attributes })).to.equal('done');
    expect(world.pools.get(POOL)?.find('una')?.attributes)
      .to.include({ email: 'una@example.test', email_verified: 'true' })
      .and.not.have.any.keys('nickname', 'name');
  });
});
