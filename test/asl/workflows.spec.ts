import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import aslValidator from 'asl-validator';
import { expect } from 'chai';
import { workflowSources } from '../../deployment/packaging/sources.ts';
import { FAULTS, HALTS } from '../../source/domain/errors.ts';
import { root } from '../support/templates.ts';

interface Retrier {
  ErrorEquals: string[];
  MaxAttempts?: number;
  IntervalSeconds?: number;
  BackoffRate?: number;
  MaxDelaySeconds?: number;
  JitterStrategy?: string;
}
interface State {
  Type: string;
  Next?: string;
  Default?: string;
  End?: boolean;
  Resource?: string;
  TimeoutSeconds?: number;
  Retry?: Retrier[];
  Catch?: { ErrorEquals: string[]; Next: string; ResultPath?: string }[];
  Choices?: { Next: string }[];
}
interface Definition {
  Comment?: string;
  StartAt: string;
  TimeoutSeconds?: number;
  States: Record<string, State>;
}

const OF_STEP_FUNCTIONS = /^(States|Lambda)\.[A-Za-z]+$/;
const OURS: readonly string[] = [...HALTS, ...FAULTS];
const WEEK_S = 7 * 24 * 3600;
const MACHINE_TIMEOUTS: Readonly<Record<string, number>> = {
  'drill-workflow.asl.json': 60 * 24 * 3600,
  'export-workflow.asl.json': WEEK_S,
  'import-workflow.asl.json': 60 * 24 * 3600,
  'verify-workflow.asl.json': 24 * 3600,
};

describe('Workflow definitions', () => {
  it('exist for every workflow', () => {
    expect([...workflowSources(root).keys()]).to.deep.equal(Object.keys(MACHINE_TIMEOUTS));
  });

  for (const [file, path] of workflowSources(root)) {
    describe(file, () => {
      const text = readFileSync(join(root, path), 'utf8');
      const definition = JSON.parse(text) as Definition;
      const states = Object.entries(definition.States);
      const tasks = states.filter(([, { Type }]) => Type === 'Task');
      const calls = (state: State): string => /^\$\{(\w+)FunctionArn\}$/.exec(state.Resource ?? '')?.[1] ?? '';

      it('is valid Amazon States Language', () => {
        const arns = text.replaceAll(/\$\{(\w+)\}/g, 'arn:aws:lambda:us-east-1:123456789012:function:$1');
        const { isValid, errorsText } = aslValidator(JSON.parse(arns));
        expect(isValid, isValid ? '' : errorsText()).to.equal(true);
      });

      it('uses placeholders for the ARNs of its functions and for nothing else', () => {
        const elsewhere = text.replaceAll(/"Resource": "\$\{\w+FunctionArn\}"/g, '');
        expect(elsewhere)
          .to.not.match(/\$\{/)
          .and.not.match(/arn:aws/);
        expect(tasks.filter(([, state]) => calls(state) === '').map(([name]) => name)).to.deep.equal([]);
      });

      it('limits its own time', () => {
        expect(definition.TimeoutSeconds).to.equal(MACHINE_TIMEOUTS[file]);
      });

      it('gives each task a timeout that the function cannot outlive', () => {
        for (const [name, { TimeoutSeconds }] of tasks) expect(TimeoutSeconds, name).to.be.within(60, 960);
      });

      it('retries each task with jitter and a ceiling, throttled invocations patiently, its own halts never', () => {
        for (const [name, { Retry = [] }] of tasks) {
          expect(Retry[0]?.ErrorEquals, name).to.include('Lambda.TooManyRequestsException');
          expect(Retry[0]?.MaxAttempts, name).to.be.at.least(10);
          const last = Retry.at(-1);
          expect(last?.ErrorEquals, name).to.deep.equal(['States.ALL']);
          expect(last, name).to.deep.include({
            IntervalSeconds: 2,
            MaxAttempts: 5,
            BackoffRate: 2,
            MaxDelaySeconds: 60,
            JitterStrategy: 'FULL',
          });
          const patient = Retry.filter(({ MaxAttempts }) => MaxAttempts !== 0);
          expect(
            patient.filter(
              ({ JitterStrategy, MaxDelaySeconds }) => JitterStrategy !== 'FULL' || MaxDelaySeconds === undefined,
            ),
            name,
          ).to.deep.equal([]);
          const given = Retry.filter(({ MaxAttempts }) => MaxAttempts === 0).flatMap(({ ErrorEquals }) => ErrorEquals);
          expect(given, name).to.include.members([...HALTS]);
        }
      });

      it('catches whatever a task throws', () => {
        for (const [name, { Catch = [] }] of tasks) {
          const [handler] = Catch.slice(-1);
          expect(handler?.ErrorEquals, name).to.deep.equal(['States.ALL']);
          expect(Object.keys(definition.States), name).to.include(handler?.Next);
        }
      });

      it('matches only errors that its functions or Step Functions can raise', () => {
        const names = states.flatMap(([, { Retry = [], Catch = [] }]) =>
          [...Retry, ...Catch].flatMap(({ ErrorEquals }) => ErrorEquals),
        );
        expect(
          [...new Set(names)].filter((name) => !OURS.includes(name) && !OF_STEP_FUNCTIONS.test(name)),
        ).to.deep.equal([]);
      });

      it('reaches every state', () => {
        const next = ({ Next, Default, Choices = [], Catch = [] }: State): string[] =>
          [Next, Default, ...Choices.map((choice) => choice.Next), ...Catch.map((handler) => handler.Next)].filter(
            (name) => name !== undefined,
          );
        const reached = new Set([definition.StartAt]);
        for (const name of reached)
          for (const following of next(definition.States[name] as State)) reached.add(following);
        expect(states.map(([name]) => name).filter((name) => !reached.has(name))).to.deep.equal([]);
      });

      it('takes the lease first, and never ends a failed execution as succeeded', () => {
        expect(calls(definition.States[definition.StartAt] as State)).to.equal('CheckStateMachine');
        const afterNotice = states.filter(([name]) => /^Notify.*Error$/.test(name));
        expect(afterNotice).to.not.be.empty;
        for (const [name, { Next }] of afterNotice) expect(definition.States[Next ?? '']?.Type, name).to.equal('Fail');
      });
    });
  }
});
