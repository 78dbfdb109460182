import { findingsOf, freshnessIn, newestSealed } from '../../domain/operator/health.ts';
import type { Finding } from '../../domain/operator/health.ts';
import type { Known, RegionFacts, StatusFacts } from '../../domain/operator/facts.ts';
import type { LastDrill } from '../../domain/drill/report.ts';
import { nextStart } from '../../domain/operator/next-start.ts';
import { counted, number } from '../../domain/counted.ts';
import { settingsLines } from '../../domain/pool-settings/words.ts';
import { duration } from '../../domain/workflow/notices/text.ts';
import type { Block, Row, Tone } from '../output/output.ts';

const TONES: Readonly<Record<Finding['severity'], Tone>> = { critical: 'bad', warning: 'warning', advice: 'quiet' };

/** What status prints: the backup, both Regions, and what needs a look. */
export function statusBlocks(facts: StatusFacts): readonly Block[] {
  const findings = findingsOf(facts);
  return [
    backupBlock(facts),
    ...facts.regions.map((region) => regionBlock(region, facts)),
    findings.length === 0
      ? { heading: 'To look at', lines: ['Nothing.'] }
      : {
          heading: 'To look at',
          rows: findings.map(({ severity, text }) => ({ label: severity, value: text, tone: TONES[severity] })),
        },
  ];
}

function backupBlock(facts: StatusFacts): Block {
  const { installation, stackStatus, now } = facts;
  const sealed = newestSealed(facts);
  const freshness = freshnessIn(facts);
  const stale = freshness !== undefined && freshness.ratio > 1;
  return {
    heading: `Backup of ${installation.userPoolId} (stack ${installation.stackName}${stackStatus === undefined ? '' : `, ${stackStatus}`})`,
    rows: [
      {
        label: 'last complete export',
        value: sealed === undefined ? 'none known' : `${sealed.runId}, ended ${sealed.endedAt}`,
      },
      freshness === undefined
        ? { label: 'age', value: 'unknown', tone: 'bad' }
        : {
            label: 'age',
            value: `${duration(freshness.ageMs)}, allowed are ${duration(freshness.allowedMs)}`,
            tone: stale ? 'bad' : 'good',
          },
      ...(sealed === undefined
        ? []
        : [
            {
              label: 'holds',
              value: `${counted(sealed.counts.users, 'user')}, ${counted(sealed.counts.groups, 'group')}, ${counted(sealed.counts.memberships, 'membership')}`,
            },
          ]),
      ...(sealed === undefined ? [] : [{ label: 'settings', value: settingsLines(sealed.settings).join('\n') }]),
      { label: 'next start', value: nextStartText(facts, now) },
    ],
  };
}

function nextStartText({ regions }: StatusFacts, now: number): string {
  const primary = regions.find(({ schedule }) => schedule !== undefined);
  if (primary?.schedule === undefined) return 'unknown';
  return told(primary.schedule, (rules) => {
    const executions = 'value' in primary.ended ? primary.ended.value : [];
    return nextStart(rules, executions.find(({ workflow }) => workflow === 'ExportWorkflow')?.startedAt, now);
  }).value;
}

