import { readFederated } from '../backup/federated/read.ts';
import type { FederatedUser } from '../backup/federated/federated-users.ts';
import type { RunItems } from './run-items.ts';

/** Users of identity providers that a run holds. */
export interface FoundFederated {
  /** By name as it was asked for; several where more than one answers to it. */
  readonly users: ReadonlyMap<string, readonly FederatedUser[]>;
  /** So many are in parts of the snapshot that cannot be read. */
  readonly missing: number;
}

/**
 * Finds users of identity providers by sub, username (`Provider_id`), e-mail address or phone number, whatever the letter
 * case: providers and pools do not agree about it. All of them are read: there is no index of them.
 */
export async function findFederated(
  { manifest: { federated, runId }, objects }: Pick<RunItems, 'manifest' | 'objects'>,
  names: readonly string[],
): Promise<FoundFederated> {
  const users = new Map<string, FederatedUser[]>();
  let missing = 0;
  if (federated === undefined || names.length === 0) return { users, missing };
  const asked = new Map<string, string[]>();
  for (const name of names) asked.set(name.toLowerCase(), [...(asked.get(name.toLowerCase()) ?? []), name]);
  for await (const part of readFederated({ objects, runId }, federated)) {
    if ('missing' in part) missing += part.missing;
    else
      for (const user of part)
        for (const name of namesOf(user).flatMap((one) => asked.get(one) ?? []))
          users.set(name, [...(users.get(name) ?? []), user]);
  }
  return { users, missing };
}

const namesOf = ({ sub, username, attributes: { email = '', phone_number: phone = '' } }: FederatedUser): string[] => [
  ...new Set([sub, username, email, phone].map((name) => name.toLowerCase())),
];
