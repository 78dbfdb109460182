import { groupNameOf, groupOf, subOfKey } from '../backup/items.ts';
import type { RunDifference } from './compare-runs.ts';
import { reportLine, visibleText } from '../report-line.ts';

export const RUN_DIFFERENCES_HEADER = 'kind,change,sub,username,group,fields\n';

/** A difference in words: who or what, and which fields; what does not apply is empty. */
export interface DifferenceRow {
  readonly kind: RunDifference['kind'];
  readonly change: RunDifference['change'];
  readonly sub: string;
  readonly username: string;
  readonly group: string;
  /** The changed ones, each with what happened to it. */
  readonly fields: readonly string[];
}

/** Takes from a difference what reports and people are told of it. */
export function differenceRow(difference: RunDifference): DifferenceRow {
  const { kind, change } = difference;
  const item = change === 'added' ? difference.later : difference.earlier;
  return {
    kind,
    change,
    sub: kind === 'group' ? '' : subOfKey(item),
    username: kind === 'user' ? String(item.username) : '',
    group: kind === 'group' ? groupNameOf(item) : kind === 'membership' ? groupOf(item) : '',
    fields: change === 'changed' ? difference.fields.map(({ field, change: how }) => `${field} ${how}`) : [],
  };
}

/** The row as a line of a report, line end included. */
export const differenceLine = ({ kind, change, sub, username, group, fields }: DifferenceRow): string =>
  reportLine([kind, change, sub, username, group, fields.join(' ')]);

/** The row as a terminal shows it. */
export function differenceText({ kind, change, sub, username, group, fields }: DifferenceRow): string {
  const who = { user: `${username} (${sub})`, group, membership: `${sub} in ${group}` }[kind];
  return visibleText(`${kind} ${who} ${change}${fields.length === 0 ? '' : `: ${fields.join(', ')}`}`);
}

/** How often each field was changed in which way. */
export class FieldCounts {
  readonly #counts = new Map<string, number>();

  /** Counts the fields of a changed item, or these of them. */
  add(difference: RunDifference, fields = difference.change === 'changed' ? difference.fields : []): void {
    for (const { field, change } of fields) {
      const key = `${difference.kind} ${field} ${change}`;
      this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
    }
  }

  /** `user family_name emptied` and how often, the most frequent first. */
  sorted(): readonly (readonly [what: string, items: number])[] {
    return [...this.#counts].sort(([one, items], [two, others]) => others - items || (one < two ? -1 : 1));
  }
}
