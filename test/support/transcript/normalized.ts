import { WORK_PHASES } from '../../../source/domain/state/work-figures.ts';

/** Names of one run and how they are written. */
export type KnownNames = ReadonlyMap<string, string>;

/** What differs from run to run, and what stands in its place. In this order: a run's id begins with a time. */
const PATTERNS: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/\b\d{8}T\d{6}Z-[0-9a-f]{8}\b/g, '20260101T000000Z-00000000'],
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z/g, '2026-01-01T00:00Z'],
  // Of executions, of the launch in names of workflows, and what CloudFormation adds to names.
  [/\bcli-[0-9a-f]{32}\b/g, 'cli-0123456789abcdef'],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, '00000000-0000-0000-0000-000000000000'],
  [/-(?!0{12}|111122223333)(?:[0-9a-f]{12}|[0-9A-F]{12})\b/g, '-0123456789ab'],
  [/(cognito-export-\d{12})-[0-9a-f]{8}\b/g, '$1-01234567'],
  // Time that passed, and what was done in it.
  [/\b\d+ h \d+ min\b|\b\d+ min(?: \d+ s)?\b|\b\d+ s\b/g, 'some time'],
  [/\b\d+(?:\.\d+)? calls\/s/g, 'some calls/s'],
  [/"seconds_elapsed":\d+/g, '"seconds_elapsed":0'],
  [/"(calls_done|calls_left|calls_per_second|seconds_remaining|percent_done)":[\d.]+/g, '"$1":0'],
];

/** What an execution is doing, as its follower is told: alone, or with figures behind it. */
const PHASES = WORK_PHASES.filter((phase) => phase !== 'done')
  .map((phase) => `${phase.charAt(0).toUpperCase()}${phase.slice(1)}(?:,| {2}|$)`)
  .join('|');
/** Lines that come as often, and with such figures, as the machine is fast; a fast one shows none. */
const PROGRESS = new RegExp(
  `^(?:(?:Running for |Listing |Writing |Comparing |Checking |Done, |${PHASES}).*|\\S+_(?:IN_PROGRESS|COMPLETE) \\S+ {2}\\d+ %)$`,
);
/** The same for programs, which are told every time. */
const PROGRESS_IN_JSON = /^\{"message_type":"status","message":"(?!\w+ started in )/;
/** Lists of everything that a launch makes. */
const LISTED = /^ {2}(?:Add|Modify|Remove) \S+ \(|^ {2}\w+: (?:taken by|\w[\w-]*:\S+ (?:on|by|for) )/;
const SHOWN = 3;

/** Output as it would be on any machine at any time: without progress, and of long lists the first lines. */
export function normalized(text: string, names: KnownNames): string {
  let result = shortened(text.split('\n')).join('\n');
  for (const [found, written] of names) result = result.replaceAll(found, written);
  for (const [pattern, instead] of PATTERNS) result = result.replace(pattern, instead);
  return result;
}

function shortened(lines: readonly string[]): string[] {
  const shown: string[] = [];
  let listed = 0;
  for (const line of lines) {
    listed = LISTED.test(line) ? listed + 1 : 0;
    if (listed > SHOWN) {
      if (listed === SHOWN + 1) shown.push('  ...');
    } else if (PROGRESS_IN_JSON.test(line)) {
      if (shown.at(-1) !== '...') shown.push('...');
    } else if (!PROGRESS.test(line)) shown.push(line);
  }
  return shown;
}
