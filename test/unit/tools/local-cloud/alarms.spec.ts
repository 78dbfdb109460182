import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'chai';
import { root } from '../../../support/templates.ts';

/** One value, or none, for each period, the oldest first; the period that ends with the look is the last. */
type Periods = readonly (number | undefined)[];

interface Settings {
  readonly of?: number;
  readonly toAlarm?: number;
  readonly missing?: 'breaching' | 'notBreaching' | 'ignore' | 'missing';
  readonly state?: string;
  readonly operator?: string;
  readonly scale?: number;
  readonly statistic?: string;
}
interface Judged {
  readonly states: readonly string[];
  readonly actions: readonly (readonly [string, string])[];
  readonly events: readonly {
    readonly state: { readonly value: string; readonly reasonData: string };
    readonly previousState: { readonly value: string };
    readonly configuration: { readonly metrics: readonly unknown[] };
  }[];
}

const HOUR = 3600;
/** Of the first look, in seconds. */
const NOW = 1_772_323_200;

/** What the evaluator gets for an alarm above 1, whose data points lie in the middle of their hours. */
function aCase(periods: Periods, settings: Settings = {}, looks = 1): unknown {
  const { of = 3, toAlarm, missing, state = 'OK', operator = 'GreaterThanThreshold', statistic = 'Maximum' } = settings;
  const { scale = 1 } = settings;
  return {
    scale,
    alarm: {
      AlarmName: 'a',
      AlarmArn: 'arn:alarm',
      AlarmDescription: 'd',
      Namespace: 'n',
      MetricName: 'm',
      Dimensions: [{ Name: 'StackName', Value: 'main' }],
      Statistic: statistic,
      Period: HOUR,
      EvaluationPeriods: of,
      Threshold: 1,
      ComparisonOperator: operator,
      StateValue: state,
      StateUpdatedTimestamp: NOW - 10 * HOUR,
      ...(toAlarm === undefined ? {} : { DatapointsToAlarm: toAlarm }),
      ...(missing === undefined ? {} : { TreatMissingData: missing }),
    },
    points: periods.flatMap((value, index) =>
      value === undefined ? [] : [{ Timestamp: NOW - (periods.length - index - 0.5) * HOUR * scale, Value: value }],
    ),
    looks: Array.from({ length: looks }, (_, index) => NOW + index * HOUR * scale),
  };
}

function judged(cases: readonly unknown[]): readonly Judged[] {
  const { stdout, stderr, status } = spawnSync('python3', [join(root, 'test/support/local-cloud/judge_alarms.py')], {
    input: JSON.stringify(cases),
    encoding: 'utf8',
    env: { ...process.env, PYTHONPATH: join(root, 'tools/local-cloud/ministack'), PYTHONDONTWRITEBYTECODE: '1' },
  });
  expect(status, stderr).to.equal(0);
  return JSON.parse(stdout) as Judged[];
}

/** Each line's state after one look. */
function expectStates(lines: readonly (readonly [Periods, Settings, string])[]): void {
  const found = judged(lines.map(([periods, settings]) => aCase(periods, settings)));
  for (const [index, [periods, settings, state]] of lines.entries())
    expect(found[index]?.states.at(-1), JSON.stringify({ periods, settings })).to.equal(state);
}

const GONE = undefined;

