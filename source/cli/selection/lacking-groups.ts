import { GROUP_LACKING } from '../../domain/import/selection/report.ts';
import type { ResultRow } from '../../domain/import/selection/report.ts';
import { counted } from '../../domain/counted.ts';
import { typedWithNames } from '../program.ts';
import type { PoolPlace } from './pool-place.ts';

/** So many groups are named in a command. */
const NAMED_AT_MOST = 20;

/**
 * What brings back memberships in groups that the pool lacks: of a user who is asked for no group is made, since somebody may
 * have deleted it on purpose. One command for each run that they were read from; nothing where no group is lacking.
 */
export function lackingGroups(
  { place, poolId }: PoolPlace,
  rows: readonly Pick<ResultRow, 'group' | 'result' | 'what' | 'run'>[],
): readonly string[] {
  const lacking = rows.filter(({ result, what }) => result === 'gone' && what === GROUP_LACKING);
  if (lacking.length === 0) return [];
  const byRun = new Map<string, Set<string>>();
  for (const { run, group } of lacking) byRun.set(run, (byRun.get(run) ?? new Set()).add(group));
  const all = new Set(lacking.map(({ group }) => group));
  return [
    `${counted(lacking.length, 'membership')} in ${counted(all.size, 'group')} that the pool does not have: a group is made again, with all members who are in the pool, when it is asked for:`,
    ...[...byRun].map(([run, groups]) =>
      typedWithNames(place, 'restore-group', {
        names: [...groups].slice(0, NAMED_AT_MOST),
        options: `--to ${poolId}${run === '' ? '' : ` --run ${run}`} --dry-run`,
      }),
    ),
  ];
}
