import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { workflowSources } from '../../deployment/packaging/sources.ts';
import {
  list,
  mainTemplate,
  references,
  resourcesOf,
  root,
  stackSetTemplate,
  statementsOf,
} from '../support/templates.ts';

interface MachineProperties {
  StateMachineName: unknown;
  RoleArn: unknown;
  DefinitionS3Location: { Key: string };
  DefinitionSubstitutions: Record<string, unknown>;
  LoggingConfiguration: unknown;
}
const machines = resourcesOf(stackSetTemplate, 'AWS::StepFunctions::StateMachine').map(
  ([id, { Properties, Condition }]) => ({ id, Condition, ...(Properties as unknown as MachineProperties) }),
);
const sources = workflowSources(root);

describe('Workflows of the StackSet template', () => {
  it('are the four of the contract, the export in the primary Region only', () => {
    expect(Object.fromEntries(machines.map(({ id, Condition }) => [id, Condition]))).to.deep.equal({
      ExportWorkflow: 'IsPrimaryRegion',
      ImportWorkflow: undefined,
      VerifyWorkflow: undefined,
      DrillWorkflow: undefined,
    });
    expect(
      machines.map(({ DefinitionS3Location }) => /^%%ASSET:(.+)%%$/.exec(DefinitionS3Location.Key)?.[1]),
    ).to.have.members([...sources.keys()]);
  });

  for (const {
    id,
    DefinitionS3Location,
    DefinitionSubstitutions,
    RoleArn,
    StateMachineName,
    LoggingConfiguration,
  } of machines) {
    describe(id, () => {
      const file = /^%%ASSET:(.+)%%$/.exec(DefinitionS3Location.Key)?.[1] ?? '';
      const functions = Object.values(DefinitionSubstitutions)
        .flatMap(references)
        .map(({ target }) => target);

      it('has a substitution for every placeholder of its definition, and no other', () => {
        const definition = readFileSync(join(root, sources.get(file) ?? ''), 'utf8');
        const placeholders = new Set([...definition.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name));
        expect([...placeholders].sort()).to.deep.equal(Object.keys(DefinitionSubstitutions).sort());
      });

      it('calls each placeholder after the function behind it', () => {
        expect(Object.keys(DefinitionSubstitutions)).to.deep.equal(functions.map((name) => `${name}FunctionArn`));
      });

      it('may invoke exactly its functions', () => {
        const role = references(RoleArn)[0]?.target ?? '';
        const invoke = statementsOf(stackSetTemplate, role).filter(({ Action }) =>
          list(Action).includes('lambda:InvokeFunction'),
        );
        expect(invoke).to.have.length(1);
        expect(
          references(invoke[0]?.Resource)
            .map(({ target }) => target)
            .sort(),
        ).to.deep.equal([...functions].sort());
      });

      it('logs errors without inputs and results', () => {
        expect(LoggingConfiguration).to.deep.include({ Level: 'ERROR', IncludeExecutionData: false });
      });

      it('has the name from which policies and leases are built', () => {
        expect(StateMachineName).to.deep.equal({ 'Fn::Sub': `${id}-\${StackSetConstants.InstanceId}` });
      });
    });
  }

  it('tell MessageBroker when one fails, times out or is aborted', () => {
    const { EventPattern, Targets } = stackSetTemplate.Resources['ExecutionStatusRule']?.Properties as {
      EventPattern: { detail: { status: string[]; stateMachineArn: unknown } };
      Targets: { Arn: unknown }[];
    };
    expect(EventPattern.detail.status).to.deep.equal(['FAILED', 'TIMED_OUT', 'ABORTED']);
    expect(references(EventPattern.detail.stateMachineArn).map(({ target }) => target)).to.include.members(
      machines.map(({ id }) => id),
    );
    expect(Targets.flatMap(({ Arn }) => references(Arn)).map(({ target }) => target)).to.deep.equal(['MessageBroker']);
    expect(stackSetTemplate.Resources['ExecutionStatusRulePermission']?.Properties).to.deep.include({
      Principal: 'events.amazonaws.com',
      SourceArn: { 'Fn::GetAtt': ['ExecutionStatusRule', 'Arn'] },
    });
  });

  it('stand in the outputs, by their Region', () => {
    const { Outputs } = stackSetTemplate;
    for (const { id, Condition } of machines)
      expect(Outputs[`${id}Arn`], id).to.deep.include({
        Value: { Ref: id },
        ...(Condition === undefined ? {} : { Condition }),
      });
    const names = machines.flatMap(({ id, Condition }) =>
      Condition === undefined ? [`Primary${id}Arn`, `Secondary${id}Arn`] : [`${id}Arn`],
    );
    for (const name of names)
      expect(mainTemplate.Outputs[name]?.Value, name).to.deep.equal({ 'Fn::GetAtt': ['StackSetCustomResource', name] });
  });

  it('are known to CheckStateMachine, which asks for the holder of a lease, in every Region where they run', () => {
    const [asked] = statementsOf(stackSetTemplate, 'CheckStateMachineRole').filter(({ Sid }) => Sid === 'Executions');
    const executions = (asked?.Resource as { 'Fn::Sub': string }[]).map((resource) =>
      /states:\$\{(\w+)\}:.+:execution:(\w+)-\$\{StackSetConstants\.InstanceId\}:\*$/
        .exec(resource['Fn::Sub'])
        ?.slice(1)
        .join(' '),
    );
    expect(executions).to.have.members(
      machines.flatMap(({ id, Condition }) => [
        `PrimaryRegion ${id}`,
        ...(Condition === undefined ? [`SecondaryRegion ${id}`] : []),
      ]),
    );
  });

  it('lose no event that EventBridge cannot deliver', () => {
    for (const [id, { Properties }] of resourcesOf(stackSetTemplate, 'AWS::Events::Rule')) {
      const targets = Properties['Targets'] as {
        DeadLetterConfig?: { Arn: unknown };
        RetryPolicy?: { MaximumEventAgeInSeconds: number; MaximumRetryAttempts: number };
      }[];
      expect(targets, id).to.have.length(1);
      expect(
        references(targets[0]?.DeadLetterConfig).map(({ target }) => target),
        id,
      ).to.deep.equal(['EventsDeadLetterQueue']);
      expect(targets[0]?.RetryPolicy?.MaximumEventAgeInSeconds, id).to.be.within(3600, 86_400);
    }
  });

  it('verify by the hour in the backup Region only, by a role for just that', () => {
    const { VerifySchedule, VerifyScheduleRole } = stackSetTemplate.Resources;
    expect([VerifySchedule?.Condition, VerifyScheduleRole?.Condition]).to.deep.equal([
      'IsBackupRegion',
      'IsBackupRegion',
    ]);
    expect(stackSetTemplate.Conditions['IsBackupRegion']).to.deep.equal({
      'Fn::Equals': [{ Ref: 'SecondaryRegion' }, { Ref: 'AWS::Region' }],
    });
    const { ScheduleExpression, State, Targets } = VerifySchedule?.Properties as {
      ScheduleExpression: string;
      State: string;
      Targets: { Arn: unknown; RoleArn: unknown; Input: string }[];
    };
    expect([ScheduleExpression, State, Targets.length, JSON.parse(Targets[0]?.Input ?? '')]).to.deep.equal([
      'rate(1 hour)',
      'ENABLED',
      1,
      { Trigger: 'Schedule' },
    ]);
    expect(Targets[0]).to.deep.include({
      Arn: { Ref: 'VerifyWorkflow' },
      RoleArn: { 'Fn::GetAtt': ['VerifyScheduleRole', 'Arn'] },
    });
  });

  it('17.6: rehearse in both Regions by the week or the month where DrillSchedule says so, and never of themselves else', () => {
    const { DrillRule, DrillRuleRole } = stackSetTemplate.Resources;
    expect([DrillRule?.Condition, DrillRuleRole?.Condition]).to.deep.equal(['SchedulesDrills', 'SchedulesDrills']);
    expect(stackSetTemplate.Conditions['SchedulesDrills']).to.deep.equal({
      'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'DrillSchedule' }, 'OFF'] }],
    });
    const { ScheduleExpression, Targets } = DrillRule?.Properties as {
      ScheduleExpression: unknown;
      Targets: { Input: string }[];
    };
    expect(ScheduleExpression).to.deep.equal({ 'Fn::If': ['DrillsWeekly', 'rate(7 days)', 'rate(30 days)'] });
    expect(JSON.parse(Targets[0]?.Input ?? '')).to.deep.equal({ Trigger: 'Schedule' });
  });

  it('are started by schedules whose roles may start just that workflow', () => {
    for (const [role, workflow] of [
      ['ExportScheduleRole', 'ExportWorkflow'],
      ['VerifyScheduleRole', 'VerifyWorkflow'],
      ['DrillRuleRole', 'DrillWorkflow'],
    ] as const) {
      expect(
        statementsOf(stackSetTemplate, role).map(({ Action, Resource }) => ({ Action, Resource })),
        role,
      ).to.deep.equal([{ Action: 'states:StartExecution', Resource: { Ref: workflow } }]);
    }
  });

  it('start by the schedule that ExportFrequency names', () => {
    const { ScheduleExpression, State, Targets } = stackSetTemplate.Resources['ExportSchedule']?.Properties as {
      ScheduleExpression: unknown;
      State: string;
      Targets: { Input: string }[];
    };
    expect(ScheduleExpression).to.deep.equal({
      'Fn::If': [
        'ExportsEveryHour',
        'rate(1 hour)',
        {
          'Fn::If': [
            'ExportsEvery6Hours',
            'rate(6 hours)',
            {
              'Fn::If': [
                'ExportsEveryDay',
                'rate(1 day)',
                { 'Fn::If': ['ExportsEvery7Days', 'rate(7 days)', 'rate(30 days)'] },
              ],
            },
          ],
        },
      ],
    });
    expect(stackSetTemplate.Conditions).to.deep.include({
      ExportsEveryHour: { 'Fn::Equals': [{ Ref: 'ExportFrequency' }, 'EVERY_HOUR'] },
      ExportsEvery6Hours: { 'Fn::Equals': [{ Ref: 'ExportFrequency' }, 'EVERY_6_HOURS'] },
      ExportsEveryDay: { 'Fn::Equals': [{ Ref: 'ExportFrequency' }, 'EVERY_DAY'] },
      ExportsEvery7Days: { 'Fn::Equals': [{ Ref: 'ExportFrequency' }, 'EVERY_7_DAYS'] },
    });
    expect([State, JSON.parse(Targets[0]?.Input ?? '')]).to.deep.equal(['ENABLED', { Trigger: 'Schedule' }]);
  });
});