function regionBlock(facts: RegionFacts, { installation, now }: StatusFacts): Block {
  const { region, sealed, replica, verification, drill, snapshots, running, subscriptions, deadLetters, alarms, pool } =
    facts;
  const primary = region === installation.primaryRegion;
  return {
    heading: `${primary ? 'Primary' : 'Backup'} Region ${region}`,
    rows: [
      labelled(
        'table',
        told(sealed, (found) => found?.runId ?? 'no complete export'),
      ),
      ...(replica === undefined
        ? []
        : [
            labelled(
              'replica',
              told(
                replica,
                (state) => state,
                (state) => state === 'ACTIVE',
              ),
            ),
          ]),
      labelled(
        'verified',
        told(verification, (last) =>
          last === undefined ? 'never' : `${last.runId}, ${duration(now - Date.parse(last.verifiedAt))} ago`,
        ),
      ),
      labelled(
        'last drill',
        told(
          drill,
          (found) => (found === undefined ? 'none' : drillText(found, now)),
          (found) => found === undefined || ['good', 'ended'].includes(found.last.outcome),
        ),
      ),
      labelled(
        'snapshots',
        told(snapshots, (runs) => (runs.length === 0 ? 'none' : `${number(runs.length)}, the newest ${runs[0] ?? ''}`)),
      ),
      labelled(
        'running',
        told(running, (executions) =>
          executions.length === 0
            ? 'nothing'
            : executions
                .map(
                  ({ workflow, startedAt, executionArn, selectionId }) =>
                    `${workflow}${selectionId === undefined ? '' : ` (selection ${selectionId})`} for ${duration(now - startedAt)}: ${executionArn}`,
                )
                .join('\n'),
        ),
      ),
      labelled(
        'subscriptions',
        told(
          subscriptions,
          ({ confirmed, pending }) => `${confirmed} confirmed, ${pending} not`,
          ({ confirmed, pending }) => confirmed > 0 && pending === 0,
        ),
      ),
      labelled(
        'dead letters',
        told(deadLetters, lettersText, (queues) => queues.every(({ messages }) => messages === 0)),
      ),
      labelled(
        'alarms',
        told(alarms, alarmsText, (all) => all.every(({ state }) => state !== 'ALARM')),
      ),
      ...(pool === undefined
        ? []
        : [
            labelled(
              'pool',
              told(
                pool,
                ({ exists, deletionProtection }) =>
                  exists ? `deletion protection ${deletionProtection ? 'on' : 'off'}` : 'does not exist',
                ({ exists, deletionProtection }) => exists && deletionProtection,
              ),
            ),
          ]),
    ],
  };
}

const drillText = ({ last, lastGoodAt }: LastDrill, now: number): string => {
  const { outcome, endedAt, error, rehearsed, projectedSeconds } = last;
  const of = [
    ...(rehearsed === undefined ? [] : [counted(rehearsed.users, 'user')]),
    ...(error === undefined ? [] : [error]),
    ...(projectedSeconds === undefined ? [] : [`everybody would take ${duration(projectedSeconds * 1000)}`]),
  ];
  const good =
    outcome === 'good'
      ? ''
      : `; the last good one ${lastGoodAt === undefined ? 'never' : `${duration(now - Date.parse(lastGoodAt))} ago`}`;
  return `${outcome}, ${duration(now - Date.parse(endedAt))} ago${of.length === 0 ? '' : ` (${of.join(', ')})`}${good}`;
};

const lettersText = (queues: readonly { readonly queue: string; readonly messages: number }[]): string => {
  const full = queues.filter(({ messages }) => messages > 0);
  return full.length === 0 ? 'none' : full.map(({ queue, messages }) => `${number(messages)} in ${queue}`).join(', ');
};

const alarmsText = (alarms: readonly { readonly name: string; readonly state: string }[]): string => {
  const notOk = alarms.filter(({ state }) => state !== 'OK');
  return notOk.length === 0
    ? `${number(alarms.length)}, all OK`
    : notOk.map(({ name, state }) => `${name} ${state}`).join(', ');
};

interface Told {
  readonly value: string;
  readonly tone?: Tone;
}

const labelled = (label: string, { value, tone }: Told): Row => ({
  label,
  value,
  ...(tone === undefined ? {} : { tone }),
});

/** In words, or that nobody knows and why. */
function told<T>(known: Known<T>, text: (value: T) => string, fine: (value: T) => boolean = () => true): Told {
  if ('unknown' in known) return { value: `unknown: ${known.unknown}`, tone: 'warning' };
  return { value: text(known.value), ...(fine(known.value) ? {} : { tone: 'warning' as const }) };
}
