import type { PutUser } from '../../local-cloud/index.ts';

const GROUP = 'newsletter';
const person = (
  username: string,
  attributes: Readonly<Record<string, string>>,
  more: Partial<PutUser> = {},
): PutUser => ({ username, attributes, status: 'CONFIRMED', groups: [GROUP], ...more });

const verifiedMail = (email: string): Record<string, string> => ({ email, email_verified: 'true' });

/** Signs in by the username that is also the other name of this one: only one of them can have it. */
export const NAMED_LIKE_ANOTHER = person('alias-copycat', {
  ...verifiedMail('copycat@example.com'),
  preferred_username: 'alias-original',
});

/** The first one's verified address moves to the second one between two exports, as it does when somebody else verifies it. */
export const ALIAS_MOVES = {
  from: person('alias-before', verifiedMail('moving@example.com')),
  to: person('alias-after', { email: 'moving@example.com', email_verified: 'false' }),
};

/** Everybody of a pool with aliases at whom a backup or a restore could go wrong. */
export const ALIAS_PEOPLE: readonly PutUser[] = [
  person('alias-original', { ...verifiedMail('original@example.com'), preferred_username: 'first' }),
  NAMED_LIKE_ANOTHER,
  ALIAS_MOVES.from,
  ALIAS_MOVES.to,
  // An address that nobody has proven is nobody's alias, however many have it.
  person('alias-unproven-1', { email: 'unproven@example.com', email_verified: 'false' }),
  person('alias-unproven-2', { email: 'unproven@example.com', email_verified: 'false', preferred_username: 'second' }),
  person('alias-proven', {
    ...verifiedMail('proven@example.com'),
    phone_number: '+12065550101',
    phone_number_verified: 'false',
  }),
  person('alias-claims', {
    email: 'proven@example.com',
    email_verified: 'false',
    phone_number: '+12065550101',
    phone_number_verified: 'true',
  }),
  person('Alias-UPPER', { ...verifiedMail('UPPER+Tag@Example.COM'), preferred_username: 'Nick-UPPER' }),
  person('alias-itself', { ...verifiedMail('itself@example.com'), preferred_username: 'alias-itself' }),
  person(
    'alias-disabled',
    { ...verifiedMail('disabled@example.com'), preferred_username: 'third' },
    { enabled: false },
  ),
  person('alias-unconfirmed', { email: 'unconfirmed@example.com', email_verified: 'false' }, { status: 'UNCONFIRMED' }),
  person('alias-phone', { phone_number: '+12065550102', phone_number_verified: 'true', preferred_username: 'fourth' }),
];
