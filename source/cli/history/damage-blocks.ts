import type { Manifest } from '../../domain/backup/manifest.ts';
import type { DamageFinding, Interval } from '../../domain/history/damage.ts';
import { isPoolGone } from '../../domain/history/native-recovery.ts';
import type { NativeRecovery } from '../../domain/history/native-recovery.ts';
import type { Installation } from '../../domain/operator/installation.ts';
import { visibleText } from '../../domain/report-line.ts';
import { counted, number } from '../../domain/counted.ts';
import type { Block, Row } from '../output/output.ts';
import { typed } from '../program.ts';
import type { TypedPlace } from '../program.ts';
import { selectionLines } from './damage-commands.ts';
import type { IntervalUsers, Restorable } from './interval-users.ts';

/** An interval, and what is known about it. */
export interface FoundInterval {
  readonly interval: Interval;
  readonly recovery: NativeRecovery;
  /** The oldest point that Cognito's own recovery can take, where it lies within the interval. */
  readonly oldestPoint: string | undefined;
  /** The run that a restore would take; undefined when none from before is kept whole. */
  readonly restorable: Restorable | undefined;
  /** The same for a restore into the living pool, which reads the snapshots of its own Region. */
  readonly forLiving: Restorable | undefined;
  /** Absent where the snapshots around it were not read. */
  readonly concerned?: IntervalUsers;
}

/** Where intervals were found, and by which share. */
export interface FoundWhere {
  readonly installation: Installation;
  readonly place: TypedPlace;
  readonly percent: number;
}

/** One interval in one line. */
export const intervalText = ({ earlier, later, findings }: Interval): string =>
  `Between ${earlier.startedAt} and ${later.endedAt}: ${findings.map((finding) => `${whatOf(finding)} ${amountOf(finding)}`).join(', ')}`;

/** `users deleted` */
const whatOf = ({ kind, change }: DamageFinding): string =>
  `${kind === 'federatedUsers' ? 'users of identity providers' : kind} ${change}`;

const amountOf = ({ items, of }: DamageFinding): string => `${number(items)} of ${number(of)}`;

const WHY_NOT: Readonly<Record<Extract<NativeRecovery, { reaches: false }>['why'], string>> = {
  gone: "Cognito's own recovery cannot help: the pool does not exist any more. AWS keeps a deleted pool for 14 days: open a case with AWS Support at once, and restore into a new pool meanwhile.",
  plan: "Cognito's own recovery is not offered for pools on the Lite plan.",
  unknownPlan:
    "Whether Cognito's own recovery reaches back before it is not known: the pool's plan could not be asked.",
  tooLongAgo: "Cognito's own recovery does not reach back so far: one day on the Essentials plan, fourteen on Plus.",
  tooRecent: "Cognito's own recovery takes points that are at least 15 minutes old: try again later.",
};

/** What a person is told about one interval. */
export function intervalBlock(found: FoundInterval, where: FoundWhere): Block {
  const { interval, concerned } = found;
  const { earlier, later, findings, exports, sealedBy } = interval;
  return {
    heading: `Between ${earlier.startedAt} and ${later.endedAt}`,
    rows: [
      ...findings.map((finding) => ({
        label: whatOf(finding),
        value: `${amountOf(finding)}${exports > 1 ? `, added up over ${counted(exports, 'export')}` : ''}`,
        tone: 'bad' as const,
      })),
      ...concernedRows(concerned),
      ...uncountedRows(later),
      ...(later.refused === undefined
        ? []
        : [
            sealedBy === undefined
              ? { label: 'refused', value: `${later.refused}: the backup is as it was before`, tone: 'good' as const }
              : { label: 'refused', value: `${later.refused}, and sealed all the same by ${sealedBy.runId}` },
          ]),
      ...recoveredRows(interval),
      { label: 'last run before', value: `${earlier.runId} with ${counted(earlier.counts.users, 'user')}` },
    ],
    lines: [...recoveryLines(found, where.installation), ...restoreLines(found, where), ...comparedLines(found)],
  };
}

function recoveryLines({ recovery, oldestPoint }: FoundInterval, { userPoolId }: Installation): readonly string[] {
  const command = (timestamp: string): string =>
    `aws cognito-idp initiate-point-in-time-recovery --user-pool-id ${userPoolId} --restore-timestamp ${timestamp}`;
  return [
    recovery.reaches
      ? `Cognito's own recovery reaches back before it, and brings passwords and MFA, too, where the pool was on its plan by then: it rewinds the whole living pool, also what was done rightly since. ${command(recovery.restoreTimestamp)}`
      : WHY_NOT[recovery.why],
    ...(oldestPoint === undefined
      ? []
      : [
          `Its oldest point, which moves on, lies within this time: if the damage came after that point, it helps all the same. ${command(oldestPoint)}`,
        ]),
  ];
}

