import { expect } from 'chai';
import fc from 'fast-check';
import { isNamed } from '../../../source/domain/errors.ts';
import { mfaHurdleOf, requiredMfaOf } from '../../../source/domain/import/csv/mfa-sign-in.ts';
import { hurdlesIn } from '../../../source/domain/import/plan/mfa-hurdles.ts';
import type { MfaCounts, UserHurdle } from '../../../source/domain/import/plan/mfa-hurdles.ts';
import { RestoreWorld } from '../../support/import/restore-world.ts';
import { aUser } from '../../support/world/builders.ts';

interface Pool {
  readonly sms: boolean;
  readonly mail: boolean;
  readonly app: boolean;
  /** AccountRecoverySetting, the preferred one first; none where the pool has no such setting. */
  readonly recovery: readonly string[] | undefined;
}
interface Person {
  readonly mail: 'none' | 'unproven' | 'proven';
  readonly phone: 'none' | 'unproven' | 'proven';
}

/**
 * The developer guide in its own order, by cases instead of by sets: two addresses, one, none. What AWS leaves open is
 * read against the user: an unproven address counts as one by which passwords may be recovered.
 */
function expected({ sms, mail, app, recovery }: Pool, person: Person): 'code' | 'mustEnrol' | 'cannotSignIn' {
  const [hasMail, hasPhone] = [person.mail !== 'none', person.phone !== 'none'];
  const otherwise = app ? 'mustEnrol' : 'cannotSignIn';
  const legacy = recovery === undefined;
  const recoversByMail = legacy || recovery.includes('verified_email');
  const recoversByPhone = legacy || recovery.includes('verified_phone_number');
  if (!hasMail && !hasPhone) return otherwise;
  if (hasMail && !hasPhone) return mail && !recoversByMail ? 'code' : otherwise;
  if (hasPhone && !hasMail) return sms && !recoversByPhone ? 'code' : otherwise;
  const phoneFirst = recoversByPhone && (legacy || !recoversByMail || recovery[0] === 'verified_phone_number');
  if (phoneFirst) return mail ? 'code' : otherwise;
  if (recoversByMail) return sms ? 'code' : otherwise;
  return sms || mail ? 'code' : otherwise;
}

const pools: fc.Arbitrary<Pool> = fc.record({
  sms: fc.boolean(),
  mail: fc.boolean(),
  app: fc.boolean(),
  recovery: fc.constantFrom(
    undefined,
    ['verified_email'],
    ['verified_phone_number'],
    ['verified_email', 'verified_phone_number'],
    ['verified_phone_number', 'verified_email'],
    ['admin_only'],
  ),
});
const address = fc.constantFrom('none' as const, 'unproven' as const, 'proven' as const);
const people: fc.Arbitrary<Person[]> = fc.array(fc.record({ mail: address, phone: address }), { maxLength: 12 });

const settingsOf = ({ sms, mail, app, recovery }: Pool) => ({
  mfaConfiguration: 'ON' as const,
  mfa: {
    factors: [...(sms ? ['SMS_MFA'] : []), ...(mail ? ['EMAIL_OTP'] : []), ...(app ? ['SOFTWARE_TOKEN_MFA'] : [])],
  },
  ...(recovery === undefined ? {} : { recoveryMechanisms: recovery }),
});

const held = (kind: Person['mail'], name: string, value: string): Record<string, string> =>
  kind === 'none' ? {} : { [name]: value, [`${name}_verified`]: String(kind === 'proven') };
const attributesOf = ({ mail, phone }: Person, index: number): Record<string, string> => ({
  ...held(mail, 'email', `user${index}@example.test`),
  ...held(phone, 'phone_number', `+346000${String(index).padStart(5, '0')}`),
});

function worldOf(pool: Pool, users: readonly Person[]): RestoreWorld {
  const world = new RestoreWorld({ autoVerifiedAttributes: ['email', 'phone_number'] }, settingsOf(pool));
  users.forEach((user, index) =>
    world.source.put(aUser({ username: `user${index}`, attributes: attributesOf(user, index) })),
  );
  return world;
}

const of = (wanted: readonly string[], kind: string): number => wanted.filter((one) => one === kind).length;

describe('17.1: who gets into a pool that requires MFA', function () {
  this.timeout(120_000);

  it('17.1: is sorted as a model of its own sorts, for random pools and users', () => {
    fc.assert(
      fc.property(pools, people, (pool, users) => {
        const required = requiredMfaOf(settingsOf(pool));
        if (required === undefined) throw new Error('the pool requires MFA');
        users.forEach((user, index) =>
          expect(mfaHurdleOf(attributesOf(user, index), required)?.meets ?? 'code').to.equal(expected(pool, user)),
        );
      }),
      { numRuns: 1_000 },
    );
  });

  it('17.1: plans name and count them so, and are refused where somebody is locked out, unless that is accepted', async () => {
    await fc.assert(
      fc.asyncProperty(pools, people, async (pool, users) => {
        const wanted = users.map((user) => expected(pool, user));
        const refused = await worldOf(pool, users)
          .planned()
          .then(
            () => false,
            (error: unknown) => isNamed(error, 'PreflightFailed'),
          );
        expect(refused).to.equal(wanted.includes('cannotSignIn'));
        const world = await worldOf(pool, users).planned({ acceptMfaLockout: true });
        const plan = world.plan();
        const found = new Map(
          world.lines<UserHurdle>(plan.mfaKey ?? '').map(({ name, meets }) => [name, meets] as const),
        );
        expect(users.map((_, index) => found.get(`user${index}`) ?? 'code')).to.deep.equal(wanted);
        const { byCode, mustEnrol, cannotSignIn } = plan.counts.mfa as MfaCounts;
        expect([byCode, hurdlesIn(mustEnrol), hurdlesIn(cannotSignIn)]).to.deep.equal([
          of(wanted, 'code'),
          of(wanted, 'mustEnrol'),
          of(wanted, 'cannotSignIn'),
        ]);
      }),
      { numRuns: 25 },
    );
  });
});
