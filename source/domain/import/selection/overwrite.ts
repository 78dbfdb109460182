import type { PoolUser } from '../../model.ts';
import type { WriteOutcome } from '../../ports.ts';
import { isAboutAttributes } from '../updates/lessened.ts';
import { changedAfter } from '../reconcile/changed-since.ts';
import { isUnanswered } from '../updates/unanswered.ts';
import { hasValue } from './attributes.ts';
import type { AttributeWanted, UserDecision } from './decisions.ts';
import { confirm, SEEN_AFTER_MS } from './earlier-writes.ts';
import type { EarlierWrites } from './earlier-writes.ts';
import type { UndoEntry, UndoEntryOf } from './undo-file.ts';
import { endShort } from './work-run.ts';
import type { WorkRun } from './work-run.ts';

/** What is about to be written to one account, and what that overwrites. */
export interface Overwrite {
  readonly attributes: readonly (readonly AttributeWanted[])[];
  readonly enabled: boolean | undefined;
  readonly entries: readonly UndoEntry[];
  /** What is there already as an earlier start or invocation meant to write it. */
  readonly seen: readonly UndoEntry[];
  /** Attributes, or `enabled`, that are left since somebody changed them. */
  readonly changed: readonly string[];
  /** Of those, what an earlier start or invocation had written. */
  readonly theirs: readonly UndoEntry[];
  /** Addresses by which somebody else signs in. */
  readonly taken: readonly string[];
}

const VERIFIED = '_verified';

/**
 * What has to be written now that the account is as it is. An address and its flag are written together or not at all. What
 * somebody changed after an earlier start had written it, or had noted what stood there, is theirs.
 */
export function overwriteOf(user: UserDecision, account: PoolUser, earlier: EarlierWrites): Overwrite {
  const { set } = user;
  const { undo } = earlier;
  const changed: string[] = [];
  const theirs: UndoEntry[] = [];
  const attributes: AttributeWanted[][] = [];
  const entryOf = ({ name, value }: AttributeWanted): UndoEntryOf<'attribute'> =>
    attributeEntry(user, account, { name, value });
  for (const unit of unitsOf(set?.attributes ?? [])) {
    const differing = unit.filter((wanted) => !hasValue(account, wanted.name, wanted.value));
    if (differing.length === 0) continue;
    const since = differing.filter((wanted) => isTheirs(undo.like(entryOf(wanted)), account, earlier));
    const other = unit.filter(
      (wanted) =>
        (wanted.replaces !== undefined && !hasValue(account, wanted.name, wanted.replaces)) || since.includes(wanted),
    );
    theirs.push(...since.map(entryOf));
    if (other.length > 0) changed.push(...other.map((wanted) => wanted.name));
    else attributes.push(unit);
  }
  const flag = set?.enabled === undefined ? undefined : flagEntry(user, account, set.enabled);
  const known = flag === undefined ? undefined : earlier.confirmedAt(flag);
  const isOther = flag !== undefined && flag.after !== account.enabled;
  if (isOther && known !== undefined && known + SEEN_AFTER_MS <= earlier.now) changed.push('enabled');
  const enabled = isOther && known === undefined ? flag.after : undefined;
  const written = attributes.flat();
  const wanted = [...(set?.attributes ?? []).map(entryOf), ...(flag === undefined ? [] : [flag])];
  return {
    attributes,
    enabled,
    changed,
    theirs,
    taken: [],
    entries: [...written.map(entryOf), ...(enabled === undefined || flag === undefined ? [] : [flag])],
    seen: wanted.filter((entry) => isSo(account, entry) && undo.like(entry) !== undefined),
  };
}

/** What is noted before an attribute of the account is overwritten. */
export const attributeEntry = (
  { sub, name }: UserDecision,
  account: PoolUser,
  wanted: Pick<AttributeWanted, 'name' | 'value'>,
): UndoEntryOf<'attribute'> => ({
  kind: 'attribute',
  sub,
  name,
  poolSub: account.sub,
  attribute: wanted.name,
  before: account.attributes[wanted.name] ?? null,
  after: wanted.value,
});

