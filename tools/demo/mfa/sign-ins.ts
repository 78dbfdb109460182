import { counted, countedAs } from '../../../source/domain/counted.ts';
import { comesBack } from '../compare/compare-pools.ts';
import type { PoolSnapshot, SnapshotUser } from '../compare/read-pool.ts';

/** A row of mfa.csv. */
export type MfaRow = Readonly<Record<string, string>>;

/**
 * What is wrong with mfa.csv of a pool that requires MFA, sends codes by SMS and recovers passwords by e-mail: then exactly
 * those users are in it who have no phone number. Worked out of the pools alone; nothing of the restore's own rules is asked.
 */
export function mfaProblems(old: PoolSnapshot, rows: readonly MfaRow[], atSignIn: string): readonly string[] {
  const expected = new Set([...old.users.values()].filter(isWithoutPhone).map(({ sub }) => sub));
  const named = rows.map(({ sub = '' }) => sub);
  const missing = [...expected].filter((sub) => !named.includes(sub)).length;
  const strangers = named.filter((sub) => !expected.has(sub)).length;
  const otherwise = rows.filter(({ at_sign_in: said }) => said !== atSignIn).length;
  return [
    ...(expected.size === 0 ? ['no user of the demo lacks a phone number'] : []),
    ...(named.length === new Set(named).size ? [] : ['mfa.csv names somebody twice']),
    ...(missing > 0 ? [`mfa.csv lacks ${counted(missing, 'user')} without a phone number`] : []),
    ...(strangers > 0
      ? [
          `mfa.csv names ${countedAs(strangers, 'user', ['who has one, or is', 'who have one, or are'])} not to come back`,
        ]
      : []),
    ...(otherwise > 0 ? [`mfa.csv says of ${counted(otherwise, 'user')} something else than "${atSignIn}"`] : []),
  ];
}

const isWithoutPhone = (user: SnapshotUser): boolean => comesBack(user) && !user.attributes.has('phone_number');
