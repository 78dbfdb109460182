import { expect } from 'chai';
import { customResourceHandler } from '../../../../source/custom-resources/framework/handler.ts';
import { NOTHING_MADE } from '../../../../source/custom-resources/framework/identity.ts';
import { done, handOver } from '../../../../source/custom-resources/framework/types.ts';
import type { CustomResource, ResourceOutcome, Work } from '../../../../source/custom-resources/framework/types.ts';
import {
  createRequest,
  deleteRequest,
  Deployment,
  STACK_ID,
  updateRequest,
} from '../../../support/custom-resources/requests.ts';
import { FakeClock } from '../../../../tools/simulation/fake-clock.ts';
import { rejection } from '../../../support/rejection.ts';

interface Properties {
  readonly color: string;
}

/** A resource of which each operation can be replaced, and which tells what it was asked. */
class Thing implements CustomResource<Properties> {
  readonly asked: { readonly operation: string; readonly work: Work; readonly color?: string }[] = [];
  operation: (work: Work) => Promise<ResourceOutcome> = async () => done({ Answer: '42' });

  parse = (properties: Readonly<Record<string, unknown>>): Properties => {
    if (typeof properties['Color'] !== 'string') throw new Error('Color is missing');
    return { color: properties['Color'] };
  };
  identify = ({ color }: Properties): string => `thing-${color}`;
  create = ({ color }: Properties, work: Work): Promise<ResourceOutcome> => this.#ask('create', work, color);
  update = ({ color }: Properties, work: Work): Promise<ResourceOutcome> => this.#ask('update', work, color);
  remove = (work: Work): Promise<ResourceOutcome> => this.#ask('remove', work);

  #ask(operation: string, work: Work, color?: string): Promise<ResourceOutcome> {
    this.asked.push({ operation, work, ...(color === undefined ? {} : { color }) });
    return this.operation(work);
  }
}

