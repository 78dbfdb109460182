import { expect } from 'chai';
import { exportStarts } from '../../../source/adapters/export-starts.ts';
import type { ExportStarts } from '../../../source/domain/watch/exports.ts';
import { AwsStub, refusal } from '../../support/aws-stub.ts';
import type { StubAnswer } from '../../support/aws-stub.ts';

const MACHINE = 'arn:aws:states:us-east-1:000000000000:stateMachine:ExportWorkflow-abc';
const EXECUTION = 'arn:aws:states:us-east-1:000000000000:execution:ExportWorkflow-abc:night';
const STARTED = 1_772_323_200;

describe('15.2: exportStarts', () => {
  const stub = new AwsStub();
  before(() => stub.start());
  beforeEach(() => stub.reset());
  after(() => stub.stop());

  const look = (answers: Readonly<Record<string, StubAnswer>>): Promise<ExportStarts> => {
    stub.answer = ({ action }) => answers[action] ?? refusal('UnknownOperationException');
    return exportStarts({ rule: 'ExportSchedule-1', stateMachineArn: MACHINE, userAgent: 'solution/v1' })();
  };
  const newest = (status: string): StubAnswer => ({
    body: { executions: [{ executionArn: EXECUTION, stateMachineArn: MACHINE, status, startDate: STARTED }] },
  });
  const startedAt = new Date(STARTED * 1000).toISOString();

  it('tells the rule and the newest execution, with the error of one that failed', async () => {
    const healthy = {
      DescribeRule: { body: { State: 'ENABLED' } },
      ListExecutions: newest('SUCCEEDED'),
      DescribeExecution: { body: { status: 'SUCCEEDED' } },
    };
    expect(await look(healthy)).to.deep.equal({
      rule: 'ExportSchedule-1',
      state: 'enabled',
      newest: { status: 'SUCCEEDED', startedAt },
      unanswered: [],
    });
    expect(stub.requests.map(({ action }) => action)).to.deep.equal([
      'DescribeRule',
      'ListExecutions',
      'DescribeExecution',
    ]);
    expect(stub.requests.map(({ json }) => json)).to.deep.equal([
      { Name: 'ExportSchedule-1' },
      { stateMachineArn: MACHINE, maxResults: 1 },
      { executionArn: EXECUTION },
    ]);
    expect(
      await look({
        DescribeRule: { body: { State: 'DISABLED' } },
        ListExecutions: newest('FAILED'),
        DescribeExecution: { body: { status: 'FAILED', error: 'UserPoolNotFound', cause: 'No.' } },
      }),
    ).to.deep.include({ state: 'disabled', newest: { status: 'FAILED', startedAt, error: 'UserPoolNotFound' } });
  });

  it('tells a rule that was deleted, and that nothing was ever started', async () => {
    expect(
      await look({
        DescribeRule: refusal('ResourceNotFoundException'),
        ListExecutions: { body: { executions: [] } },
      }),
    ).to.deep.equal({ rule: 'ExportSchedule-1', state: 'gone', unanswered: [] });
  });

  it('never fails the look: what is refused is told by its call', async () => {
    const denied = refusal('AccessDeniedException');
    expect(await look({ DescribeRule: denied, ListExecutions: denied })).to.deep.equal({
      rule: 'ExportSchedule-1',
      state: 'unknown',
      unanswered: ['DescribeRule AccessDeniedException', 'ListExecutions AccessDeniedException'],
    });
    expect(
      await look({
        DescribeRule: { body: { State: 'ENABLED' } },
        ListExecutions: newest('FAILED'),
        DescribeExecution: denied,
      }),
    ).to.deep.include({
      newest: { status: 'FAILED', startedAt },
      unanswered: ['DescribeExecution AccessDeniedException'],
    });
  });
});
