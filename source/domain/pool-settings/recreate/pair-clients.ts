import { canonicalJson } from '../../backup/hashing.ts';
import type { KeptClient, KeptSettings } from '../shape.ts';
import { without } from './omissions.ts';

/** Which clients of a pool stand for which kept ones. */
export interface PairedClients {
  /** Kept client id to that in the pool. */
  readonly ids: Map<string, string>;
  readonly missing: readonly KeptClient[];
}

/**
 * Finds the clients that an earlier call has made. Names need not be unique, so of clients of one name those are paired first
 * of which every setting is equal, and then the others as they come: a difference is told by the comparison.
 */
export function pairClients(kept: KeptSettings['clients'], made: KeptSettings['clients']): PairedClients {
  const ids = new Map<string, string>();
  const free = new Set(made);
  for (const key of [contentOf, nameOf])
    for (const client of kept) {
      if (ids.has(client.ClientId)) continue;
      const found = [...free].find((one) => key(one) === key(client));
      if (found === undefined) continue;
      free.delete(found);
      ids.set(client.ClientId, found.ClientId);
    }
  return { ids, missing: kept.filter(({ ClientId }) => !ids.has(ClientId)) };
}

const contentOf = (client: KeptClient): string => canonicalJson(without(client, ['ClientId', 'UserPoolId']));
const nameOf = ({ ClientName = '' }: KeptClient): string => ClientName;

/** `clients.csv`: which client of the new pool stands for which of the old one. */
export const clientsCsv = (ids: ReadonlyMap<string, string>): string =>
  ['old_client_id,new_client_id', ...[...ids].map(([old, now]) => `${old},${now}`), ''].join('\n');
