import { FREQUENCY_HOURS, freshnessOf } from '../backup/freshness.ts';
import type { ExportFrequency, Freshness } from '../backup/freshness.ts';
import type { Manifest } from '../backup/manifest.ts';
import { counted } from '../counted.ts';
import { duration } from '../workflow/notices/text.ts';
import { valueOf } from './facts.ts';
import type { Known, RegionFacts, StatusFacts } from './facts.ts';
import { unusableStatus } from './installation.ts';

/** Something to look at. `advice` is told, but no reason for monitoring to call anybody. */
export interface Finding {
  readonly severity: 'critical' | 'warning' | 'advice';
  readonly text: string;
}

/** The newest sealed run of which any Region tells. */
export function newestSealed({ regions }: Pick<StatusFacts, 'regions'>): Manifest | undefined {
  const manifests = regions.flatMap(({ sealed }) => valueOf(sealed)?.manifest ?? []);
  return manifests.sort((one, other) => (one.runId < other.runId ? 1 : -1))[0];
}

const isFrequency = (text: string): text is ExportFrequency => Object.hasOwn(FREQUENCY_HOURS, text);

/** The age of the backup against its schedule; undefined where nobody can tell. */
export function freshnessIn(facts: StatusFacts): Freshness | undefined {
  const sealed = newestSealed(facts);
  const frequency = facts.installation.exportFrequency;
  // Without a run, its absence must have been seen: a Region that did not answer could have one.
  const absent = facts.regions.some(({ sealed: known }) => 'value' in known && known.value === undefined);
  if (!isFrequency(frequency) || (sealed === undefined && (!absent || facts.launchedAt === undefined)))
    return undefined;
  return freshnessOf({ frequency, sealed, launchedAt: facts.launchedAt ?? facts.now, now: facts.now });
}

/** Everything that is not as it should be, the worst first. */
export function findingsOf(facts: StatusFacts): readonly Finding[] {
  const found = [
    ...ageFindings(facts),
    ...stackFindings(facts),
    ...facts.regions.flatMap((region) => regionFindings(region, facts)),
    ...silentRegions(facts),
  ];
  const order = ['critical', 'warning', 'advice'];
  return found.sort((one, other) => order.indexOf(one.severity) - order.indexOf(other.severity));
}

const critical = (text: string): Finding => ({ severity: 'critical', text });
const warning = (text: string): Finding => ({ severity: 'warning', text });

function ageFindings(facts: StatusFacts): Finding[] {
  const freshness = freshnessIn(facts);
  const sealed = newestSealed(facts);
  if (freshness === undefined) return [critical('the age of the backup is unknown')];
  const { ageMs, allowedMs, ratio } = freshness;
  if (sealed === undefined)
    return [
      ratio > 1
        ? critical(`no export was ever complete, ${duration(ageMs)} after the launch`)
        : warning('no export is complete yet'),
    ];
  return ratio > 1
    ? [critical(`the last complete export is ${duration(ageMs)} old, ${duration(allowedMs)} are allowed`)]
    : [];
}

function stackFindings({ stackStatus }: StatusFacts): Finding[] {
  const unusable = stackStatus === undefined ? undefined : unusableStatus(stackStatus);
  return unusable === undefined ? [] : [warning(`the main stack: ${unusable.found}`)];
}

/** A Region that could not even be asked. */
const silentRegions = ({ installation: { primaryRegion, secondaryRegion }, regions }: StatusFacts): Finding[] =>
  [primaryRegion, secondaryRegion]
    .filter((region) => !regions.some((one) => one.region === region))
    .map((region) => warning(`${region} is unknown: it does not answer`));

function regionFindings(facts: RegionFacts, all: StatusFacts): Finding[] {
  const { region } = facts;
  const inRegion = (text: string): string => `${text} in ${region}`;
  return [
    ...unknownParts(facts).map(({ part, why }) => warning(`${inRegion(part)} unknown: ${why}`)),
    ...poolFindings(facts),
    ...scheduleFindings(facts),
    ...replicaFindings(facts, all),
    ...alarmFindings(facts),
    ...lastEnds(facts),
    ...drillFindings(facts),
    ...messageFindings(facts),
  ];
}

function alarmFindings({ region, alarms }: RegionFacts): Finding[] {
  const inState = (wanted: string): readonly string[] =>
    (valueOf(alarms) ?? []).filter(({ state }) => state === wanted).map(({ name }) => name);
  return [
    ...inState('ALARM').map((name) => critical(`alarm ${name} in ${region}`)),
    ...inState('MISSING').map((name) => warning(`alarm ${name} in ${region} is gone: nobody hears of what it watched`)),
  ];
}

