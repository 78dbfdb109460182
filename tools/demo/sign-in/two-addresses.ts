import type { PutUser } from '../../local-cloud/index.ts';

type Address = 'email' | 'phone_number';
type Proof = 'both' | 'none' | Address;

const GROUP = 'newsletter';
/** Long enough ago for Cognito to know them by their address. */
const SIGNED_UP = Date.UTC(2024, 5, 1);
/** Phone numbers of their own: 555 0100 to 0199 are nobody's. */
const phone = (number: number): string => `+1206555${String(100 + number).padStart(4, '0')}`;
const mail = (name: string): string => `${name}@example.com`;

/** A user of a pool with two username attributes, who signed up by one of these addresses. */
function person(
  by: Address,
  addresses: Partial<Record<Address, string>>,
  proof: Proof,
  more: Partial<PutUser> = {},
): PutUser {
  const flags = (Object.keys(addresses) as Address[]).map((name) => [
    `${name}_verified`,
    String(proof === 'both' || proof === name),
  ]);
  return {
    username: addresses[by] as string,
    attributes: { ...addresses, ...(Object.fromEntries(flags) as Record<string, string>) },
    status: 'CONFIRMED',
    groups: [GROUP],
    created: SIGNED_UP,
    ...more,
  };
}

const both = (name: string, number: number): Record<Address, string> => ({
  email: mail(name),
  phone_number: phone(number),
});

/** Cognito refuses the question about them: the backup cannot tell, and a restore takes the e-mail address. */
export const UNKNOWN_SIGN_INS = [
  person('email', both('unknown-mail', 1), 'both'),
  person('phone_number', both('unknown-phone', 2), 'both'),
] as const;
/** Deleted before Cognito is asked about them. */
export const VANISHING = [person('phone_number', both('vanishing', 3), 'both', { status: 'RESET_REQUIRED' })] as const;
/** Cognito says "yes" to this one's e-mail address, which nobody has proven: it is the name of another user. */
export const MISTAKEN = person('phone_number', { email: mail('shared-unproven'), phone_number: phone(4) }, 'none');

/** The addresses change between two exports; by which kind they sign in does not. */
export const MOVING: readonly { readonly who: PutUser; readonly to: Readonly<Record<string, string>> }[] = [
  { who: person('email', both('moving', 5), 'both'), to: { email: mail('moved'), email_verified: 'true' } },
  {
    who: person('phone_number', both('moving-phone', 6), 'both'),
    to: { phone_number: phone(7), phone_number_verified: 'true' },
  },
  {
    who: person('email', { email: mail('adding') }, 'email'),
    to: { phone_number: phone(8), phone_number_verified: 'true' },
  },
  {
    who: person('phone_number', { phone_number: phone(9) }, 'both'),
    to: { email: mail('added'), email_verified: 'true' },
  },
];

/** Everybody of a pool with e-mail and phone as names at whom a backup or a restore could go wrong. */
export const TWO_ADDRESS_PEOPLE: readonly PutUser[] = [
  ...UNKNOWN_SIGN_INS,
  ...VANISHING,
  ...MOVING.map(({ who }) => who),
  person('phone_number', { email: 'Ada.L+Tag@Example.COM', phone_number: phone(10) }, 'both'),
  person('email', { email: 'GRACE@EXAMPLE.COM', phone_number: phone(11) }, 'phone_number'),
  person('email', { email: 'UPPER+CASE@EXAMPLE.COM' }, 'none'),
  person('phone_number', { phone_number: phone(12) }, 'none', { enabled: false }),
  person('phone_number', both('phone-unproven', 13), 'none'),
  person('email', both('mail-unproven', 14), 'none', { enabled: false }),
  person('phone_number', both('disabled', 15), 'both', { enabled: false }),
  person('phone_number', both('unconfirmed', 16), 'none', { status: 'UNCONFIRMED' }),
  // One user's name is another one's other address: proven by its owner, by nobody, and a phone number.
  person('email', { email: mail('shared') }, 'email'),
  person('phone_number', { email: mail('shared'), phone_number: phone(17) }, 'phone_number'),
  person('email', { email: mail('shared-unproven') }, 'none'),
  MISTAKEN,
  person('phone_number', { phone_number: phone(18) }, 'phone_number'),
  person('email', { email: mail('child'), phone_number: phone(18) }, 'email'),
];
