import { ADDRESSES, AWKWARD_NAMES, FAMILY_NAMES, GIVEN_NAMES } from './names.ts';
import type { DemoGroup } from './groups.ts';
import { SeededRandom } from './random.ts';

export type DemoStatus = 'CONFIRMED' | 'UNCONFIRMED' | 'FORCE_CHANGE_PASSWORD' | 'RESET_REQUIRED' | 'EXTERNAL_PROVIDER';

export interface DemoUser {
  readonly username: string;
  /** Without `sub`. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly status: DemoStatus;
  readonly enabled: boolean;
  readonly groups: readonly string[];
  /** Milliseconds since the epoch; absent: when it is put into a pool. */
  readonly created?: number;
}

/** The pool's custom attributes (AddCustomAttributes names without the prefix). */
export const CUSTOM_ATTRIBUTES = [
  {
    Name: 'tenant',
    AttributeDataType: 'String',
    Mutable: false,
    StringAttributeConstraints: { MinLength: '0', MaxLength: '64' },
  },
  {
    Name: 'employee_no',
    AttributeDataType: 'Number',
    Mutable: true,
    NumberAttributeConstraints: { MinValue: '0', MaxValue: '999999999' },
  },
  {
    Name: 'notes',
    AttributeDataType: 'String',
    Mutable: true,
    StringAttributeConstraints: { MinLength: '0', MaxLength: '2048' },
  },
  {
    Name: 'old_sub',
    AttributeDataType: 'String',
    Mutable: true,
    StringAttributeConstraints: { MinLength: '0', MaxLength: '64' },
  },
] as const;

/** `count` users with a fixed seed: the same call always gives the same pool. */
export function demoUsers(count: number, groups: readonly DemoGroup[], seed = 2026, firstNumber = 1): DemoUser[] {
  const random = new SeededRandom(seed + firstNumber);
  return Array.from({ length: count }, (_, index) => demoUser(firstNumber + index, groups, random));
}

function demoUser(number: number, groups: readonly DemoGroup[], random: SeededRandom): DemoUser {
  const status = statusOf(random);
  const given = random.pick(GIVEN_NAMES);
  const family = random.pick(FAMILY_NAMES);
  return {
    username: usernameOf(number, given, status),
    attributes: { ...contactOf(number, random), ...profileOf(number, given, family, random) },
    status,
    enabled: !random.chance(0.03),
    groups: groupsOf(number, groups, random),
  };
}

function statusOf(random: SeededRandom): DemoStatus {
  const draw = random.next();
  if (draw < 0.02) return 'UNCONFIRMED';
  if (draw < 0.05) return 'FORCE_CHANGE_PASSWORD';
  if (draw < 0.06) return 'RESET_REQUIRED';
  return draw < 0.065 ? 'EXTERNAL_PROVIDER' : 'CONFIRMED';
}

function usernameOf(number: number, given: string, status: DemoStatus): string {
  if (status === 'EXTERNAL_PROVIDER') return `Google_1${String(number).padStart(20, '0')}`;
  switch (number % 7) {
    case 0:
      return `${given.replaceAll(/\s/gu, '')}${number}`;
    case 1:
      return `user${number}@example.com`;
    case 2:
      return `tenant|${number},suffix`;
    case 3:
      return `=cmd${number}`;
    default:
      return `user-${String(number).padStart(6, '0')}`;
  }
}

/** Most users have a verified e-mail; the rest are the cases at which imports fail. */
function contactOf(number: number, random: SeededRandom): Record<string, string> {
  const email = `user${number}@example.com`;
  const phone = `+1555${String(number).padStart(7, '0')}`;
  const draw = random.next();
  if (draw < 0.04) return { email, email_verified: 'false' };
  if (draw < 0.06) return {};
  if (draw < 0.1) return { phone_number: phone, phone_number_verified: 'true' };
  if (draw < 0.15) return { email, email_verified: 'false', phone_number: phone, phone_number_verified: 'true' };
  if (draw < 0.4) return { email, email_verified: 'true', phone_number: phone, phone_number_verified: 'false' };
  return { email, email_verified: 'true' };
}

function profileOf(number: number, given: string, family: string, random: SeededRandom): Record<string, string> {
  return {
    name: random.chance(0.05) ? random.pick(AWKWARD_NAMES) : `${given} ${family}`,
    given_name: given,
    family_name: family,
    'custom:tenant': `tenant-${number % 17}`,
    ...(random.chance(0.5) ? { 'custom:employee_no': String(random.integer(0, 999_999_999)) } : {}),
    ...(random.chance(0.3)
      ? { birthdate: `${random.integer(1930, 2010)}-${two(random.integer(1, 12))}-${two(random.integer(1, 28))}` }
      : {}),
    ...(random.chance(0.2) ? { address: random.pick(ADDRESSES) } : {}),
    ...(random.chance(0.2)
      ? { locale: random.pick(['de-DE', 'fr-FR', 'ja-JP', 'en-US']), zoneinfo: 'Europe/Berlin' }
      : {}),
    ...(random.chance(0.1) ? { updated_at: String(1_600_000_000 + number) } : {}),
    ...(random.chance(0.03) ? { nickname: '' } : {}),
    ...(random.chance(0.02) ? { 'custom:notes': longText(number) } : {}),
  };
}

/** 2,048 characters, with commas that must be escaped. */
const longText = (number: number): string =>
  `note ${number}, with commas, ümlauts and 漢字; `.repeat(80).slice(0, 2_048);
const two = (value: number): string => String(value).padStart(2, '0');

function groupsOf(number: number, groups: readonly DemoGroup[], random: SeededRandom): string[] {
  const chosen = groups.filter(({ share, atLeast }) => number <= atLeast || random.chance(share));
  return chosen
    .sort((one, other) => one.share - other.share)
    .slice(0, 5)
    .map(({ name }) => name);
}