function poolFindings({ pool }: RegionFacts): Finding[] {
  const found = pool === undefined ? undefined : valueOf(pool);
  if (found === undefined) return [];
  if (!found.exists) return [critical('the user pool does not exist')];
  return found.deletionProtection
    ? []
    : [{ severity: 'advice', text: 'the user pool has no deletion protection: switch it on' }];
}

function scheduleFindings({ schedule }: RegionFacts): Finding[] {
  const rules = schedule === undefined ? undefined : valueOf(schedule);
  return rules === undefined || rules.some(({ enabled }) => enabled)
    ? []
    : [warning(rules.length === 0 ? 'no schedule starts exports' : 'the schedule of the exports is disabled')];
}

function replicaFindings({ region, replica, sealed }: RegionFacts, all: StatusFacts): Finding[] {
  const state = replica === undefined ? undefined : valueOf(replica);
  const newest = newestSealed(all)?.runId;
  const known = valueOf(sealed);
  return [
    ...(state === undefined || state === 'ACTIVE' ? [] : [warning(`the replica is ${state}`)]),
    ...(newest !== undefined && 'value' in sealed && known?.runId !== newest
      ? [warning(`the table in ${region} has not the last complete export`)]
      : []),
  ];
}

/** The newest end of each workflow, where it was no success. */
const lastEnds = ({ ended, region }: RegionFacts): Finding[] =>
  (valueOf(ended) ?? [])
    // What a drill found stands in its own report, which also says whether it only gave way to a restore.
    .filter(({ status, workflow }) => status !== 'SUCCEEDED' && workflow !== 'DrillWorkflow')
    .map(({ workflow, status }) => warning(`the last ${workflow} in ${region} ended as ${status}`));

function drillFindings({ region, drill }: RegionFacts): Finding[] {
  const { outcome, error } = valueOf(drill)?.last ?? { outcome: 'good' };
  return outcome === 'good' || outcome === 'ended'
    ? []
    : [
        warning(
          `the last drill in ${region} ${outcome === 'failed' ? `failed: ${error ?? 'unknown'}` : 'found something else than the backup'}`,
        ),
      ];
}

function messageFindings({ region, subscriptions, deadLetters }: RegionFacts): Finding[] {
  const { confirmed = 0, pending = 0 } = valueOf(subscriptions) ?? {};
  const lost = (valueOf(deadLetters) ?? []).filter(({ messages }) => messages > 0);
  return [
    ...(pending > 0 ? [warning(`${counted(pending, 'subscription')} in ${region} not confirmed`)] : []),
    ...('value' in subscriptions && confirmed + pending === 0
      ? [warning(`nobody hears of ${region}: no subscription`)]
      : []),
    ...lost.map(({ queue, messages }) => warning(`${counted(messages, 'message')} in ${queue} in ${region}`)),
  ];
}

const PARTS: readonly (readonly [part: string, of: (facts: RegionFacts) => Known<unknown> | undefined])[] = [
  ['the table', ({ sealed }) => sealed],
  ['the last verification', ({ verification }) => verification],
  ['the last drill', ({ drill }) => drill],
  ['snapshots', ({ snapshots }) => snapshots],
  ['running executions', ({ running }) => running],
  ['ended executions', ({ ended }) => ended],
  ['subscriptions', ({ subscriptions }) => subscriptions],
  ['dead letters', ({ deadLetters }) => deadLetters],
  ['alarms', ({ alarms }) => alarms],
  ['the schedule', ({ schedule }) => schedule],
  ['the replica', ({ replica }) => replica],
  ['the user pool', ({ pool }) => pool],
];

/** What could not be seen, by its reason: a Region that is down is one finding, not twelve. */
export function unknownParts(facts: RegionFacts): readonly { readonly part: string; readonly why: string }[] {
  const reasons = new Map<string, string[]>();
  for (const [part, of] of PARTS) {
    const known = of(facts);
    if (known !== undefined && 'unknown' in known)
      reasons.set(known.unknown, [...(reasons.get(known.unknown) ?? []), part]);
  }
  return [...reasons].map(([why, parts]) => ({ part: parts.length > 3 ? 'most' : parts.join(', '), why }));
}

/** One line for monitoring. */
export function checkLine(facts: StatusFacts): {
  readonly level: 'OK' | 'WARNING' | 'CRITICAL';
  readonly line: string;
} {
  const findings = findingsOf(facts).filter(({ severity }) => severity !== 'advice');
  const level = findings.some(({ severity }) => severity === 'critical')
    ? 'CRITICAL'
    : findings.length > 0
      ? 'WARNING'
      : 'OK';
  const sealed = newestSealed(facts);
  const age = freshnessIn(facts);
  const backup =
    sealed === undefined || age === undefined
      ? []
      : [`${counted(sealed.counts.users, 'user')}, ${duration(age.ageMs)} old, ${duration(age.allowedMs)} allowed`];
  return { level, line: `${level}: ${[...findings.map(({ text }) => text), ...backup].join('; ')}` };
}
