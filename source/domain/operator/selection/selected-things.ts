import { MISSING_RESULTS } from '../../import/selection/report.ts';
import type { ResultRow, SelectionDifference, SelectionResult } from '../../import/selection/report.ts';

/** What a row of a selection is about. */
export type ThingKind = 'user' | 'group' | 'membership';

/** The kind of thing that a row is about. */
export const kindOfRow = ({ sub, group }: Pick<ResultRow, 'sub' | 'group'>): ThingKind =>
  group === '' ? 'user' : sub === '' ? 'group' : 'membership';

/** One value that the pool and the backup do not have alike. */
export type DifferingField = Pick<SelectionDifference, 'field' | 'inPool' | 'inBackup'>;

/** A user, group or membership of a selection, with everything in which pool and backup differ. */
export interface SelectedThing extends Pick<
  ResultRow,
  'sub' | 'name' | 'group' | 'result' | 'what' | 'run' | 'poolSub'
> {
  readonly kind: ThingKind;
  readonly fields: readonly DifferingField[];
}

/** The rows of differences.csv by what they are about, in their order. */
export function thingsOf(rows: readonly SelectionDifference[]): readonly SelectedThing[] {
  const things = new Map<string, SelectedThing & { readonly fields: DifferingField[] }>();
  for (const { field, inPool, inBackup, ...about } of rows) {
    // Of a name that the backup does not know there is no sub.
    const key = JSON.stringify([about.sub, about.sub === '' ? about.name : '', about.group]);
    const thing = things.get(key) ?? { ...about, kind: kindOfRow(about), fields: [] };
    if (field !== '') thing.fields.push({ field, inPool, inBackup });
    things.set(key, thing);
  }
  return [...things.values()];
}

/** How many things of which kind have which result, in the order in which they first occur. */
export function resultCounts(
  rows: readonly Pick<ResultRow, 'sub' | 'group' | 'result'>[],
): readonly { readonly kind: ThingKind; readonly result: SelectionResult; readonly count: number }[] {
  const counts = new Map<string, { kind: ThingKind; result: SelectionResult; count: number }>();
  for (const row of rows) {
    const { result } = row;
    const kind = kindOfRow(row);
    const counted = counts.get(`${kind} ${result}`) ?? { kind, result, count: 0 };
    counted.count += 1;
    counts.set(`${kind} ${result}`, counted);
  }
  return [...counts.values()];
}

/** The results whose words are this product's own; of what failed Cognito may have said something about one user. */
const IN_OWN_WORDS: ReadonlySet<SelectionResult> = new Set(['gone', 'skipped', 'collision', 'notInBackup']);

/** Why it is not written, so that things can be counted by it: the name of a rule, or a sentence that names nobody; else empty. */
export function reasonOfRow({ result, what }: Pick<ResultRow, 'result' | 'what'>): string {
  if (result !== 'failed' && !IN_OWN_WORDS.has(result)) return '';
  const [, rule] = /^([A-Z][A-Za-z]*): /.exec(what) ?? [];
  return rule ?? (result === 'failed' ? '' : what);
}

/** How many things of which kind have which result for which reason, in the order in which they first occur. */
export function reasonCounts(
  rows: readonly Pick<ResultRow, 'sub' | 'group' | 'result' | 'what'>[],
): readonly (ReturnType<typeof resultCounts>[number] & { readonly reason: string })[] {
  const byReason = new Map<string, (typeof rows)[number][]>();
  for (const row of rows) {
    const reason = reasonOfRow(row);
    const rest = byReason.get(reason) ?? [];
    rest.push(row);
    byReason.set(reason, rest);
  }
  return [...byReason].flatMap(([reason, rest]) => resultCounts(rest).map((one) => ({ ...one, reason })));
}

/** In how many things each field differs, the most frequent first. */
export function fieldCounts(things: readonly SelectedThing[]): readonly (readonly [field: string, count: number])[] {
  const counts = new Map<string, number>();
  for (const { fields } of things) for (const { field } of fields) counts.set(field, (counts.get(field) ?? 0) + 1);
  return [...counts].sort(([one, count], [two, other]) => other - count || (one < two ? -1 : 1));
}

/** True where something is written: also of what somebody changed since, the rest is put back. */
export const isWritten = ({ result, fields }: SelectedThing): boolean =>
  ['created', 'updated', 'undone'].includes(result) || (result === 'changedSince' && fields.length > 0);

/** True where something that was asked for is missing. */
export const isMissingResult = ({ result }: Pick<ResultRow, 'result'>): boolean => MISSING_RESULTS.includes(result);

/**
 * True where an undo could put something back, of what somebody changed since the rest; what was created stays, with all that
 * belongs to it.
 */
export function isUndoable(rows: readonly Pick<ResultRow, 'sub' | 'group' | 'result'>[]): boolean {
  const made = new Set(
    rows.filter((row) => kindOfRow(row) === 'user' && row.result === 'created').map(({ sub }) => sub),
  );
  return rows.some(
    (row) =>
      row.result === 'updated' ||
      row.result === 'changedSince' ||
      (kindOfRow(row) === 'membership' && row.result === 'created' && !made.has(row.sub)),
  );
}
