import type { PoolUser } from '../../model.ts';
import { aliasHolder } from './alias-holders.ts';
import { CONTACTS } from './attributes.ts';
import type { AddressClaim } from './attributes.ts';
import type { AttributeWanted } from './decisions.ts';
import type { Overwrite } from './overwrite.ts';
import type { WorkRun } from './work-run.ts';

/**
 * Leaves out addresses by which somebody else in the pool signs in. Where an address is an alias, Cognito does not refuse it once
 * it is written as verified: it takes it from whoever had it, without a word.
 */
export async function withoutTaken(
  { deps, plan }: Pick<WorkRun, 'deps' | 'plan'>,
  account: PoolUser,
  overwrite: Overwrite,
): Promise<Overwrite> {
  const free: Overwrite['attributes'][number][] = [];
  const taken: string[] = [];
  for (const unit of overwrite.attributes) {
    const claim = claimIn(unit, account, plan.aliases ?? []);
    if (claim !== undefined && (await aliasHolder(deps.pool, plan, claim, account.sub)) !== undefined)
      taken.push(claim.contact);
    else free.push(unit);
  }
  const written = new Set(free.flat().map(({ name }) => name));
  return {
    ...overwrite,
    attributes: free,
    taken,
    entries: overwrite.entries.filter((entry) => entry.kind !== 'attribute' || written.has(entry.attribute)),
  };
}

/** The address that would become the account's alias. */
function claimIn(
  unit: readonly AttributeWanted[],
  { attributes }: PoolUser,
  aliases: readonly string[],
): AddressClaim | undefined {
  const contact = CONTACTS.find((one) =>
    unit.some(({ name, value }) => name === `${one}_verified` && value?.toLowerCase() === 'true'),
  );
  if (contact === undefined || !aliases.includes(contact)) return undefined;
  const value = unit.find(({ name }) => name === contact)?.value ?? attributes[contact] ?? '';
  return value === '' ? undefined : { contact, value };
}
