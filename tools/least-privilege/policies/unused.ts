/** Grants of the templates that no run on the local cloud used, against the reasons why they stay. */
import * as v from 'valibot';
import { parse } from 'yaml';
import type { Grant } from '../../../source/domain/operator/permissions/roles.ts';

/** A line of the file that the local cloud writes: the role by its generated name. */
const usedSchema = v.object({ role: v.string(), sid: v.string(), action: v.string() });
export type Used = v.InferOutput<typeof usedSchema>;

const text = v.pipe(v.string(), v.trim(), v.nonEmpty());
const one = v.union([text, v.pipe(v.array(text), v.nonEmpty())]);
const reasonSchema = v.array(
  v.strictObject({ roles: one, sids: one, actions: one, reason: v.pipe(text, v.minLength(40)) }),
);
/** Grants that may stay unused: all of the given roles, Sids and actions, each a name, several, or '*'. */
export type Reason = v.InferOutput<typeof reasonSchema>[number];

export const readUsed = (ndjson: string): Used[] =>
  ndjson
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => v.parse(usedSchema, JSON.parse(line)));
/** @throws ValiError when an entry lacks a part, for instance its reason */
export const readReasons = (yaml: string): Reason[] => v.parse(reasonSchema, parse(yaml));

/** Generated names end with a suffix; a long logical id is cut, to no less than this. */
const SUFFIX = /-[0-9A-F]{12}$/;
const CUT_AT_LEAST = 20;

/** The logical id behind a generated role name, as the local cloud makes them; undefined for a role of another template. */
export function roleIdOf(name: string, roleIds: readonly string[]): string | undefined {
  const middle = name.replace(SUFFIX, '').split('-').at(-1) ?? '';
  if (roleIds.includes(middle)) return middle;
  const [id, ...others] =
    middle.length >= CUT_AT_LEAST ? roleIds.filter((candidate) => candidate.startsWith(middle)) : [];
  return others.length === 0 ? id : undefined;
}

export interface GrantVerdict {
  /** Grants that nothing used and no reason covers. */
  readonly unexplained: readonly Grant[];
  readonly explained: readonly { readonly grant: Grant; readonly reason: string }[];
  /** Reasons that cover no grant at all any more. */
  readonly stale: readonly Reason[];
  readonly used: number;
}

export function judgeGrants(grants: readonly Grant[], used: readonly Used[], reasons: readonly Reason[]): GrantVerdict {
  const roleIds = [...new Set(grants.map(({ role }) => role))];
  const keyOf = ({ role, sid, action }: Grant): string => `${role} ${sid} ${action}`;
  const usedKeys = new Set(
    used.map(({ role, sid, action }) => keyOf({ role: roleIdOf(role, roleIds) ?? '', sid, action })),
  );
  const unused = grants.filter((grant) => !usedKeys.has(keyOf(grant)));
  const names = (wanted: string | string[], value: string): boolean =>
    wanted === '*' || (Array.isArray(wanted) ? wanted.includes(value) : wanted === value);
  const covers = ({ roles, sids, actions }: Reason, { role, sid, action }: Grant): boolean =>
    names(roles, role) && names(sids, sid) && names(actions, action);
  const reasonFor = (grant: Grant): string | undefined => reasons.find((reason) => covers(reason, grant))?.reason;
  return {
    unexplained: unused.filter((grant) => reasonFor(grant) === undefined),
    explained: unused.flatMap((grant) => {
      const reason = reasonFor(grant);
      return reason === undefined ? [] : [{ grant, reason }];
    }),
    // A grant that some run happens to use (a fault, a race) keeps its reason.
    stale: reasons.filter((reason) => !grants.some((grant) => covers(reason, grant))),
    used: grants.length - unused.length,
  };
}
