import { costsOf } from '../cost.ts';
import { billOf, WATCH_LIMIT_DOLLARS } from '../watch-cost.ts';
import { textTable } from '../../demo/table.ts';
import type { BenchResults, Check } from '../results.ts';

const number = (value: number | undefined, digits = 1): string =>
  value === undefined
    ? ''
    : value.toLocaleString('en-US', { maximumFractionDigits: digits, minimumFractionDigits: digits });

const percent = (share: number | undefined): number | undefined => (share === undefined ? undefined : share * 100);

/** Prints the tables; returns how many bars were broken. */
export function printResults(results: BenchResults): number {
  const say = (text: string): void => {
    process.stdout.write(`\n${text}\n`);
  };
  say(
    textTable(
      [
        'cell',
        'how',
        'seconds',
        'limit',
        'ratio',
        'calls',
        'throttled',
        'max/s',
        'mean/s',
        'items written',
        'write units',
        'read units',
        'transitions',
        'events',
        'GB-s',
      ],
      results.cells.map(({ title, how, twin, seconds, limitSeconds, calls, usage }) => [
        title,
        twin === true ? 'as measured' : how,
        number(seconds),
        number(limitSeconds),
        number(seconds / limitSeconds, 2),
        number(calls.total, 0),
        number(calls.throttled, 0),
        calls.maxInASecond,
        number(calls.meanPerSecond),
        usage.itemsWritten,
        number(usage.writeUnits, 0),
        number(usage.readUnits, 0),
        usage.transitions,
        usage.historyEvents,
        number(usage.gbSeconds, 0),
      ]),
    ),
  );
  const restores = results.cells.filter(({ milestones }) => milestones !== undefined);
  if (restores.length > 0) {
    say(
      textTable(
        [
          'restore',
          'how',
          'administrators back, s',
          'updates from, s',
          'jobs done, s',
          'updates during jobs, %',
          'every user exists, s',
          'done, s',
        ],
        restores.map(({ title, how, milestones, seconds }) => [
          title,
          how,
          number(milestones?.administratorsBack),
          number(milestones?.updatesFrom),
          number(milestones?.jobsDone),
          number(percent(milestones?.updatesDuringJobs), 0),
          number(milestones?.everyUserExists),
          number(seconds),
        ]),
      ),
    );
  }
  if (results.agreement.length > 0) {
    say(
      textTable(
        ['both ways', 'measured, s', 'computed, s', 'difference, %'],
        results.agreement.map(({ title, measuredSeconds, computedSeconds, differencePercent }) => [
          title,
          number(measuredSeconds),
          number(computedSeconds),
          number(differencePercent),
        ]),
      ),
    );
  }
  for (const { workflow, users, memberships, functions, largestObjectMb, largestPayloadKb } of results.state) {
    say(
      `${workflow}, ${number(users, 0)} users, ${number(memberships, 0)} memberships; largest object read whole ${number(largestObjectMb)} MB, largest payload ${number(largestPayloadKb)} KiB`,
    );
    say(
      textTable(
        ['function', 'peak MB', 'invocations', 'longest, s', 'processor, s', 'longest, s'],
        Object.entries(functions).map(([name, figures]) => [
          name,
          number(figures.peakMemoryMb, 0),
          figures.invocations,
          number(figures.longestSeconds),
          number(figures.cpuSeconds),
          number(figures.longestCpuSeconds),
        ]),
      ),
    );
  }
  if (results.growth.length > 0) {
    say(
      textTable(
        ['growth of', 'workflow', 'users, x', 'processor, x', 'memory, x'],
        results.growth.map(({ functionName, workflow, users, cpu, memory }) => [
          functionName,
          workflow,
          number(users),
          number(cpu),
          number(memory),
        ]),
      ),
    );
  }
  const costs = costsOf(results.cells);
  if (costs.length > 0) {
    say(
      textTable(
        ['dollars a month', 'users', 'memberships', 'changed a day, %', 'exports', '$'],
        costs.map(({ frequency, users, memberships, churnPercent, exportsPerMonth, dollarsPerMonth }) => [
          frequency,
          users,
          memberships,
          churnPercent,
          number(exportsPerMonth),
          number(dollarsPerMonth, 2),
        ]),
      ),
    );
  }
  const broken = brokenBars(results);
  say(
    broken.length === 0
      ? `Every bar was met (${checkCount(results)} of them).`
      : `Bars that were broken:\n${broken.map((line) => `  ${line}`).join('\n')}`,
  );
  return broken.length;
}

const allChecks = ({ cells, state }: BenchResults): { readonly title: string; readonly check: Check }[] => [
  ...cells.flatMap(({ title, how, checks }) => checks.map((check) => ({ title: `${how} ${title}`, check }))),
  ...state.flatMap(({ workflow, users, checks }) =>
    checks.map((check) => ({ title: `${workflow} of ${users} users`, check })),
  ),
];
const checkCount = (results: BenchResults): number =>
  allChecks(results).length + results.agreement.length + results.growth.length;

/** One line per bar that does not hold. */
export function brokenBars(results: BenchResults): string[] {
  const bills = costsOf(results.cells)
    .filter(({ users, frequency }) => users === 500_000 && frequency === 'EVERY_DAY')
    .flatMap(({ lines }) => {
      const { backup, watch } = billOf(lines);
      return [
        { what: 'the backup', dollars: backup, limit: 5 },
        { what: 'watching it', dollars: watch, limit: WATCH_LIMIT_DOLLARS },
      ];
    });
  return [
    ...allChecks(results)
      .filter(({ check }) => !check.ok)
      .map(
        ({ title, check }) =>
          `${title}: ${check.name} ${number(check.value, 2)}, ${check.rule} ${number(check.bar, 2)} wanted`,
      ),
    ...results.agreement
      .filter(({ ok }) => !ok)
      .map(
        ({ title, differencePercent }) => `${title}: computed and measured differ by ${number(differencePercent)} %`,
      ),
    ...results.growth
      .filter(({ ok }) => !ok)
      .map(
        ({ functionName, workflow, users, cpu, memory }) =>
          `${functionName} of the ${workflow}: processor time x ${number(cpu)} and memory x ${number(memory)} for ${number(users)} x the users`,
      ),
    ...results.failed,
    ...bills
      .filter(({ dollars, limit }) => dollars >= limit)
      .map(
        ({ what, dollars, limit }) =>
          `500,000 users: ${what} costs ${number(dollars, 2)} dollars a month, less than ${limit} allowed`,
      ),
  ];
}