/** What is noted before the enabled flag of the account is set. */
export const flagEntry = (
  { sub, name }: UserDecision,
  account: PoolUser,
  enabled: boolean,
): UndoEntryOf<'enabled'> => ({
  kind: 'enabled',
  sub,
  name,
  poolSub: account.sub,
  before: account.enabled,
  after: enabled,
});

const isSo = (account: PoolUser, entry: UndoEntryOf<'attribute' | 'enabled'>): boolean =>
  entry.kind === 'enabled' ? account.enabled === entry.after : hasValue(account, entry.attribute, entry.after);

/**
 * Of an attribute that is not as it was to be written: somebody changed it after it was noted, or, where the old value stands
 * again, after it was written.
 */
const isTheirs = (known: UndoEntry | undefined, account: PoolUser, earlier: EarlierWrites): boolean =>
  known?.kind === 'attribute' &&
  (!hasValue(account, known.attribute, known.before) || isChangedAfter(known, account, earlier));

/** Whether Cognito's date tells, or told, that somebody changed the account after this was written. */
export function isChangedAfter(
  entry: UndoEntryOf<'attribute'>,
  account: PoolUser,
  { confirmedAt, lastWriteAt, wasChanged }: Pick<EarlierWrites, 'confirmedAt' | 'lastWriteAt' | 'wasChanged'>,
): boolean {
  if (wasChanged(entry)) return true;
  const at = confirmedAt(entry);
  const flag = confirmedAt({ ...entry, kind: 'enabled', before: false, after: false });
  return at !== undefined && changedAfter(account, at, [lastWriteAt(entry.sub), flag]);
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
  const settle = (outcome: WriteOutcome, what: string, about: (entry: UndoEntry) => boolean): void => {
    // Whether it was carried out all the same, the look at the end tells.
    if (isUnanswered(outcome)) return;
    if (outcome !== 'done') refused.push(`${what}: ${outcome.refused}`);
    for (const entry of entries.filter(about))
      if (outcome === 'done') confirm(run, entry);
      else undo.refused(entry);
  };
  if (attributes.length > 0) {
    const all = await set(attributes.flat());
    const again = all !== 'done' && isAboutAttributes(all);
    for (const unit of attributes)
      settle(
        again ? await setAlone(unit, attributes.length > 1 ? await set(unit) : all, set) : all,
        unit.map(({ name }) => name).join(' and '),
        (entry) => entry.kind === 'attribute' && unit.some(({ name }) => name === entry.attribute),
      );
  }
  if (enabled !== undefined) {
    const outcome = await writes.write(user, (username) =>
      enabled ? deps.writer.enableUser(poolId, username) : deps.writer.disableUser(poolId, username),
    );
    settle(outcome, enabled ? 'enable' : 'disable', ({ kind }) => kind === 'enabled');
  }
  endShort(run, index, user, { refused, changed });
}

/**
 * Whether Cognito takes a verified flag without a value, alone or beside an address that is taken away, is not documented;
 * `false` is the same to it.
 */
async function setAlone(
  unit: readonly AttributeWanted[],
  first: WriteOutcome,
  set: (some: readonly AttributeWanted[]) => Promise<WriteOutcome>,
): Promise<WriteOutcome> {
  const flags = unit.filter(({ name, value }) => name.endsWith(VERIFIED) && value === null);
  const isRefused = (outcome: WriteOutcome): boolean => outcome !== 'done' && isAboutAttributes(outcome);
  if (flags.length === 0 || !isRefused(first)) return first;
  const others = unit.filter((wanted) => !flags.includes(wanted));
  const asFalse = flags.map((flag) => ({ ...flag, value: 'false' }));
  const together = await set([...others, ...asFalse]);
  if (!isRefused(together) || !others.some(({ value }) => value === null)) return together;
  const apart = await set(others);
  // Whether the flag is left, the look at the end tells.
  if (apart === 'done') await set(asFalse);
  return apart;
}
