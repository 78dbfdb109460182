import { expect } from 'chai';
import sinon from 'sinon';
import { metrics } from '../../../source/adapters/metrics.ts';
import type { Measured } from '../../../source/domain/watch/metrics.ts';

describe('metrics', () => {
  afterEach(() => sinon.restore());

  /** The lines that are written to standard output. */
  function emitted(...measured: readonly Measured[]): Record<string, unknown>[] {
    const write = sinon.stub(process.stdout, 'write').returns(true);
    const measure = metrics('main-stack');
    for (const one of measured) measure(one);
    const lines = write.getCalls().map(({ args: [line] }) => String(line));
    sinon.restore();
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  it('is one line in the embedded metric format, with one dimension, the name of the main stack', () => {
    const [line, ...others] = emitted({ BackupAge: 3600, BackupAgeRatio: 0.1 });
    expect(others).to.deep.equal([]);
    const { _aws: aws, ...values } = line as { _aws: { CloudWatchMetrics: unknown[]; Timestamp: number } };
    expect(values).to.deep.equal({ StackName: 'main-stack', BackupAge: 3600, BackupAgeRatio: 0.1 });
    expect(aws.CloudWatchMetrics).to.deep.equal([
      {
        Namespace: 'CognitoUserProfilesExport',
        Dimensions: [['StackName']],
        Metrics: [
          { Name: 'BackupAge', Unit: 'Seconds' },
          { Name: 'BackupAgeRatio', Unit: 'None' },
        ],
      },
    ]);
    expect(aws.Timestamp).to.be.closeTo(Date.now(), 60_000);
  });

  it('each call is a line of its own, with the dimension again; nothing is written for nothing', () => {
    const lines = emitted({ FailedExecutions: 1 }, {}, { ThrottledCalls: 2 });
    expect(
      lines.map(({ StackName, FailedExecutions, ThrottledCalls }) => [StackName, FailedExecutions, ThrottledCalls]),
    ).to.deep.equal([
      ['main-stack', 1, undefined],
      ['main-stack', undefined, 2],
    ]);
  });
});
