import { groupNameOf, groupOf, subOfKey } from '../backup/items.ts';
import type { RunDifference } from './compare-runs.ts';
import { reportLine } from '../report-line.ts';

export const RUN_DIFFERENCES_HEADER = 'kind,change,sub,username,group,fields\n';

/** A difference as a line of a report, line end included: `fields` are the changed ones, each with what happened to it. */
export function differenceLine(difference: RunDifference): string {
  const { kind, change } = difference;
  const item = change === 'added' ? difference.later : difference.earlier;
  const fields = change === 'changed' ? difference.fields.map(({ field, change: how }) => `${field} ${how}`) : [];
  return reportLine([
    kind,
    change,
    kind === 'group' ? '' : subOfKey(item),
    kind === 'user' ? String(item.username) : '',
    kind === 'group' ? groupNameOf(item) : kind === 'membership' ? groupOf(item) : '',
    fields.join(' '),
  ]);
}

/** How often each field was changed in which way. */
export class FieldCounts {
  readonly #counts = new Map<string, number>();

  /** Counts the fields of a changed item. */
  add(difference: RunDifference): void {
    if (difference.change !== 'changed') return;
    for (const { field, change } of difference.fields) {
      const key = `${difference.kind} ${field} ${change}`;
      this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
    }
  }

  /** `user family_name emptied` and how often, the most frequent first. */
  sorted(): readonly (readonly [what: string, items: number])[] {
    return [...this.#counts].sort(([one, items], [two, others]) => others - items || (one < two ? -1 : 1));
  }
}
