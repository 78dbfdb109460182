import type { Manifest } from '../../domain/backup/manifest.ts';
import type { DamageFinding, Interval, NativeRecovery } from '../../domain/history/damage.ts';
import type { Installation } from '../../domain/operator/installation.ts';
import { counted, number } from '../../domain/counted.ts';
import type { Block, Row } from '../output/output.ts';
import { typed } from '../program.ts';
import type { TypedPlace } from '../program.ts';
import type { IntervalUsers } from './interval-users.ts';

/** An interval, and what is known about it. */
export interface FoundInterval {
  readonly interval: Interval;
  readonly recovery: NativeRecovery;
  /** The run that a restore would take; undefined when none from before is kept whole. */
  readonly restorable: string | undefined;
  /** Absent where the snapshots around it were not read. */
  readonly concerned?: IntervalUsers;
}

/** What `damage` takes to find this interval and no other. */
export const intervalOptions = ({ earlier, later }: Interval): string =>
  `--since ${earlier.startedAt} --until ${later.startedAt}`;

/** One interval in one line. */
export const intervalText = ({ earlier, later, findings }: Interval): string =>
  `Between ${earlier.startedAt} and ${later.endedAt}: ${findings.map((finding) => `${finding.kind} ${finding.change} ${amountOf(finding)}`).join(', ')}`;

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
export function intervalBlock(
  { interval, recovery, restorable, concerned }: FoundInterval,
  { installation: { userPoolId }, place }: { readonly installation: Installation; readonly place: TypedPlace },
): Block {
  const { earlier, later, findings, exports } = interval;
  const isChange = findings.some(({ change }) => change === 'changed');
  return {
    heading: `Between ${earlier.startedAt} and ${later.endedAt}`,
    rows: [
      ...findings.map((finding) => ({
        label: `${finding.kind} ${finding.change}`,
        value: `${amountOf(finding)}${exports > 1 ? `, added up over ${counted(exports, 'export')}` : ''}`,
        tone: 'bad' as const,
      })),
      ...concernedRows(concerned),
      ...uncountedRows(later),
      ...(later.refused === undefined
        ? []
        : [{ label: 'refused', value: `${later.refused}: the backup is as it was before`, tone: 'good' as const }]),
      { label: 'last run before', value: `${earlier.runId} with ${counted(earlier.counts.users, 'user')}` },
    ],
    lines: [
      recovery.reaches
        ? `Cognito's own recovery reaches back before it, and brings passwords and MFA, too, where the pool was on its plan by then: it rewinds the whole living pool, also what was done rightly since. aws cognito-idp initiate-point-in-time-recovery --user-pool-id ${userPoolId} --restore-timestamp ${recovery.restoreTimestamp}`
        : WHY_NOT[recovery.why],
      ...(restorable === undefined
        ? ['From this backup nothing from before can be restored: no whole snapshot of that time is kept any more.']
        : [
            ...(restorable === earlier.runId
              ? []
              : [`The snapshot of ${earlier.runId} is not whole any more; the newest before it is ${restorable}.`]),
            ...(recovery.reaches || recovery.why !== 'gone'
              ? selectionLines({
                  interval,
                  restorable,
                  groups: groupsOf(concerned),
                  isChange,
                  poolId: userPoolId,
                  place,
                })
              : []),
            `Everybody, into a new pool: ${typed(place, `import --to <new pool> --run ${restorable}`)}`,
          ]),
      ...skippedLines(concerned),
    ],
  };
}

/** What brings back the victims alone, into the living pool. */
function selectionLines({
  interval,
  restorable,
  groups,
  isChange,
  poolId,
  place,
}: {
  readonly interval: Interval;
  readonly restorable: string;
  readonly groups: readonly string[];
  readonly isChange: boolean;
  readonly poolId: string;
  readonly place: TypedPlace;
}): readonly string[] {
  const isAboutUsers = interval.findings.some(({ kind }) => kind !== 'groups');
  return [
    ...(isAboutUsers
      ? [
          `Who is concerned, into a file: ${typed(place, `damage ${intervalOptions(interval)} --save victims.txt`)}`,
          `These users, into the living pool: ${typed(place, `restore-user --from-file victims.txt --to ${poolId} --run ${restorable}${isChange ? ' --existing update' : ''} --dry-run`)}`,
        ]
      : []),
    ...(interval.findings.some(({ kind, change }) => kind === 'groups' && change === 'deleted')
      ? [
          `The groups with their members: ${typed(place, `restore-group ${groups.length === 0 ? '<group>' : groups.map(quoted).join(' ')} --to ${poolId} --run ${restorable} --dry-run`)}`,
        ]
      : []),
  ];
}

/** As a shell takes it as one word. */
const quoted = (name: string): string => (/^[\w.@%+=:,/-]+$/.test(name) ? name : `'${name.replaceAll("'", `'\\''`)}'`);

const groupsOf = (concerned: IntervalUsers | undefined): readonly string[] =>
  concerned !== undefined && 'victims' in concerned ? concerned.victims.groups : [];

function concernedRows(concerned: IntervalUsers | undefined): readonly Row[] {
  if (concerned === undefined || 'unknown' in concerned) return [];
  const { fields, groups } = concerned.victims;
  return [
    ...fields.map(([what, items]) => ({ label: what, value: number(items), tone: 'bad' as const })),
    ...(groups.length === 0 ? [] : [{ label: 'groups', value: groups.join(', '), tone: 'bad' as const }]),
  ];
}

function uncountedRows({ uncounted: { attributes, users } = { attributes: [], users: 0 } }: Manifest): readonly Row[] {
  return users === 0
    ? []
    : [{ label: 'not counted', value: `${counted(users, 'user')} of whom only ${attributes.join(', ')} changed` }];
}

function skippedLines(concerned: IntervalUsers | undefined): readonly string[] {
  if (concerned === undefined) return ['What it concerns was not read: narrow the time by --since and --until.'];
  return [
    ...('unknown' in concerned ? [`What it concerns is not known: ${concerned.unknown}.`] : []),
    ...(concerned.skipped.length === 0
      ? []
      : [`Passed over, since they are damaged: snapshots ${concerned.skipped.join(', ')}.`]),
  ];
}

/** The same for machines. */
export const intervalData = ({
  interval: { earlier, later, exports, findings },
  recovery,
  restorable,
  concerned,
}: FoundInterval): Readonly<Record<string, unknown>> => ({
  earlier: earlier.runId,
  later: later.runId,
  from: earlier.startedAt,
  to: later.endedAt,
  exports,
  findings,
  uncounted_users: later.uncounted?.users ?? 0,
  restorable_run: restorable ?? null,
  native_recovery: recovery.reaches ? { restore_timestamp: recovery.restoreTimestamp } : { reaches_not: recovery.why },
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
