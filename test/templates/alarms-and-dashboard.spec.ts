import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { METRIC_UNITS, METRICS_DIMENSION, METRICS_NAMESPACE } from '../../source/domain/watch/metrics.ts';
import { dashboardIn } from '../../tools/docs/dashboard.ts';
import { references, resourcesOf, root, stackSetTemplate } from '../support/templates.ts';

interface Alarm {
  AlarmDescription: string;
  Namespace: string;
  MetricName: string;
  Dimensions: { Name: string; Value: unknown }[];
  Statistic: string;
  Period: number;
  EvaluationPeriods: number;
  DatapointsToAlarm: number;
  Threshold: number;
  TreatMissingData: string;
}
const alarms = resourcesOf(stackSetTemplate, 'AWS::CloudWatch::Alarm').map(([id, { Properties, Condition }]) => ({
  id,
  Condition,
  ...(Properties as unknown as Alarm),
}));
const PLACES = ['primary', 'backup'] as const;
/** Metrics that AWS emits by itself, with their dimensions, as their documents name them. */
const AWS_METRICS: Readonly<Record<string, readonly string[]>> = {
  'AWS/SQS ApproximateNumberOfMessagesVisible': ['QueueName'],
  'AWS/Lambda Errors': ['FunctionName'],
  'AWS/DynamoDB ReplicationLatency': ['ReceivingRegion', 'TableName'],
};
const ours = Object.keys(METRIC_UNITS);

