import { number } from '../../domain/counted.ts';
import { MASS_PERCENT } from '../../domain/history/damage.ts';
import type { DamageFinding, Interval } from '../../domain/history/damage.ts';
import type { Victims } from '../../domain/history/victims.ts';
import { MOST_SELECTED } from '../../domain/import/selection/request.ts';
import { quoted, typed, typedWithNames } from '../program.ts';
import type { TypedPlace } from '../program.ts';

/** What `damage` takes to find this interval and no other. `percent`: the share by which it was found. */
export const intervalOptions = ({ earlier, later }: Interval, percent: number): string =>
  `--since ${earlier.startedAt} --until ${later.startedAt}${percent === MASS_PERCENT ? '' : ` --percent ${percent}`}`;

/** Proposed for the victims of an interval. */
export const VICTIMS_FILE = 'victims.txt';

/** Whether it concerns anybody: what happened to a group's settings does not. */
export const isAboutUsers = ({ findings }: Interval): boolean => findings.some(({ kind }) => kind !== 'groups');

/** What brings back the victims alone, into the living pool. */
export function selectionLines({
  interval,
  restorable,
  victims,
  poolId,
  place,
  percent,
}: {
  readonly interval: Interval;
  readonly restorable: string;
  /** Undefined where the snapshots were not read. */
  readonly victims: Victims | undefined;
  readonly poolId: string;
  readonly place: TypedPlace;
  readonly percent: number;
}): readonly string[] {
  const restoreGroups = (groups: readonly string[] = [], options: string): string =>
    groups.length === 0
      ? typed(place, `restore-group <group> ${options}`)
      : typedWithNames(place, 'restore-group', { names: groups, options });
  return [
    ...(isAboutUsers(interval)
      ? [
          `Who is concerned, into a file: ${typed(place, `damage ${intervalOptions(interval, percent)} --save ${VICTIMS_FILE}`)}`,
          ...(interval.findings.some(({ items }) => items > MOST_SELECTED)
            ? [`At most ${number(MOST_SELECTED)} can be restored at a time: split the file.`]
            : []),
          `These users, into the living pool: ${restoreUsers(interval, { file: VICTIMS_FILE, poolId, run: restorable, place })}`,
        ]
      : []),
    ...(has(interval, 'memberships', 'deleted') && !needsUpdate(interval)
      ? ['Who was not deleted, and only lost memberships, gets them back by the same command with --existing update.']
      : []),
    ...(has(interval, 'groups', 'deleted')
      ? [
          `The groups with their members: ${restoreGroups(victims?.groups, `--to ${poolId} --run ${restorable} --dry-run`)}`,
        ]
      : []),
    ...(has(interval, 'groups', 'changed')
      ? [
          `The groups that changed: ${restoreGroups(victims?.changedGroups, `--to ${poolId} --run ${restorable} --existing update --dry-run`)}`,
        ]
      : []),
  ];
}

const has = ({ findings }: Interval, ...[kind, change]: [DamageFinding['kind'], DamageFinding['change']]): boolean =>
  findings.some((finding) => finding.kind === kind && finding.change === change);

/** Who is there still gets nothing back without it, a membership neither. */
const needsUpdate = (interval: Interval): boolean =>
  has(interval, 'users', 'changed') || (has(interval, 'memberships', 'deleted') && !has(interval, 'users', 'deleted'));

/** What looks at the victims in a file, to bring them back into the living pool. */
export const restoreUsers = (
  interval: Interval,
  {
    file,
    poolId,
    run,
    place,
  }: { readonly file: string; readonly poolId: string; readonly run: string; readonly place: TypedPlace },
): string =>
  typed(
    place,
    `restore-user --from-file ${quoted(file)} --to ${poolId} --run ${run}${needsUpdate(interval) ? ' --existing update' : ''} --dry-run`,
  );