describe('local cloud: alarms', () => {
  it('an alarm goes off when as many of its periods are breaching as it says, and not before', () => {
    expectStates([
      [[2, 2, 2], {}, 'ALARM'],
      [[2, 2, 1], {}, 'OK'],
      [[0, 2, 2], {}, 'OK'],
      [[0, 2, 2], { toAlarm: 2 }, 'ALARM'],
      [[2, 0, 2], { toAlarm: 2 }, 'ALARM'],
      [[2, 0, 0], { toAlarm: 2, state: 'ALARM' }, 'OK'],
      [[2, 2, 2, 0], { of: 1 }, 'OK'],
      [[0, 0, 0, 2], { of: 1 }, 'ALARM'],
      [[2, 2, 2, 0, 0, 0], {}, 'OK'],
    ]);
  });

  it('the threshold itself breaches only where the operator says so', () => {
    expectStates([
      [[1], { of: 1 }, 'OK'],
      [[1], { of: 1, operator: 'GreaterThanOrEqualToThreshold' }, 'ALARM'],
      [[1], { of: 1, operator: 'LessThanThreshold' }, 'OK'],
      [[1], { of: 1, operator: 'LessThanOrEqualToThreshold' }, 'ALARM'],
    ]);
  });

  it('without any data point the state is what the alarm says of missing data; unsaid it is INSUFFICIENT_DATA', () => {
    expectStates(
      ['OK', 'ALARM', 'INSUFFICIENT_DATA'].flatMap((state) => [
        [[], { missing: 'breaching', state }, 'ALARM'],
        [[], { missing: 'notBreaching', state }, 'OK'],
        [[], { missing: 'ignore', state }, state],
        [[], { missing: 'missing', state }, 'INSUFFICIENT_DATA'],
        [[], { state }, 'INSUFFICIENT_DATA'],
      ]),
    );
  });

  it('a missing period among others counts as the alarm says', () => {
    expectStates([
      [[2, GONE, 2], { missing: 'breaching' }, 'ALARM'],
      [[2, GONE, 2], { missing: 'notBreaching' }, 'OK'],
      [[2, GONE, 2], { missing: 'notBreaching', toAlarm: 2 }, 'ALARM'],
      [[0, GONE, GONE], { missing: 'breaching' }, 'OK'],
      [[0, GONE, GONE], { missing: 'breaching', toAlarm: 2 }, 'ALARM'],
    ]);
  });

  it('data points of one period are taken together by the statistic', () => {
    const two = (statistic: string): unknown => {
      const one = aCase([0.6], { of: 1, statistic }) as { points: { Timestamp: number; Value: number }[] };
      return { ...one, points: [...one.points, ...one.points] };
    };
    expect(judged([two('Sum'), two('Maximum')]).map(({ states }) => states[0])).to.deep.equal(['ALARM', 'OK']);
  });

  it('data that stops: breaching after all periods are empty, told once', () => {
    const [silent] = judged([aCase([0, 0, 0], { missing: 'breaching' }, 6)]);
    expect(silent?.states).to.deep.equal(['OK', 'OK', 'OK', 'ALARM', 'ALARM', 'ALARM']);
    expect(silent?.actions).to.deep.equal([['OK', 'ALARM']]);
    expect(silent?.events).to.have.length(1);
  });

  it('tells EventBridge each change with old and new state, the metric and the recent data points, and nothing else', () => {
    const [changed, same, kept] = judged([aCase([2, 2, 2]), aCase([0, 0, 0]), aCase([], { missing: 'ignore' })]);
    expect([same?.events, kept?.events]).to.deep.equal([[], []]);
    const [event] = changed?.events ?? [];
    expect(event).to.deep.include({ previousState: { value: 'OK', timestamp: '2026-02-28T14:00:00.000+0000' } });
    expect(event?.state.value).to.equal('ALARM');
    expect(JSON.parse(event?.state.reasonData ?? '')).to.deep.include({ recentDatapoints: [2, 2, 2], threshold: 1 });
    expect(event?.configuration.metrics).to.deep.equal([
      {
        id: 'm1',
        metricStat: {
          metric: { namespace: 'n', name: 'm', dimensions: { StackName: 'main' } },
          period: HOUR,
          stat: 'Maximum',
        },
        returnData: true,
      },
    ]);
  });

  it('a first data point ends INSUFFICIENT_DATA, and its end is told as such', () => {
    const [first] = judged([aCase([0], { of: 1, state: 'INSUFFICIENT_DATA' })]);
    expect(first?.actions).to.deep.equal([['INSUFFICIENT_DATA', 'OK']]);
  });

  it('periods shortened by the scale are judged alike', () => {
    expectStates([
      [[2, 2, 2], { scale: 0.001 }, 'ALARM'],
      [[2, 2, 2, 0, 0, 0], { scale: 0.001 }, 'OK'],
    ]);
  });
});
