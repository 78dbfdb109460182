import { parse } from 'csv-parse/sync';
import { expect } from 'chai';
import fc from 'fast-check';
import type { ContactAttribute, PoolSettings, PoolUser, SignInAttribute } from '../../../source/domain/model.ts';
import { subFor } from '../../../tools/simulation/cognito/memory-pool.ts';
import { RESTORED, VerifyWorld } from '../../support/workflows/verify-world.ts';
import { aUser } from '../../support/world/builders.ts';
import { emailOf, phoneOf } from '../../support/world/two-addresses.ts';

const SIGN_IN: Readonly<Record<SignInAttribute, readonly ContactAttribute[]>> = {
  username: [],
  email: ['email'],
  phone_number: ['phone_number'],
  emailOrPhone: ['email', 'phone_number'],
};
const CHANGES = ['none', 'none', 'none', 'gone', 'nickname', 'enabled', 'renamed', 'left', 'otherAddress'] as const;

const person = fc.record({
  /** By which address somebody signs in where either is one. */
  by: fc.constantFrom<ContactAttribute>('email', 'phone_number'),
  verified: fc.boolean(),
  /** The other address: none, one's own (0), or that of another person, which nobody can prove. */
  other: fc.option(fc.nat(7), { nil: undefined }),
  enabled: fc.boolean(),
  inGroup: fc.boolean(),
});
type Person = Parameters<Parameters<typeof person.map>[0]>[0];

const otherThan = (by: ContactAttribute): ContactAttribute => (by === 'email' ? 'phone_number' : 'email');
const addressOf = (name: ContactAttribute, number: number): string =>
  name === 'email' ? emailOf(`person${number}`) : phoneOf(number);
const EXTRA = 'extra: the backup has no such user';
const MEMBERSHIP = 'membership in the group staff:';

interface Account {
  readonly user: PoolUser;
  readonly by: ContactAttribute;
  readonly inGroup: boolean;
}

function accountOf(one: Person, index: number, pool: string, kind: SignInAttribute): Account {
  const by = kind === 'email' || kind === 'phone_number' ? kind : one.by;
  const other = otherThan(by);
  const attributes = {
    name: `N${index}`,
    [by]: addressOf(by, index),
    ...(one.verified ? { [`${by}_verified`]: 'true' } : {}),
    ...(one.other === undefined ? {} : { [other]: addressOf(other, one.other === 0 ? index : one.other) }),
    ...(one.other === 0 && one.verified ? { [`${other}_verified`]: 'true' } : {}),
  };
  const sub = subFor(`${pool} ${index}`);
  const username = kind === 'username' ? `user${index}` : sub;
  return { user: aUser({ username, sub, attributes, enabled: one.enabled }), by, inGroup: one.inGroup };
}

/** What becomes of a restored account, and what is to be told of it; `oldSub`: in the backup. */
function changed(
  { user, by, inGroup }: Account,
  oldSub: string,
  {
    index,
    how,
    kind,
  }: { readonly index: number; readonly how: (typeof CHANGES)[number]; readonly kind: SignInAttribute },
): { readonly account?: Account; readonly told: readonly string[] } {
  const with_ = (attributes: Readonly<Record<string, string>>): Account => ({
    user: { ...user, attributes: { ...user.attributes, ...attributes } },
    by,
    inGroup,
  });
  const missing = [`${oldSub} missing`, ...(inGroup ? [`${oldSub} ${MEMBERSHIP} missing`] : [])];
  switch (how) {
    case 'none':
      return { account: { user, by, inGroup }, told: [] };
    case 'gone':
      return { told: missing };
    case 'nickname':
      return { account: with_({ nickname: 'x' }), told: [`${oldSub} different: nickname`] };
    case 'enabled':
      return {
        account: { user: { ...user, enabled: !user.enabled }, by, inGroup },
        told: [`${oldSub} different: enabled`],
      };
    case 'left':
      return { account: { user, by, inGroup: false }, told: inGroup ? [`${oldSub} ${MEMBERSHIP} missing`] : [] };
    case 'otherAddress':
      return {
        account: with_({ [otherThan(by)]: addressOf(otherThan(by), 200 + index) }),
        told: [`${oldSub} different: ${otherThan(by)}`],
      };
    case 'renamed':
      return {
        account:
          kind === 'username'
            ? { user: { ...user, username: `renamed${index}` }, by, inGroup }
            : with_({ [by]: addressOf(by, 100 + index) }),
        told: [...missing, ...strange({ user, by, inGroup })],
      };
  }
}

