import { countsText, sumOf, totalOf } from '../../backup/counts.ts';
import type { Counts, Manifest, OpenMarker } from '../../backup/manifest.ts';
import { counted, countedAs, number } from '../../counted.ts';
import { judgeTable } from '../../digests/table-tally.ts';
import { Halt } from '../../errors.ts';
import type { Found, Held } from './state.ts';

const KINDS: readonly (keyof Counts)[] = ['users', 'groups', 'memberships'];
/** Items that the sealed run wrote. */
const writtenBy = ({ added, changed }: Manifest): number => totalOf(sumOf(added, changed));

/** How a content differs from what the manifest sealed. */
export interface Difference {
  readonly counts: boolean;
  /** Of 256 checksums. */
  readonly buckets: number;
  readonly damaged: number;
  /** In words, for messages. */
  readonly found: string;
}

/**
 * Undefined when counts, checksums and every item's own hash agree. `verdict`: of a table that was scanned under a plan;
 * what the plan explains is no difference.
 */
export function differenceFrom(
  manifest: Manifest,
  held: Held,
  verdict = judgeTable(manifest, held, undefined),
): Difference | undefined {
  const { counts, damaged } = held;
  const { buckets, foreign, ...sums } =
    verdict.is === 'different' ? verdict : { counts: false, buckets: 0, foreign: 0 };
  if (verdict.is !== 'different' && damaged === 0) return undefined;
  const found = [
    KINDS.some((kind) => counts[kind] !== manifest.counts[kind])
      ? `it holds ${countsText(counts)}, the export ${manifest.runId} sealed ${countsText(manifest.counts)}`
      : `it holds ${countsText(counts)}, as many as the export ${manifest.runId} sealed`,
    `${number(buckets)} of 256 checksums ${buckets === 1 ? 'differs' : 'differ'}`,
    ...(damaged === 0 ? [] : [damagedText(damaged)]),
    ...(foreign === 0
      ? []
      : [`${countedAs(foreign, 'item', ['is', 'are'])} neither as before nor as the export wants`]),
  ].join('; ');
  return { counts: sums.counts, buckets, damaged, found };
}

/**
 * True when the difference can be explained by writes or deletions of the last run that have not arrived yet: fewer items
 * carry its id than it wrote, or the surplus is no more than it deleted. Replication delivers items whole, so an item that
 * contradicts its own hash is no such thing.
 */
function looksUnfinished(manifest: Manifest, found: Found): boolean {
  if (found.damaged > 0) return false;
  if (totalOf(found.written) < writtenBy(manifest)) return true;
  const surplus = KINDS.map((kind) => found.counts[kind] - manifest.counts[kind]);
  return (
    surplus.some((items) => items > 0) &&
    KINDS.every(
      (kind, index) => (surplus[index] as number) >= 0 && (surplus[index] as number) <= manifest.deleted[kind],
    )
  );
}

/** The table that differs, for the message. */
export interface Where {
  readonly tableName: string;
  readonly region: string;
  readonly primaryRegion: string;
}

/** Items that contradict themselves. */
export const damagedText = (items: number): string =>
  items === 1
    ? '1 item does not hold what its own content hash says'
    : `${counted(items, 'item')} do not hold what their own content hash says`;

/** The halt that a difference between the table and its manifest ends in, once a second look has confirmed it. */
export function tableVerdict(
  { tableName, region, primaryRegion }: Where,
  {
    manifest,
    found,
    difference,
    open,
  }: {
    readonly manifest: Manifest;
    readonly found: Found;
    readonly difference: Difference;
    readonly open: OpenMarker | undefined;
  },
): Halt {
  const what = `${difference.found}${open === undefined ? '' : `; ${aboutOpen(open, found)}`}`;
  const replica = `The replica of the table ${tableName} in ${region} does not hold all of the export`;
  const also = `also five minutes after the first look: ${what}`;
  if (region !== primaryRegion && open?.plan !== undefined && found.asBefore === undefined)
    return new Halt('ReplicaBehind', `${replica} ${open.runId}, ${also}.`);
  if (region !== primaryRegion && looksUnfinished(manifest, found)) {
    const { written } = found;
    return new Halt(
      'ReplicaBehind',
      `${replica} ${manifest.runId}, ${also}; ${countedAs(totalOf(written), 'item', ['carries', 'carry'])} the id of that export, which wrote ${writtenBy(manifest)} and deleted ${totalOf(manifest.deleted)}.`,
    );
  }
  return new Halt(
    difference.counts ? 'CountsDiffer' : 'ChecksumDiffers',
    `The table ${tableName} in ${region} is not what its last complete export sealed, also five minutes after the first look: ${what}.`,
  );
}

/** The halt that missing or damaged settings of the pool end in, once a second look has confirmed it. */
export const settingsVerdict = (
  { tableName, region }: Where,
  { runId, settings }: Pick<Manifest, 'runId' | 'settings'>,
): Halt =>
  new Halt(
    'ChecksumDiffers',
    `The table ${tableName} in ${region} holds every user, group and membership that the export ${runId} sealed, but not the pool's configuration: the items SETTINGS#${settings?.hash ?? ''} are missing or do not have that hash, also five minutes after the first look. Start ExportWorkflow: the next complete export keeps it anew.`,
  );

function aboutOpen({ runId, openedAt, plan }: OpenMarker, { asBefore }: Found): string {
  if (plan === undefined)
    return `an earlier version's export ${runId} began to change it at ${openedAt} and was interrupted`;
  return asBefore === undefined
    ? `the export ${runId} has been changing it since ${openedAt}, and the list of its ${counted(plan.changes, 'change')} is not all there`
    : `the export ${runId} has been changing it since ${openedAt}, and the list of its ${counted(plan.changes, 'change')} does not explain the difference`;
}
