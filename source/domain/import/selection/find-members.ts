import * as v from 'valibot';
import { chainProgressShape, Chains, NO_CHAINS } from '../../listing/chains.ts';
import { withToken } from '../../listing/page-chain.ts';
import type { PoolUser } from '../../model.ts';
import type { Clock, ObjectStore, UserPoolReader } from '../../ports.ts';
import { subShape, textsShape } from '../../state/shape.ts';
import type { Stored } from '../../state/shape.ts';
import { readSpool, SpoolWriter } from '../planning/spool.ts';

const ROUND_MS = 30_000;

const memberShape = v.object({ group: v.string(), sub: subShape });

export const memberLookShape = v.object({
  chains: chainProgressShape,
  /** Objects of the memberships that were found so far. */
  parts: textsShape,
});
/** How far a look for memberships has come. */
export type MemberLook = Stored<typeof memberLookShape>;

/** No group was looked at yet. */
export const newMemberLook = (): MemberLook => ({ chains: NO_CHAINS, parts: [] });

/** The members of some groups that are looked for. */
export interface WantedMembers {
  readonly newUserPoolId: string;
  readonly groups: readonly string[];
  readonly subs: ReadonlySet<string>;
}

/**
 * One round of the look at the members of the groups; `done` once all are listed. Cognito tells of memberships by group
 * only, to whoever may not ask for each user singly.
 */
export async function findMembers(
  look: MemberLook,
  { newUserPoolId, groups, subs }: WantedMembers,
  place: { readonly prefix: string; readonly stop: () => boolean },
  deps: {
    readonly pool: Pick<UserPoolReader, 'listUsersInGroupPage'>;
    readonly objects: Pick<ObjectStore, 'put'>;
    readonly clock: Pick<Clock, 'now'>;
  },
): Promise<{ readonly look: MemberLook; readonly done: boolean }> {
  const roundEnd = deps.clock.now() + ROUND_MS;
  const spool = new SpoolWriter(deps.objects, place.prefix, look.parts);
  const chains = new Chains<PoolUser>(
    groups.length,
    look.chains,
    (id, token) => deps.pool.listUsersInGroupPage(newUserPoolId, groups[id] as string, withToken(token)),
    {
      apply: (id, users) => {
        for (const { sub } of users) if (subs.has(sub)) spool.add({ group: groups[id] as string, sub });
        return 0;
      },
      forget: () => undefined,
    },
  );
  await chains.run(
    () => deps.clock.now() >= roundEnd || place.stop(),
    () => undefined,
  );
  await spool.flush();
  return { look: { chains: chains.progress, parts: spool.parts }, done: chains.done };
}

/** The memberships that a look has found. */
export interface Members {
  has(group: string, sub: string): boolean;
}

/** Reads what a look has found. */
export async function readMembers(
  objects: Pick<ObjectStore, 'read'>,
  { parts }: Pick<MemberLook, 'parts'>,
): Promise<Members> {
  const found = new Set<string>();
  for await (const { group, sub } of readSpool(objects, parts, memberShape)) found.add(keyOf(group, sub));
  return { has: (group, sub) => found.has(keyOf(group, sub)) };
}

const keyOf = (group: string, sub: string): string => `${sub} ${group}`;
