import type { Attributes, PoolUser, SchemaAttribute } from '../../../source/domain/model.ts';
import { TEMPORARY_PASSWORD_STATUS } from '../../../source/domain/model.ts';
import type { Refusal } from '../../../source/domain/ports.ts';
import { loginsOf } from './pool.ts';
import type { SimulatedPool } from './pool.ts';

/** A user who is to be created; the status says by what: AdminCreateUser gives a temporary password, an import job never. */
export interface GivenUser {
  readonly username: string;
  readonly attributes: Attributes;
  readonly status: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

const INVALID: Refusal = { refused: 'InvalidParameterException' };

/** Creates a user by Cognito's rules, for AdminCreateUser and import jobs; names the exception when one forbids it. */
export function newUser(pool: SimulatedPool, given: GivenUser): { readonly sub: string } | Refusal {
  const { username, attributes, status, now } = given;
  if (breaksRules(pool.settings, given)) return INVALID;
  const unfit = Object.entries(attributes)
    .filter(([name, value]) => value !== '' && !takes(ruleOf(pool.settings, name), value))
    .map(([name]) => name);
  if (unfit.length > 0) return { ...INVALID, attributes: unfit };
  const { usernameAttributes, schema } = pool.settings;
  const sub = pool.newSub(username);
  const kept: Record<string, string> = {
    ...Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== '')),
    sub,
  };
  const contact = usernameAttributes.find((name) =>
    name === 'email' ? username.includes('@') : /^\+\d+$/.test(username),
  );
  if (usernameAttributes.length > 0) {
    // "User email should be empty or same as username, since username attribute is email."
    if (contact === undefined || (kept[contact] ?? username) !== username) return INVALID;
    kept[contact] = username;
  }
  // AdminCreateUser takes users without an attribute that the pool requires; an import job does not.
  if (status !== TEMPORARY_PASSWORD_STATUS && schema.some((entry) => entry.required && (kept[entry.name] ?? '') === ''))
    return INVALID;
  const iso = new Date(now).toISOString();
  const user: PoolUser = {
    username: usernameAttributes.length > 0 ? sub : username,
    sub,
    attributes: kept,
    enabled: true,
    status,
    created: iso,
    modified: iso,
  };
  const taken = loginsOf(user, pool.settings, contact).some((login) => login !== sub && pool.find(login) !== undefined);
  if (taken) return { refused: pool.find(username) === undefined ? 'AliasExistsException' : 'UsernameExistsException' };
  pool.put(user, contact);
  return { sub };
}

function breaksRules(
  { schema, aliasAttributes }: SimulatedPool['settings'],
  { username, attributes, status }: GivenUser,
): boolean {
  return (
    'sub' in attributes ||
    'identities' in attributes ||
    !/^[\p{L}\p{M}\p{S}\p{N}\p{P}]{1,128}$/u.test(username) ||
    // "Preferred username cannot be provided for unconfirmed account": so Cognito where it is an alias.
    (status === TEMPORARY_PASSWORD_STATUS &&
      'preferred_username' in attributes &&
      aliasAttributes.includes('preferred_username')) ||
    Object.keys(attributes).some((name) => !schema.some((entry) => entry.name === name))
  );
}

const ruleOf = ({ schema }: SimulatedPool['settings'], name: string): SchemaAttribute =>
  schema.find((entry) => entry.name === name) as SchemaAttribute;

/** The documented forms of values ("User pool attributes"); of birthdates Cognito looks at the length only. */
function takes({ name, type, min, max }: SchemaAttribute, value: string): boolean {
  const { length } = [...value];
  if (length > 2_048) return false;
  if (name === 'email') return /^[^\s@]+@[^\s@]+$/u.test(value);
  if (name === 'phone_number') return /^\+[1-9][0-9]{1,14}$/.test(value);
  if (name === 'birthdate') return length === 10;
  if (type === 'Boolean') return /^(true|false)$/i.test(value);
  if (type === 'DateTime') return true;
  const measure = type === 'Number' ? Number(value) : length;
  return measure >= Number(min ?? -Infinity) && measure <= Number(max ?? Infinity);
}
