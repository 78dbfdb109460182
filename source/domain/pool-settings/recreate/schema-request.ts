import { isNothing, membersOf } from './omissions.ts';
import type { ApiObject } from './omissions.ts';

/** CreateUserPool takes so many attributes (service model, SchemaAttributesListType), AddCustomAttributes so many at a time. */
const MOST_AT_CREATION = 50;
const MOST_PER_ADDITION = 25;
/** Cognito makes these by itself, and takes them from nobody: the last one is longer than CreateUserPool lets a name be. */
const MADE_BY_COGNITO: readonly string[] = ['sub', 'identities', 'phone_number_verified'];

/** The schema of a pool, as far as it fits in the request that creates it, and the rest. */
export interface SchemaRequests {
  readonly schema: readonly ApiObject[];
  /** For AddCustomAttributes, one after the other. */
  readonly additions: readonly (readonly ApiObject[])[];
}

/**
 * The schema in the order of the kept pool. Standard attributes must all be in the request that creates the pool: what they
 * require and whether they can be changed is fixed from then on. A custom attribute with the name of a standard one can only
 * be added afterwards, and with it those behind it.
 */
export function schemaRequests(kept: unknown): SchemaRequests {
  const attributes = (Array.isArray(kept) ? kept : [])
    .map(membersOf)
    .filter(({ Name }) => !MADE_BY_COGNITO.includes(String(Name)));
  const [standard, custom] = [attributes.filter(isStandard), attributes.filter(isCustom)];
  const names = new Set([...MADE_BY_COGNITO, ...standard.map(({ Name }) => String(Name))]);
  const twice = custom.findIndex(({ Name }) => names.has(bareName(Name)));
  const first = twice === -1 ? custom : custom.slice(0, twice);
  const atCreation = new Set([...standard, ...first].slice(0, MOST_AT_CREATION));
  return {
    schema: attributes.filter((attribute) => atCreation.has(attribute)).map(asGiven),
    additions: inParts(attributes.filter((attribute) => !atCreation.has(attribute)).map(asGiven)),
  };
}

/** What of the additions a pool does not have yet, as it is described now. */
export function missingAdditions(
  { additions }: Pick<SchemaRequests, 'additions'>,
  described: unknown,
): readonly (readonly ApiObject[])[] {
  const names = new Set(
    (Array.isArray(described) ? described : [])
      .map(membersOf)
      .filter(isCustom)
      .map(({ Name }) => bareName(Name)),
  );
  return inParts(additions.flat().filter(({ Name }) => !names.has(String(Name))));
}

const inParts = (attributes: readonly ApiObject[]): readonly (readonly ApiObject[])[] =>
  Array.from({ length: Math.ceil(attributes.length / MOST_PER_ADDITION) }, (_, index) =>
    attributes.slice(index * MOST_PER_ADDITION, (index + 1) * MOST_PER_ADDITION),
  );

const isCustom = ({ Name }: ApiObject): boolean => /^(dev:|custom:)/.test(String(Name));
const isStandard = (attribute: ApiObject): boolean => !isCustom(attribute);
/** Cognito puts `dev:` and `custom:` before the name itself. */
const bareName = (name: unknown): string =>
  String(name)
    .replace(/^dev:/, '')
    .replace(/^custom:/, '');

const asGiven = ({ Name, ...rest }: ApiObject): ApiObject => ({
  Name: bareName(Name),
  ...Object.fromEntries(Object.entries(rest).filter(([, value]) => !isNothing(value))),
});