describe('Alarms of the StackSet template', () => {
  it('judge metrics that a function of ours emits, by the one dimension, or that AWS emits', () => {
    for (const { id, Namespace, MetricName, Dimensions } of alarms) {
      const names = Dimensions.map(({ Name }) => Name);
      if (Namespace === METRICS_NAMESPACE) {
        expect(ours, id).to.include(MetricName);
        expect(names, id).to.deep.equal([METRICS_DIMENSION]);
        expect(Dimensions[0]?.Value).to.deep.equal({ 'Fn::GetAtt': ['StackSetConstants', 'MainStackName'] });
      } else expect(AWS_METRICS[`${Namespace} ${MetricName}`], id).to.deep.equal(names);
    }
  });

  it('the one of the age goes off above 1 at three points an hour apart, and when there is no data', () => {
    expect(alarms.find(({ MetricName }) => MetricName === 'BackupAgeRatio')).to.deep.include({
      Condition: undefined,
      Statistic: 'Maximum',
      Period: 3600,
      EvaluationPeriods: 3,
      DatapointsToAlarm: 3,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'breaching',
    });
  });

  it('take silence for no news where a metric comes only when there is something to tell', () => {
    for (const { id, MetricName, TreatMissingData } of alarms)
      expect(TreatMissingData, id).to.equal(
        { BackupAgeRatio: 'breaching', UnverifiedAge: 'ignore', SnapshotAgeRatio: 'ignore' }[MetricName] ??
          'notBreaching',
      );
  });

  it('have no fixed name, no action and a window of at most seven days', () => {
    for (const alarm of alarms) {
      expect(alarm, alarm.id).not.to.have.any.keys('AlarmName', 'AlarmActions', 'OKActions');
      expect(alarm.Period * alarm.EvaluationPeriods, alarm.id).to.be.at.most(7 * 86_400);
      expect(alarm.DatapointsToAlarm, alarm.id).to.equal(alarm.EvaluationPeriods);
    }
  });

  it('watch every dead-letter queue', () => {
    const watched = alarms
      .filter(({ Namespace }) => Namespace === 'AWS/SQS')
      .map(({ Dimensions, Condition }) => [references(Dimensions)[0]?.target, Condition]);
    const queues = resourcesOf(stackSetTemplate, 'AWS::SQS::Queue')
      .filter(([id]) => id.includes('DeadLetter'))
      .map(([id, { Condition }]) => [id, Condition]);
    expect(watched).to.have.deep.members(queues);
  });

  it('reach MessageBroker through EventBridge, all but those whose executions have sent a message', () => {
    const rule = stackSetTemplate.Resources['AlarmRule']?.Properties as {
      EventPattern: { resources: unknown; source: unknown; detail: unknown };
    };
    const told = references(rule.EventPattern.resources)
      .map(({ target }) => target)
      .filter((target) => target.endsWith('Alarm'));
    const silent = ['FailedExecutionsAlarm', 'FailedVerificationsAlarm', 'FailedDrillsAlarm', 'GuardRefusalsAlarm'];
    expect([...told, ...silent]).to.have.members(alarms.map(({ id }) => id));
    expect(rule.EventPattern.source).to.deep.equal(['aws.cloudwatch']);
    expect(rule.EventPattern.detail).to.deep.equal({ state: { value: ['ALARM'] } });
  });

  it('vanish with the stack, as the dashboard does', () => {
    for (const type of ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::Dashboard'])
      for (const [id, resource] of resourcesOf(stackSetTemplate, type))
        expect(resource, id).not.to.have.any.keys('DeletionPolicy', 'UpdateReplacePolicy');
  });
});

describe('Dashboard of the StackSet template', () => {
  it('carries the Region in its name, since dashboards belong to the account', () => {
    const [first, ...others] = resourcesOf(stackSetTemplate, 'AWS::CloudWatch::Dashboard');
    expect(others).to.deep.equal([]);
    expect(first?.[1].Properties['DashboardName']).to.deep.equal({
      'Fn::Sub': 'CognitoUserProfilesExport-${StackSetConstants.InstanceId}-${AWS::Region}',
    });
  });

  for (const place of PLACES) {
    describe(`in the ${place} Region`, () => {
      const { widgets } = dashboardIn(stackSetTemplate, place);
      const shown = widgets.flatMap(({ metrics }) => metrics);

      it('is valid: widgets do not overlap and are within 24 columns', () => {
        const taken = new Set<string>();
        for (const { x, y, width, height, title } of widgets) {
          expect(x + width, title).to.be.at.most(24);
          for (let column = x; column < x + width; column += 1)
            for (let row = y; row < y + height; row += 1) {
              expect(taken.has(`${column},${row}`), `${title} overlaps at ${column},${row}`).to.equal(false);
              taken.add(`${column},${row}`);
            }
        }
        expect(widgets.length).to.be.above(10);
      });

      it('shows metrics that are emitted, at most 50, which are free', () => {
        for (const { namespace, name, dimensions } of shown)
          if (namespace === METRICS_NAMESPACE) {
            expect(ours).to.include(name);
            expect(Object.keys(dimensions), name).to.deep.equal([METRICS_DIMENSION]);
          } else expect(AWS_METRICS[`${namespace} ${name}`], name).to.deep.equal(Object.keys(dimensions).sort());
        const distinct = new Set(
          shown.map(({ namespace, name, dimensions }) => JSON.stringify([namespace, name, dimensions])),
        );
        expect(distinct.size).to.be.at.most(50);
      });

      it('shows the errors and the memory of every function of the Region, and lists every alarm', () => {
        const exists = ({ Condition }: { Condition?: string | undefined }): boolean =>
          Condition !== (place === 'primary' ? 'IsBackupRegion' : 'IsPrimaryRegion');
        const functions = resourcesOf(stackSetTemplate, 'AWS::Lambda::Function')
          .filter(([id, resource]) => exists(resource) && id !== 'StackSetConstantsFunction')
          .map(([id]) => id);
        const errors = shown
          .filter(({ name }) => name === 'Errors')
          .map(({ dimensions }) => dimensions['FunctionName']);
        expect(errors).to.have.members(functions);
        const query = widgets.map((widget) => widget.query ?? '').join('');
        expect([...query.matchAll(/SOURCE '(\w+)LogGroup'/g)].map(([, name]) => name)).to.have.members(functions);
        expect(widgets.flatMap((widget) => widget.alarms ?? [])).to.have.members(
          alarms.filter(exists).map(({ id }) => `${id}.Arn`),
        );
      });
    });
  }

  it('every metric of ours stands in it or in an alarm', () => {
    const shown = PLACES.flatMap((place) =>
      dashboardIn(stackSetTemplate, place).widgets.flatMap(({ metrics }) => metrics.map(({ name }) => name)),
    );
    expect(
      ours.filter((name) => !shown.includes(name) && !alarms.some(({ MetricName }) => MetricName === name)),
    ).to.deep.equal([]);
  });

  it('and every metric of ours is emitted by a function', () => {
    const emitted = readdirSync(join(root, 'source'), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && !path.endsWith(join('watch', 'metrics.ts')))
      .map((path) => readFileSync(join(root, 'source', path), 'utf8'))
      .join('\n');
    expect(ours.filter((name) => !new RegExp(`\\b${name}:`).test(emitted))).to.deep.equal([]);
  });
});
