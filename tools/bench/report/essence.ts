import { costsOf } from '../cost.ts';
import { functionMemory } from '../function-memory.ts';
import type { BenchResults, CellResult } from '../results.ts';
import { RETIRED_COST } from './retired.ts';

const n = (value: number, digits = 0): string =>
  value.toLocaleString('en-US', { maximumFractionDigits: digits, minimumFractionDigits: digits });
const ratio = ({ seconds, limitSeconds }: CellResult): number => seconds / limitSeconds;
const highest = <T>(all: readonly T[], of: (one: T) => number): T | undefined =>
  all.reduce<T | undefined>((found, one) => (found === undefined || of(one) > of(found) ? one : found), undefined);

/** What a reader in a hurry wants to know of the results, a line for each; what there are no results for is left out. Markdown. */
export const essence = (results: BenchResults): string =>
  [...bars(results), ...ratios(results), ...rates(results), ...sizes(results), ...agreement(results), ...costs(results)]
    .map((line) => `- ${line}`)
    .join('\n');

function bars({ cells }: BenchResults): string[] {
  const broken = cells.flatMap(({ title, how, checks }) =>
    checks
      .filter(({ ok }) => !ok)
      .map(({ name, value, bar, rule }) => `${title} (${how}): ${name} ${n(value, 1)}, ${rule} ${n(bar, 1)}`),
  );
  const kept = cells.filter(({ checks }) => checks.every(({ ok }) => ok)).length;
  return [
    `Bars: ${kept} of ${cells.length} cells hold all of theirs.${broken.length === 0 ? '' : ` Not held: ${broken.join('; ')}.`}`,
  ];
}

/** Where Cognito grants less than CognitoTPS, the limit is out of reach: those cells have a line of their own. Late filters leave one chain, which its latency bounds. */
function ratios({ cells }: BenchResults): string[] {
  const ours = cells.filter(({ twin, id }) => twin !== true && !id.includes('late-filters'));
  const lines = (['export', 'import'] as const).flatMap((workflow) => {
    const runs = ours.filter((cell) => cell.workflow === workflow && cell.calls.throttled === 0);
    const worst = highest(runs, ratio);
    const largest = highest(runs, ({ seconds }) => seconds);
    return worst === undefined || largest === undefined
      ? []
      : [
          `Worst time of an ${workflow} over its limit: **${n(ratio(worst), 2)}** (${worst.title}, ${worst.how}); of the longest one ${n(ratio(largest), 2)}.`,
        ];
  });
  const throttled = highest(
    ours.filter(({ calls }) => calls.throttled > 0),
    ratio,
  );
  if (throttled === undefined) return lines;
  return [
    ...lines,
    `Throttled: ${n(ratio(throttled), 2)} (${throttled.title}), ${throttled.calls.throttled} refused calls.`,
  ];
}

function rates({ cells }: BenchResults): string[] {
  const above = cells.filter(({ calls, callsPerSecond }) => calls.maxInASecond > callsPerSecond);
  const most = highest(cells, ({ calls, callsPerSecond }) => calls.maxInASecond / callsPerSecond);
  if (most === undefined) return [];
  return [
    `Cognito calls in any sliding second: ${above.length === 0 ? 'never' : `in ${above.length} cells`} more than CognitoTPS; at most ${most.calls.maxInASecond} of ${most.callsPerSecond}.`,
  ];
}

function sizes({ cells }: BenchResults): string[] {
  const hours = ({ title, seconds }: CellResult): string => `${n(seconds / 3600, 1)} h (${title})`;
  const longest = (['export', 'import'] as const).flatMap(
    (workflow) =>
      highest(
        cells.filter((cell) => cell.workflow === workflow),
        ({ seconds }) => seconds,
      ) ?? [],
  );
  const history = highest(cells, ({ usage }) => usage.historyEvents);
  const configured = functionMemory();
  const memory = highest(
    cells.filter(({ how }) => how === 'measured').flatMap(({ usage }) => Object.entries(usage.peakMemoryMb)),
    ([name, peak]) => peak / (configured[name] ?? Infinity),
  );
  return [
    ...(longest.length === 0 ? [] : [`Longest runs: ${longest.map(hours).join(', ')}.`]),
    ...(history === undefined
      ? []
      : [`Longest history of an execution: ${n(history.usage.historyEvents)} events of 25,000 (${history.title}).`]),
    ...(memory === undefined
      ? []
      : [
          `Most memory of its own: ${memory[0]} with ${n(memory[1])} of ${n(configured[memory[0]] ?? 0)} MB, measured.`,
        ]),
  ];
}

function agreement({ agreement: pairs }: BenchResults): string[] {
  const worst = highest(pairs, ({ differencePercent }) => Math.abs(differencePercent));
  if (worst === undefined) return [];
  return [
    `Measured and computed times of the same cell differ by at most ${n(Math.abs(worst.differencePercent), 1)} % (${worst.title}).`,
  ];
}

function costs({ cells }: BenchResults): string[] {
  const daily = costsOf(cells).filter(({ frequency }) => frequency === 'EVERY_DAY');
  const shown = daily.find(({ users }) => users === RETIRED_COST.users) ?? daily.at(-1);
  if (shown === undefined) return [];
  return [
    `A daily export of ${n(shown.users)} users with ${n(shown.memberships)} memberships, ${shown.churnPercent} % changed a day: **${n(shown.dollarsPerMonth, 2)} dollars a month**, verification and snapshots included${shown.users === RETIRED_COST.users ? `; ${RETIRED_COST.dollarsPerMonth} by the guide of the retired solution` : ''}.`,
  ];
}