describe('custom resource framework', () => {
  let thing: Thing;
  let clock: FakeClock;
  let deployment: Deployment<Properties>;
  beforeEach(() => {
    thing = new Thing();
    clock = new FakeClock();
    deployment = new Deployment(() => thing, clock);
  });

  it('answers a Create with the identity and the attributes', async () => {
    expect(await deployment.request(createRequest({ Color: 'red' }))).to.deep.equal({
      Status: 'SUCCESS',
      PhysicalResourceId: 'thing-red',
      StackId: STACK_ID,
      RequestId: 'create-1',
      LogicalResourceId: 'Thing',
      Data: { Answer: '42' },
    });
  });

  it('gives a failing Create its identity, so that the Delete of the rollback cleans up', async () => {
    thing.operation = async () => {
      throw new Error('no room');
    };
    const answer = await deployment.request(createRequest({ Color: 'red' }));
    expect(answer).to.include({
      Status: 'FAILED',
      PhysicalResourceId: 'thing-red',
      Reason: 'no room (log stream 2026/11/23/[1]abc)',
    });
    thing.operation = async () => done();
    expect((await deployment.request(deleteRequest('thing-red'))).Status).to.equal('SUCCESS');
    expect(thing.asked.map(({ operation, work }) => `${operation} ${work.physicalId}`)).to.deep.equal([
      'create thing-red',
      'remove thing-red',
    ]);
  });

  it('says in the reason of a failed Create what is retained, and only there', async () => {
    thing.operation = () => Promise.reject(new Error('no room'));
    const retaining = Object.assign(thing, { retained: ({ color }: Properties) => `The ${color} paint stays.` });
    const retainingDeployment = new Deployment(() => retaining, clock);
    expect((await retainingDeployment.request(createRequest({ Color: 'red' }))).Reason).to.contain(
      'no room The red paint stays.',
    );
    expect((await retainingDeployment.request(updateRequest('thing-red', { Color: 'red' }, {}))).Reason).not.to.contain(
      'stays',
    );
  });

  it('marks a Create whose properties do not parse, and does nothing at the Delete of the mark', async () => {
    const answer = await deployment.request(createRequest({}));
    expect(answer).to.include({ Status: 'FAILED', PhysicalResourceId: NOTHING_MADE });
    expect(answer.Reason).to.contain('Color is missing');
    expect((await deployment.request(deleteRequest(NOTHING_MADE))).Status).to.equal('SUCCESS');
    expect(thing.asked).to.be.empty;
  });

  it('turns a wrong environment into an answer', async () => {
    const broken = new Deployment<Properties>(() => {
      throw new Error('USER_AGENT is missing');
    }, clock);
    const answer = await broken.request(createRequest({ Color: 'red' }));
    expect(answer).to.include({ Status: 'FAILED', PhysicalResourceId: NOTHING_MADE });
    expect(answer.Reason).to.contain('USER_AGENT is missing');
    expect((await broken.request(deleteRequest(NOTHING_MADE))).Status).to.equal('SUCCESS');
  });

  it('keeps the id at an Update, whatever the properties are and however it ends', async () => {
    expect(
      (await deployment.request(updateRequest('thing-red', { Color: 'blue' }, { Color: 'red' }))).PhysicalResourceId,
    ).to.equal('thing-red');
    thing.operation = () => Promise.reject(new Error('no'));
    const refused = await deployment.request(updateRequest('thing-red', { Color: 'blue' }, { Color: 'red' }));
    expect(refused).to.include({ Status: 'FAILED', PhysicalResourceId: 'thing-red' });
    const unreadable = await deployment.request(updateRequest('thing-red', {}, { Color: 'red' }));
    expect(unreadable).to.include({ Status: 'FAILED', PhysicalResourceId: 'thing-red' });
  });

  it('gives two deliveries of one request the same work and the same answer', async () => {
    const request = createRequest({ Color: 'red' });
    const [first, second] = await Promise.all([
      new Deployment(() => thing, clock).request(request),
      new Deployment(() => thing, clock).request(request),
    ]);
    expect(first).to.deep.equal(second);
    expect(thing.asked.map(({ work }) => work.requestId)).to.deep.equal(['create-1', 'create-1']);
  });

  it('answers before the deadline of the function when an operation hangs', async () => {
    thing.operation = () => new Promise(() => {});
    const impatient = new Deployment(() => thing, clock, 15_020); // 20 ms more than what is kept for the answer
    const answer = await impatient.request(createRequest({ Color: 'red' }));
    expect(answer).to.include({ Status: 'FAILED', PhysicalResourceId: 'thing-red' });
    expect(answer.Reason).to.contain('time limit');
  });

  describe('with a wait longer than a function may run', () => {
    const waitUntil =
      (readyAt: number) =>
      async ({ timeLeft, handover }: Work): Promise<ResourceOutcome> => {
        const minutes = ((handover?.['minutes'] as number | undefined) ?? 0) + 14;
        await clock.sleep(Math.min(timeLeft(), readyAt - clock.now()));
        return clock.now() >= readyAt ? done({ Minutes: String(minutes) }) : handOver('the paint to dry', { minutes });
      };

    it('goes on in further invocations, hands over what was left and answers once', async () => {
      thing.operation = waitUntil(clock.now() + 30 * 60_000);
      const answer = await deployment.request(createRequest({ Color: 'red' }));
      expect(answer).to.deep.include({ Status: 'SUCCESS', PhysicalResourceId: 'thing-red', Data: { Minutes: '42' } });
      expect(deployment.invocations).to.equal(3);
      expect(clock.elapsed).to.equal(30 * 60_000);
    });

    it('goes on with an Update and a Delete too', async () => {
      thing.operation = waitUntil(clock.now() + 20 * 60_000);
      expect((await deployment.request(updateRequest('thing-red', { Color: 'red' }, {}))).Status).to.equal('SUCCESS');
      thing.operation = waitUntil(clock.now() + 20 * 60_000);
      expect((await deployment.request(deleteRequest('thing-red'))).Status).to.equal('SUCCESS');
      expect(deployment.invocations).to.equal(4);
    });

    it('leaves about a minute of each invocation', async () => {
      const left: number[] = [];
      thing.operation = async ({ timeLeft }) => {
        left.push(timeLeft());
        return done();
      };
      await deployment.request(createRequest({ Color: 'red' }));
      expect(left).to.deep.equal([840_000]);
    });

    it('gives up in time for the ServiceTimeout, naming what it waited for', async () => {
      thing.operation = waitUntil(Number.POSITIVE_INFINITY);
      const answer = await deployment.request(createRequest({ Color: 'red', ServiceTimeout: '1800' }));
      expect(answer.Status).to.equal('FAILED');
      expect(answer.Reason).to.contain('still waiting for the paint to dry');
      expect(clock.elapsed).to.be.within(1_700_000, 1_800_000);
    });

    it('gives up after few invocations, when they come too short', async () => {
      thing.operation = async () => handOver('the paint to dry');
      expect((await deployment.request(createRequest({ Color: 'red' }))).Reason).to.contain(
        'still waiting for the paint to dry',
      );
      expect(deployment.invocations).to.equal(5);
    });

    it('answers when the next invocation is refused', async () => {
      const answers: string[] = [];
      thing.operation = async () => handOver('the paint to dry');
      const quiet = { info: () => {}, warn: () => {}, error: () => {} };
      const handler = customResourceHandler(() => thing, {
        put: async (_url, body) => {
          answers.push(body);
        },
        reinvoke: () => Promise.reject(new Error('not allowed to invoke')),
        clock,
        log: quiet,
      });
      await handler(createRequest({ Color: 'red' }), {
        getRemainingTimeInMillis: () => 900_000,
        functionName: 'some',
        logStreamName: 'stream',
      });
      expect(answers).to.have.length(1);
      expect(answers[0]).to.contain('not allowed to invoke').and.to.contain('FAILED');
    });
  });

  it('throws when the answer is not accepted, so that Lambda runs the request again', async () => {
    const quiet = { info: () => {}, warn: () => {}, error: () => {} };
    const handler = customResourceHandler(() => thing, {
      put: () => Promise.reject(new Error('HTTP 403')),
      reinvoke: async () => {},
      clock,
      log: quiet,
    });
    const error = await rejection(
      handler(createRequest({ Color: 'red' }), {
        getRemainingTimeInMillis: () => 900_000,
        functionName: 'some',
        logStreamName: 'stream',
      }),
    );
    expect(error.message).to.equal('HTTP 403');
  });

  it('logs neither the URL of the answer nor an e-mail address', async () => {
    thing.operation = () =>
      Promise.reject(new Error('Invalid endpoint: ops@example.com at https://host/path?X-Amz-Signature=abc'));
    const answer = await deployment.request(createRequest({ Color: 'red' }));
    for (const text of [answer.Reason ?? '', ...deployment.logged]) expect(text).not.to.match(/ops@|Signature|secret/);
    expect(answer.Reason).to.contain('Invalid endpoint: [e-mail address] at https://host/path?[redacted]');
  });
});
