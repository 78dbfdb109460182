import type { Attributes, SchemaAttribute, SignInAttribute } from '../../model.ts';
import { attributeOfName, signInNameFrom } from '../../comparison/matching.ts';
import { isRestorable } from '../../digests/user-content.ts';
import type { LostAttribute } from '../plan/attribute-loss.ts';
import { attributeProblem } from '../preflight/attribute-fit.ts';
import type { SpooledUser } from './spooled-user.ts';

interface Schemas {
  readonly signInName: SignInAttribute;
  readonly schema: readonly SchemaAttribute[];
  readonly sourceSchema: readonly SchemaAttribute[];
  /** GetCSVHeader's answer for the new pool. */
  readonly header: readonly string[];
}

/** What the new pool takes of a user's attributes. */
export interface FittingAttributes {
  readonly attributes: Attributes;
  /** What it does not take. */
  readonly lost: readonly LostAttribute[];
  /** One of `lost` without which the pool cannot have the user. */
  readonly needed?: LostAttribute;
}

/** Leaves out what Cognito would refuse, so that it costs the attribute and not the user; flags go with their address. */
export function fittingAttributes(user: SpooledUser, schemas: Schemas): FittingAttributes {
  const attributes: Record<string, string> = {};
  const lost: LostAttribute[] = [...(user.lost ?? [])];
  for (const [attribute, value] of Object.entries(user.attributes)) {
    if (!isRestorable(attribute, value)) continue;
    const problem = problemOf(attribute, value, schemas);
    if (problem === undefined) attributes[attribute] = value;
    else
      lost.push({
        attribute,
        reason: 'BadAttribute',
        detail: `The value is ${problem}.${forGood(attribute, schemas)}`,
      });
  }
  // An address that is proven and not there is refused as well; the flag means nothing without it.
  for (const { attribute } of lost) delete attributes[`${attribute}_verified`];
  const nameAttribute = attributeOfName(signInNameFrom(user, schemas), schemas);
  const needed = lost.find(
    ({ attribute }) =>
      attribute === nameAttribute || schemas.schema.some(({ name, required }) => required && name === attribute),
  );
  return { attributes, lost, ...(needed === undefined ? {} : { needed }) };
}

/** What neither pool knows is damage; what only the new pool lacks, or has with another type, is a finding of the preflight. */
function problemOf(attribute: string, value: string, { schema, sourceSchema, header }: Schemas): string | undefined {
  const given = schema.find(({ name }) => name === attribute);
  const wanted = sourceSchema.find(({ name }) => name === attribute);
  if (given !== undefined)
    return wanted !== undefined && wanted.type !== given.type ? undefined : attributeProblem(given, value);
  const known = header.includes(attribute) || wanted !== undefined;
  return known ? undefined : 'of no attribute of the pool that was backed up';
}

/** What cannot be put right by hand afterwards. */
const forGood = (attribute: string, { schema }: Schemas): string =>
  schema.some(({ name, mutable }) => name === attribute && !mutable)
    ? ' The attribute is immutable in the new pool: it can never be set later.'
    : '';