const strange = ({ user: { sub }, inGroup }: Account): string[] => [
  `${sub} ${EXTRA}`,
  ...(inGroup ? [`${sub} ${MEMBERSHIP} extra: the backup has no such membership`] : []),
];

/**
 * Of those who share an address the backup may take it for the name of each, since Cognito's "yes" to it can be about any of
 * them; who of them is who cannot be told any more once several have changed, or the one whose name it is has another one.
 */
function isTellable(people: readonly Person[], strangers: readonly Person[], changes: readonly string[]): boolean {
  const isOneOf = (index: number, ...some: string[]): boolean => some.includes(changes[index] ?? '');
  const partners = [...people, ...strangers].map(({ by, other = 0 }) =>
    other > 0 && people[other] !== undefined && people[other].by !== by ? other : -1,
  );
  const shared = partners.filter((partner) => partner >= 0);
  if (new Set(shared).size < shared.length) return false;
  return partners.every(
    (partner, index) =>
      partner < 0 ||
      (!isOneOf(partner, 'gone', 'renamed') &&
        (index >= people.length ||
          isOneOf(index, 'none', 'left', 'enabled') ||
          (isOneOf(index, 'gone', 'nickname') && isOneOf(partner, 'none', 'left', 'enabled')))),
  );
}

describe('VerifyWorkflow and a restored pool that people use', () => {
  it('tells every difference once, and nobody who does not differ, whatever addresses they share', async function () {
    this.timeout(60_000);
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          kind: fc.constantFrom<SignInAttribute>('username', 'email', 'phone_number', 'emailOrPhone', 'emailOrPhone'),
          caseSensitive: fc.boolean(),
          reversed: fc.boolean(),
          inSlices: fc.boolean(),
        }),
        fc.array(person, { minLength: 1, maxLength: 6 }),
        fc.array(fc.constantFrom(...CHANGES), { minLength: 6, maxLength: 6 }),
        fc.array(person, { maxLength: 2 }),
        async ({ kind, caseSensitive, reversed, inSlices }, people, changes, strangers) => {
          fc.pre(kind !== 'emailOrPhone' || isTellable(people, strangers, changes));
          const world = new VerifyWorld();
          const { source, cognito, calls } = world.home;
          world.home.allowMultipleUsernameAttributes = true;
          cognito.knobs.pageSize = 3;
          const settings: Partial<PoolSettings> = {
            usernameAttributes: [...SIGN_IN[kind]],
            autoVerifiedAttributes: ['email', 'phone_number'],
            caseSensitive,
          };
          for (const pool of [source, world.restored]) {
            pool.settings = { ...pool.settings, ...settings };
            pool.putGroup({ name: 'staff' });
          }
          const old = people.map((one, index) => accountOf(one, index, 'source', kind));
          for (const { user, by, inGroup } of old) {
            source.put(user, by);
            if (inGroup) source.join(user.username, 'staff');
          }
          await world.export();
          const after = people.map((one, index) =>
            changed(accountOf(one, index, 'restored', kind), old[index]?.user.sub as string, {
              index,
              how: changes[index] as (typeof CHANGES)[number],
              kind,
            }),
          );
          const others = strangers.map((one, index): Account => {
            const account = accountOf({ ...one, verified: false }, 50 + index, 'stranger', kind);
            return { ...account, user: { ...account.user, created: '2026-03-05T00:00:00.000Z' } };
          });
          const accounts = [...after.flatMap(({ account }) => account ?? []), ...others];
          for (const { user, by, inGroup } of reversed ? accounts.reverse() : accounts) {
            world.restored.put(user, by);
            if (inGroup) world.restored.join(user.username, 'staff');
          }
          if (inSlices) {
            for (const call of ['cognito.listUsersPage', 'cognito.listUsersInGroupPage']) calls.latencies[call] = 3_000;
            world.invocationMs = 66_000;
          }
          const expected = [...after.flatMap(({ told }) => told), ...others.flatMap(strange)];
          const ended = await world.verify(world.backup, { UserPoolId: RESTORED, Percent: 1 });
          expect(ended.error, ended.cause).to.equal(expected.length === 0 ? undefined : 'PoolDiffers');
          const key = 'verifications/run-1/differences.csv';
          const rows: Record<string, string>[] = world.replicaObjects.stored.has(key)
            ? parse(world.replicaObjects.text(key), { columns: true })
            : [];
          expect(rows.map(({ sub, difference }) => `${sub} ${difference}`).sort()).to.deep.equal(expected.sort());
        },
      ),
      { numRuns: 100 },
    );
  });
});
