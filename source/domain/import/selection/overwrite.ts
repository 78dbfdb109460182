import type { PoolUser } from '../../model.ts';
import type { WriteOutcome } from '../../ports.ts';
import { isAboutAttributes } from '../updates/lessened.ts';
import { isUnanswered } from '../updates/unanswered.ts';
import { hasValue } from './attributes.ts';
import type { AttributeWanted, UserDecision } from './decisions.ts';
import type { UndoEntry } from './undo-file.ts';
import { endShort } from './work-run.ts';
import type { WorkRun } from './work-run.ts';

/** What is about to be written to one account, and what that overwrites. */
export interface Overwrite {
  readonly attributes: readonly (readonly AttributeWanted[])[];
  readonly enabled: boolean | undefined;
  readonly entries: readonly UndoEntry[];
  /** Attributes that an undo leaves since somebody changed them. */
  readonly changed: readonly string[];
  /** Addresses by which somebody else signs in. */
  readonly taken: readonly string[];
}

const VERIFIED = '_verified';

/** What has to be written now that the account is as it is. An address and its flag are written together or not at all. */
export function overwriteOf({ set, sub, name }: UserDecision, account: PoolUser): Overwrite {
  const changed: string[] = [];
  const attributes: AttributeWanted[][] = [];
  for (const unit of unitsOf(set?.attributes ?? [])) {
    if (unit.every((wanted) => hasValue(account, wanted.name, wanted.value))) continue;
    const other = unit.filter(
      ({ name: attribute, replaces }) => replaces !== undefined && !hasValue(account, attribute, replaces),
    );
    if (other.length > 0) changed.push(...other.map((wanted) => wanted.name));
    else attributes.push(unit);
  }
  const enabled = set?.enabled === account.enabled ? undefined : set?.enabled;
  const about = { sub, name, poolSub: account.sub };
  return {
    attributes,
    enabled,
    changed,
    taken: [],
    entries: [
      ...attributes.flat().map((wanted): UndoEntry => ({
        kind: 'attribute',
        ...about,
        attribute: wanted.name,
        before: account.attributes[wanted.name] ?? null,
        after: wanted.value,
      })),
      ...(enabled === undefined
        ? []
        : [{ kind: 'enabled', ...about, before: account.enabled, after: enabled } as const]),
    ],
  };
}

/** Attributes that are written in one call: each alone, an address with its flag. */
function unitsOf(attributes: readonly AttributeWanted[]): AttributeWanted[][] {
  const names = new Set(attributes.map(({ name }) => name));
  return attributes
    .filter(({ name }) => !(name.endsWith(VERIFIED) && names.has(name.slice(0, -VERIFIED.length))))
    .map((wanted) => [wanted, ...attributes.filter(({ name }) => name === `${wanted.name}${VERIFIED}`)]);
}

/** Writes it; what Cognito refuses is recorded, and is not to be undone. */
export async function writeOver(
  run: WorkRun,
  index: number,
  user: UserDecision,
  { attributes, enabled, entries, changed, taken }: Overwrite,
): Promise<void> {
  const { deps, plan, writes, undo } = run;
  const poolId = plan.newUserPoolId;
  const refused = taken.map((name) => `${name} was not set: another user of the pool signs in by it`);
  const set = (some: readonly AttributeWanted[]): Promise<WriteOutcome> =>
    writes.write(user, (username) =>
      // Cognito deletes an attribute that it is given without a value.
      deps.writer.updateAttributes(
        poolId,
        username,
        Object.fromEntries(some.map(({ name, value }) => [name, value ?? ''])),
      ),
    );
  const lose = (outcome: WriteOutcome, what: string, about: (entry: UndoEntry) => boolean): void => {
    // Whether it was carried out all the same, the look at the end tells.
    if (outcome === 'done' || isUnanswered(outcome)) return;
    refused.push(`${what}: ${outcome.refused}`);
    for (const entry of entries.filter(about)) undo.refused(entry);
  };
  if (attributes.length > 0) {
    const all = await set(attributes.flat());
    const again = all !== 'done' && isAboutAttributes(all) && attributes.length > 1;
    for (const unit of attributes)
      lose(
        again ? await set(unit) : all,
        unit.map(({ name }) => name).join(' and '),
        (entry) => entry.kind === 'attribute' && unit.some(({ name }) => name === entry.attribute),
      );
  }
  if (enabled !== undefined) {
    const outcome = await writes.write(user, (username) =>
      enabled ? deps.writer.enableUser(poolId, username) : deps.writer.disableUser(poolId, username),
    );
    lose(outcome, enabled ? 'enable' : 'disable', ({ kind }) => kind === 'enabled');
  }
  endShort(run, index, user, { refused, changed });
}
