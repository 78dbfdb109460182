import type { PoolUser } from '../../model.ts';
import { sha256 } from '../hashing.ts';

const PREFIX = 'restored-';
const DIGITS = 32;
const USERNAME = new RegExp(`^${PREFIX}[0-9a-f]{${DIGITS}}$`);

/**
 * Username of a user of an identity provider whom a restore makes before the first sign-in: it says nothing of the provider
 * or the person, so that no sign-in meets it, and without the restore's secret nobody can guess it and take it beforehand.
 */
export const prelinkedUsername = (secret: string, sub: string): string =>
  `${PREFIX}${sha256(`${secret} ${sub}`).toString('hex').slice(0, DIGITS)}`;

/** Whether a restore made the user so: by its name, and because it is linked to somebody at a provider. */
export const isPrelinked = ({ username, attributes }: Pick<PoolUser, 'username' | 'attributes'>): boolean =>
  USERNAME.test(username) && (attributes.identities ?? '').includes('"userId"');