function restoreLines(
  { interval, recovery, restorable, forLiving, concerned }: FoundInterval,
  { installation: { primaryRegion, userPoolId }, place, percent }: FoundWhere,
): readonly string[] {
  const { earlier } = interval;
  if (restorable === undefined)
    return ['From this backup nothing from before can be restored: no whole snapshot of that time is kept any more.'];
  const isElsewhere = restorable.runId !== forLiving?.runId;
  const isGone = isPoolGone(recovery);
  return [
    ...(restorable.runId === earlier.runId
      ? []
      : [`The snapshot of ${earlier.runId} is not whole any more; the newest before it is ${restorable.runId}.`]),
    ...(isElsewhere
      ? [
          `Only ${restorable.regions.join(' and ')} keeps a whole snapshot of ${restorable.runId}: a restore reads those of its own Region${forLiving === undefined || isGone ? '' : `, and the newest of ${primaryRegion} is ${forLiving.runId}`}.`,
        ]
      : []),
    ...(isGone || forLiving === undefined
      ? []
      : selectionLines({
          interval,
          restorable: forLiving.runId,
          victims: concerned !== undefined && 'victims' in concerned ? concerned.victims : undefined,
          poolId: userPoolId,
          place,
          percent,
        })),
    `Everybody, into a new pool${isElsewhere ? ` in ${restorable.regions.join(' or ')}` : ''}: ${typed(place, `import --to <new pool> --run ${restorable.runId}`)}`,
  ];
}

function concernedRows(concerned: IntervalUsers | undefined): readonly Row[] {
  if (concerned === undefined || 'unknown' in concerned) return [];
  const { fields, groups } = concerned.victims;
  return [
    ...fields.map(([what, items]) => ({ label: visibleText(what), value: number(items), tone: 'bad' as const })),
    ...(groups.length === 0 ? [] : [{ label: 'groups', value: visibleText(groups.join(', ')), tone: 'bad' as const }]),
  ];
}

/** What AWS's own recovery has put back is a mass, too. */
function recoveredRows({ earlier, later }: Interval): readonly Row[] {
  const before = earlier.safeguards?.recovered;
  const since = (later.safeguards?.recovered ?? []).filter((id) => before?.includes(id) === false);
  return since.length === 0
    ? []
    : [
        {
          label: 'recovered',
          value: `Cognito's own recovery ${since.join(', ')} ended in this time: what it has put back is among this`,
        },
      ];
}

function uncountedRows({ uncounted: { attributes, users } = { attributes: [], users: 0 } }: Manifest): readonly Row[] {
  return users === 0
    ? []
    : [{ label: 'not counted', value: `${counted(users, 'user')} of whom only ${attributes.join(', ')} changed` }];
}

function comparedLines({ interval: { earlier, later }, concerned }: FoundInterval): readonly string[] {
  if (concerned === undefined) return ['What it concerns was not read: narrow the time by --since and --until.'];
  const isWider = 'victims' in concerned && (concerned.from !== earlier.runId || concerned.to !== later.runId);
  return [
    ...(isWider
      ? [
          `What it concerns is what differs between the snapshots of ${concerned.from} and ${concerned.to}, the nearest that are whole: also what happened before or after.`,
        ]
      : []),
    ...('unknown' in concerned ? [`What it concerns is not known: ${concerned.unknown}.`] : []),
    ...(concerned.skipped.length === 0
      ? []
      : [`Passed over, since they are damaged: snapshots ${concerned.skipped.join(', ')}.`]),
  ];
}

/** The same for machines. */
export const intervalData = ({
  interval: { earlier, later, exports, findings, sealedBy },
  recovery,
  oldestPoint,
  restorable,
  concerned,
}: FoundInterval): Readonly<Record<string, unknown>> => ({
  earlier: earlier.runId,
  later: later.runId,
  from: earlier.startedAt,
  to: later.endedAt,
  exports,
  findings,
  ...(later.refused === undefined ? {} : { refused: later.refused, sealed_by: sealedBy?.runId ?? null }),
  uncounted_users: later.uncounted?.users ?? 0,
  restorable_run: restorable?.runId ?? null,
  restorable_regions: restorable?.regions ?? [],
  native_recovery: recovery.reaches
    ? { restore_timestamp: recovery.restoreTimestamp }
    : { reaches_not: recovery.why, ...(oldestPoint === undefined ? {} : { oldest_timestamp: oldestPoint }) },
  ...(concerned === undefined
    ? {}
    : 'unknown' in concerned
      ? { fields_unknown: concerned.unknown, skipped_snapshots: concerned.skipped }
      : {
          fields: Object.fromEntries(concerned.victims.fields),
          groups: concerned.victims.groups,
          compared: [concerned.from, concerned.to],
          skipped_snapshots: concerned.skipped,
        }),
});
