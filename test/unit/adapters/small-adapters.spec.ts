import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { executionStatus } from '../../../source/adapters/executions.ts';
import { anonymousMetrics } from '../../../source/adapters/anonymous-metrics.ts';
import { topic } from '../../../source/adapters/topic.ts';
import { wakeQueue } from '../../../source/adapters/wake-queue.ts';
import { AwsStub, refusal } from '../../support/aws-stub.ts';
import { FakeClock } from '../../../tools/simulation/fake-clock.ts';
import { rejection } from '../../support/rejection.ts';
import { MemoryLog } from '../../support/world/world.ts';

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
const ARN = 'arn:aws:states:eu-west-1:000000000000:execution:ImportWorkflow-abc:run';

describe('small adapters', () => {
  const stub = new AwsStub();
  before(() => stub.start());
  beforeEach(() => stub.reset());
  after(() => stub.stop());

  describe('wakeQueue', () => {
    const queue = () =>
      wakeQueue({
        queueUrl: 'http://127.0.0.1:1/000000000000/NewUsers',
        userAgent: 'solution/v1',
        clock: new FakeClock(),
        random: () => 0,
      });
    const work = (n: number) => ({ owner: 'run', key: `k${n}` });

    it("sends in tens by the Region's endpoint and repeats failed entries", async () => {
      let first = true;
      stub.answer = () => {
        const body = first
          ? { Successful: [], Failed: [{ Id: '1', SenderFault: false, Code: 'InternalError' }] }
          : { Successful: [] };
        first = false;
        return { body };
      };
      await queue().send(Array.from({ length: 12 }, (_, n) => work(n)));
      const sent = stub.requests.flatMap(({ json }) =>
        (json.Entries as { MessageBody: string }[]).map(
          ({ MessageBody }) => (JSON.parse(MessageBody) as { key: string }).key,
        ),
      );
      expect(sent).to.have.length(13);
      expect(new Set(sent).size).to.equal(12);
    });

    it('returns work, and deletes what it cannot read', async () => {
      stub.answer = ({ action }) => ({
        body:
          action === 'ReceiveMessage'
            ? {
                Messages: [JSON.stringify(work(1)), 'junk', '{"owner":1}'].map((Body, n) => ({
                  Body,
                  MD5OfBody: md5(Body),
                  ReceiptHandle: `r${n + 1}`,
                })),
              }
            : {},
      });
      expect(await queue().receive(20, 30)).to.deep.equal([{ message: work(1), receipt: 'r1' }]);
      expect(stub.requests[0]?.json).to.include({ MaxNumberOfMessages: 10, WaitTimeSeconds: 20 });
      expect((stub.requests[1]?.json.Entries as object[]).length).to.equal(2);
    });
  });

  it('executionStatus: only RUNNING runs; an ended, unknown or unreachable one is gone; a refusal by IAM or a throttle is an error', async () => {
    const status = executionStatus({ userAgent: 'solution/v1' });
    stub.answer = () => ({ body: { status: 'RUNNING' } });
    expect(await status(ARN)).to.equal('RUNNING');
    stub.answer = () => ({ body: { status: 'SUCCEEDED' } });
    expect(await status(ARN)).to.equal('gone');
    stub.answer = () => refusal('ExecutionDoesNotExist');
    expect(await status(ARN)).to.equal('gone');
    stub.answer = () => refusal('ServiceUnavailable', '', 503);
    expect(await status(ARN)).to.equal('gone');
    stub.answer = () => refusal('AccessDeniedException');
    expect(await rejection(status(ARN))).to.include({ name: 'AccessDenied' });
    stub.answer = () => refusal('ThrottlingException');
    expect(await rejection(status(ARN))).to.include({ name: 'ServiceError' });
    expect(await status('nonsense')).to.equal('gone');
  });

  it('topic: publishes subject and message', async () => {
    stub.answer = () => ({
      headers: { 'content-type': 'text/xml' },
      body: '<PublishResponse><PublishResult><MessageId>m</MessageId></PublishResult></PublishResponse>',
    });
    await topic({ topicArn: 'arn:topic', userAgent: 'solution/v1' })('Hello', 'World');
    expect(Object.fromEntries(new URLSearchParams(stub.requests[0]?.text))).to.include({
      TopicArn: 'arn:topic',
      Subject: 'Hello',
      Message: 'World',
    });
  });

  describe('anonymousMetrics', () => {
    const event = {
      EventType: 'StepFunctionsWorkflowFinished',
      EventDetails: {
        WorkflowName: 'ExportWorkflow',
        AWSRegion: 'eu-west-1',
        IsPrimaryRegion: 'Yes',
        RunTimeInSeconds: 3,
      },
    } as const;
    const log = new MemoryLog();
    const settings = { enabled: true, solutionId: 'S', solutionVersion: 'v1', uuid: 'u', clock: new FakeClock(), log };

    it('posts exactly the fields of the guide', async () => {
      await anonymousMetrics({ ...settings, endpoint: `${stub.url}/m` })(event);
      expect(stub.requests[0]?.json).to.deep.equal({
        Solution: 'S',
        Version: 'v1',
        TimeStamp: '2026-03-01T00:00:00.000Z',
        UUID: 'u',
        Data: event,
      });
    });

    it('sends nothing without an endpoint or after an opt-out', async () => {
      await anonymousMetrics({ ...settings, endpoint: undefined })(event);
      await anonymousMetrics({ ...settings, enabled: false, endpoint: stub.url })(event);
      expect(stub.requests).to.have.length(0);
    });

    it('never fails: neither for a refusal nor for an endpoint that is not there', async () => {
      stub.answer = () => ({ status: 500 });
      await anonymousMetrics({ ...settings, endpoint: stub.url })(event);
      await anonymousMetrics({ ...settings, endpoint: 'http://127.0.0.1:1/' })(event);
      await anonymousMetrics({ ...settings, endpoint: 'not a url' })(event);
      expect(log.lines).to.have.length(3);
    });
  });
});
