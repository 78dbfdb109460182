import type { Counts } from '../backup/manifest.ts';
import { subOfKey } from '../backup/items.ts';
import { FEDERATED_STATUS } from '../model.ts';
import type { ContactAttribute, SchemaAttribute } from '../model.ts';
import type { TableItem } from '../ports.ts';
import { isPossibleAttribute } from './possible-attributes.ts';

/** What a sign-in name is; `other`: none of the user's values. */
export type SignInKind = 'username' | ContactAttribute | 'other';

/** Users by what is remarkable about them, and by what their sign-in name is. */
export interface UserFacts {
  readonly signIn: Readonly<Record<SignInKind, number>>;
  /** In a pool of both kinds of addresses: users who have both, and of whom the sign-in name of the table tells by which one they sign in. */
  readonly bothAddresses: number;
  readonly disabled: number;
  readonly unconfirmed: number;
  readonly federated: number;
  /** Without readable attributes, username or status: a restore leaves them out. */
  readonly unreadable: number;
  /** With a value that is no text, or a flag that is none: a restore leaves out just that. */
  readonly unreadableValues: number;
  /** With a sign-in name of another kind than most have, or of none. */
  readonly otherNames: number;
  /** Users whose sign-in name another one has, too; and those whose name another one has in another case only. */
  readonly sharedNames: number;
  readonly sharedByCase: number;
}

/** What a table of the retired solution holds. Counts and times only. */
export interface LegacyFacts extends UserFacts {
  /** Start of the last complete export, ISO 8601. */
  readonly exportedAt: string;
  /** Not confirmed by that export: left over from a clean-up that did not end. */
  readonly older: Counts;
  /** Confirmed by a later one, which has not ended. */
  readonly newer: Counts;
  /** Whether what is older is adopted, too. */
  readonly withOlder: boolean;
  /** Of the older users, those whose sign-in name another one has by now: never adopted. */
  readonly olderNamesTaken: number;
  /** What is adopted; the rest is about that. */
  readonly adopted: Counts;
  readonly membershipsWithoutUser: number;
  /** Groups that are there by their members only. */
  readonly groupsWithoutItem: number;
  readonly emptyDescriptions: number;
  /** Groups with a description or precedence that cannot be read. */
  readonly unreadableGroups: number;
  /** Groups of a name that Cognito does not take. */
  readonly impossibleGroups: number;
  /** Users of the last complete export whose name a later one found with somebody else: never adopted. */
  readonly replaced: number;
  /** Items of another installation, and those that are none of the solution's. */
  readonly ofOthers: number;
  readonly foreign: number;
}

/** Whom a fact is about. */
export interface Remarkable {
  readonly sub: string;
  readonly signInName: string;
  readonly group: string;
  readonly found: string;
}

/** Looks at every user once. */
export class UserSurvey {
  readonly #signIn: Record<SignInKind, number> = { username: 0, email: 0, phone_number: 0, other: 0 };
  readonly #counts = {
    bothAddresses: 0,
    disabled: 0,
    unconfirmed: 0,
    federated: 0,
    unreadable: 0,
    unreadableValues: 0,
    otherNames: 0,
    sharedNames: 0,
    sharedByCase: 0,
  };
  /** Names of the attributes that somebody has. */
  readonly #attributes = new Set<string>();

  /**
   * `byAddress`: most users sign in by an address. `shared` and `sharedByCase`: whether another user may have this name, just
   * so or in another case.
   */
  constructor(
    private readonly byAddress: boolean,
    private readonly shared: (name: string) => boolean,
    private readonly sharedByCase: (name: string) => boolean,
    private readonly tell: (about: Remarkable) => void,
  ) {}

  add(item: TableItem): void {
    const { username, enabled, status } = item;
    const attributes = attributesOf(item);
    const name = signInNameOf(item);
    for (const attribute of Object.keys(attributes ?? {}))
      if (isPossibleAttribute(attribute)) this.#attributes.add(attribute);
    const kind = kindOf(name, item);
    this.#signIn[kind] += 1;
    this.#note(
      item,
      'otherNames',
      kind === 'other' || (kind === 'username') === this.byAddress,
      `has a sign-in name that is ${this.byAddress ? 'no address of the user, where most have one' : 'not the user name, where most have that'}`,
    );
    const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';
    this.#note(
      item,
      'bothAddresses',
      item.signsInBy !== undefined && isText(attributes?.['email']) && isText(attributes?.['phone_number']),
      'has an e-mail address and a phone number, in a pool that takes either',
    );
    this.#note(item, 'disabled', enabled !== true, 'disabled');
    this.#note(item, 'unconfirmed', status === 'UNCONFIRMED', 'never confirmed the sign-up');
    this.#note(item, 'federated', status === FEDERATED_STATUS, 'comes from an identity provider');
    this.#note(
      item,
      'unreadable',
      attributes === undefined || !isText(username) || !isText(status),
      'attributes, username or status are missing',
    );
    this.#note(
      item,
      'unreadableValues',
      typeof enabled !== 'boolean' || Object.values(attributes ?? {}).some((value) => typeof value !== 'string'),
      'an attribute or the flag enabled cannot be read',
    );
    const isShared = this.shared(name);
    this.#note(item, 'sharedNames', isShared, 'another user has the same sign-in name');
    this.#note(
      item,
      'sharedByCase',
      !isShared && this.sharedByCase(name),
      'another user has the same sign-in name in another case',
    );
  }

  get facts(): UserFacts {
    return { signIn: { ...this.#signIn }, ...this.#counts };
  }

  /** Attributes that a pool can have, by name; of what type they are, and what they may hold, the table does not tell. */
  get schema(): SchemaAttribute[] {
    return [...this.#attributes].sort().map((name) => ({ name, type: 'String', mutable: true, required: false }));
  }

  #note(item: TableItem, count: keyof Omit<UserFacts, 'signIn'>, is: boolean, found: string): void {
    if (!is) return;
    this.#counts[count] += 1;
    this.tell({ sub: subOfKey(item), signInName: signInNameOf(item), group: '', found });
  }
}

const attributesOf = ({ attributes }: TableItem): Readonly<Record<string, unknown>> | undefined =>
  typeof attributes === 'object' && attributes !== null ? (attributes as Readonly<Record<string, unknown>>) : undefined;

/** The name at sign-in of an adopted user. */
export const signInNameOf = ({ signInName, username }: TableItem): string =>
  typeof signInName === 'string' ? signInName : typeof username === 'string' ? username : '';

/** What a user's sign-in name is. */
export function kindOf(name: string, item: TableItem): SignInKind {
  if (name === item.username) return 'username';
  const { email, phone_number: phone } = attributesOf(item) ?? {};
  return name !== '' && name === email ? 'email' : name !== '' && name === phone ? 'phone_number' : 'other';
}
