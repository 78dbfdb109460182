import { expect } from 'chai';
import { ConnectionReset } from '../../../../../tools/local-cloud/gateway/http-server.ts';
import type { FaultRule } from '../../../../../tools/local-cloud/gateway/simulation/config.ts';
import { faultInterceptor } from '../../../../../tools/local-cloud/gateway/simulation/faults.ts';
import { quotaInterceptor } from '../../../../../tools/local-cloud/gateway/simulation/quotas.ts';
import type { AwsRequest, AwsResponse } from '../../../../../tools/local-cloud/gateway/types.ts';
import { aRequest, anAnswer } from '../../../../support/local-cloud/gateway-request.ts';

const listUsers = aRequest({ service: 'cognito-idp', action: 'ListUsers', params: { UserPoolId: 'p' } });
const done = (): Promise<ReturnType<typeof anAnswer>> => Promise.resolve(anAnswer());

describe('local cloud gateway: quotas', () => {
  let time = 0;
  const statusOf = async (intercept: ReturnType<typeof quotaInterceptor>, request: AwsRequest): Promise<number> =>
    (await intercept(request, done)).status;
  const allowed = async (
    intercept: ReturnType<typeof quotaInterceptor>,
    request: AwsRequest,
    calls: number,
  ): Promise<number> => {
    let count = 0;
    for (let call = 0; call < calls; call += 1) if ((await statusOf(intercept, request)) === 200) count += 1;
    return count;
  };
  beforeEach(() => {
    time = 0;
  });

  it("grants a second's worth at once and refills evenly", async () => {
    const intercept = quotaInterceptor(true, () => time);
    expect(await allowed(intercept, listUsers, 40)).to.equal(30);
    time = 500;
    expect(await allowed(intercept, listUsers, 40)).to.equal(15);
  });

  it('counts the calls of one category together, and other Regions and categories apart', async () => {
    const intercept = quotaInterceptor(true, () => time);
    await allowed(intercept, listUsers, 30);
    expect(await statusOf(intercept, { ...listUsers, action: 'ListUsersInGroup' })).to.equal(400);
    expect(await statusOf(intercept, { ...listUsers, region: 'eu-west-1' })).to.equal(200);
    expect(await statusOf(intercept, { ...listUsers, action: 'AdminGetUser' })).to.equal(200);
  });

  it('limits some operations to 5 per second and pool', async () => {
    const intercept = quotaInterceptor(true, () => time);
    const createGroup = aRequest({ service: 'cognito-idp', action: 'CreateGroup', params: { UserPoolId: 'p' } });
    expect(await allowed(intercept, createGroup, 10)).to.equal(5);
    expect(await allowed(intercept, { ...createGroup, params: { UserPoolId: 'q' } }, 10)).to.equal(5);
  });

  it('takes other figures, and none', async () => {
    expect(
      await allowed(
        quotaInterceptor({ UserList: 3 }, () => time),
        listUsers,
        10,
      ),
    ).to.equal(3);
    expect(
      await allowed(
        quotaInterceptor(false, () => time),
        listUsers,
        100,
      ),
    ).to.equal(100);
  });
});

describe('local cloud gateway: faults', () => {
  const withRules = (faults: FaultRule[], regionsDown: string[] = []): ReturnType<typeof faultInterceptor> =>
    faultInterceptor(
      { faults, regionsDown },
      { withBody: (request, body) => Promise.resolve({ ...request, body }), killCaller: () => Promise.resolve() },
    );
  const error = { kind: 'error', code: 'InternalErrorException', status: 500 } as const;
  const struck = async (rules: FaultRule[], calls = 50): Promise<number[]> => {
    const intercept = withRules(rules);
    const numbers = [];
    for (let call = 1; call <= calls; call += 1)
      if ((await intercept(listUsers, done)).status !== 200) numbers.push(call);
    return numbers;
  };

  it('strikes the calls that are named', async () => {
    expect(await struck([{ action: 'ListUsers', calls: [2, 5], fault: error }])).to.deep.equal([2, 5]);
    expect(await struck([{ action: 'AdminGetUser', fault: error }])).to.deep.equal([]);
    expect(await struck([{ times: 3, fault: error }])).to.deep.equal([1, 2, 3]);
  });

  it('strikes the first call of every action', async () => {
    const intercept = withRules([{ calls: [1], perAction: true, fault: error }]);
    const statuses: number[] = [];
    for (const action of ['ListUsers', 'ListGroups', 'ListUsers', 'ListGroups', 'AdminGetUser'])
      statuses.push((await intercept({ ...listUsers, action }, done)).status);
    expect(statuses).to.deep.equal([500, 500, 200, 200, 500]);
    expect(intercept.strikes()).to.deep.equal([
      { 'cognito-idp.ListUsers': 1, 'cognito-idp.ListGroups': 1, 'cognito-idp.AdminGetUser': 1 },
    ]);
  });

  it('strikes by chance, the same calls for the same seed', async () => {
    const rule = { probability: 0.3, seed: 7, fault: error };
    const first = await struck([rule], 1_000);
    expect(first).to.deep.equal(await struck([rule], 1_000));
    expect(first).not.to.deep.equal(await struck([{ ...rule, seed: 8 }], 1_000));
    expect(first.length).to.be.within(250, 350);
  });

  it('makes the call before it drops the answer, but not before a reset', async () => {
    for (const [kind, made] of [
      ['drop-answer', 1],
      ['reset', 0],
    ] as const) {
      let calls = 0;
      const thrown: unknown = await withRules([{ fault: { kind } }])(listUsers, () => {
        calls += 1;
        return done();
      }).catch((problem: unknown) => problem);
      expect(thrown).to.be.instanceOf(ConnectionReset);
      expect(calls).to.equal(made);
    }
  });

  it('cuts every call to a Region that is down', async () => {
    const intercept = withRules([], ['us-east-1']);
    // Control plane and data plane; IAM and the global endpoint of STS are signed for us-east-1.
    for (const service of [
      'cognito-idp',
      'dynamodb',
      's3',
      'sqs',
      'sns',
      'states',
      'lambda',
      'logs',
      'events',
      'ssm',
      'cloudformation',
      'iam',
      'sts',
    ]) {
      expect(
        await intercept({ ...listUsers, service }, done).catch((problem: unknown) => problem),
        service,
      ).to.be.instanceOf(ConnectionReset);
      expect((await intercept({ ...listUsers, service, region: 'eu-west-1' }, done)).status, service).to.equal(200);
    }
  });

  it('leaves keys out of a BatchGetItem over two tables, and names them', async () => {
    const key = (id: string): object => ({ id: { S: id } });
    const params = {
      RequestItems: { a: { Keys: [key('1'), key('2')], ConsistentRead: true }, b: { Keys: [key('3')] } },
    };
    let asked: unknown;
    const answer = await withRules([{ fault: { kind: 'partial', share: 0.6 } }])(
      aRequest({ service: 'dynamodb', action: 'BatchGetItem', params }),
      (request) => {
        asked = JSON.parse(request.body.toString());
        return Promise.resolve(anAnswer({ Responses: { a: [key('1')] }, UnprocessedKeys: {} }));
      },
    );
    expect(asked).to.deep.equal({ RequestItems: { a: { Keys: [key('1')], ConsistentRead: true } } });
    expect(JSON.parse(answer.body.toString())).to.deep.equal({
      Responses: { a: [key('1')] },
      UnprocessedKeys: { a: { Keys: [key('2')], ConsistentRead: true }, b: { Keys: [key('3')] } },
    });
  });

  it('fails a whole batch without making the call', async () => {
    const params = { Entries: [{ Id: 'a' }] };
    const answer = await withRules([{ fault: { kind: 'partial', share: 1 } }])(
      aRequest({ service: 'sqs', action: 'SendMessageBatch', params }),
      () => Promise.reject(new Error('called')),
    );
    expect(JSON.parse(answer.body.toString())).to.have.nested.property('Failed[0].Id', 'a');
  });

  describe('of listings', () => {
    const listed = (token?: string): AwsRequest =>
      aRequest({
        service: 'cognito-idp',
        action: 'ListUsers',
        params: { UserPoolId: 'p', ...(token === undefined ? {} : { PaginationToken: token }) },
      });
    const asked: unknown[] = [];
    const page = (request: AwsRequest): Promise<AwsResponse> => {
      asked.push(request.params['PaginationToken']);
      return Promise.resolve({
        status: 200,
        headers: {},
        body: Buffer.from(JSON.stringify({ Users: [{}], PaginationToken: 'next' })),
      });
    };
    const parsed = ({ body }: AwsResponse): Record<string, unknown> =>
      JSON.parse(body.toString('utf8')) as Record<string, unknown>;
    beforeEach(() => {
      asked.length = 0;
    });

    for (const token of [undefined, 'somewhere']) {
      it(`puts empty pages before the page ${token === undefined ? 'without a token' : 'of a token'}`, async () => {
        const intercept = withRules([{ fault: { kind: 'empty-page' }, times: 2 }]);
        const first = parsed(await intercept(listed(token), page));
        const empty = parsed(await intercept(listed(first['PaginationToken'] as string), page));
        expect(empty['PaginationToken']).to.not.equal(first['PaginationToken']);
        expect(empty['Users']).to.deep.equal([]);
        expect(asked).to.deep.equal([]);
        expect(parsed(await intercept(listed(empty['PaginationToken'] as string), page))).to.deep.equal({
          Users: [{}],
          PaginationToken: 'next',
        });
        expect(asked).to.deep.equal([token]);
      });
    }

    it('repeats the token of a page that has one', async () => {
      const intercept = withRules([{ fault: { kind: 'repeat-token' } }]);
      expect(parsed(await intercept(listed('here'), page))['PaginationToken']).to.equal('here');
      expect(parsed(await intercept(listed(), page))['PaginationToken']).to.equal('next');
    });

    it('chooses calls by whether they carry a token', async () => {
      const intercept = withRules([{ withToken: true, fault: error }]);
      expect((await intercept(listed(), page)).status).to.equal(200);
      expect((await intercept(listed('here'), page)).status).to.equal(500);
    });
  });

  it('sends messages late or twice, changes members, and kills the caller', async () => {
    const sent: AwsRequest[] = [];
    const killed: string[] = [];
    const send = aRequest({
      service: 'sqs',
      action: 'SendMessageBatch',
      caller: 'a-function',
      params: { Entries: [{ Id: '0' }] },
    });
    const withRule = (fault: FaultRule['fault']): ReturnType<typeof faultInterceptor> =>
      faultInterceptor(
        { faults: [{ fault, label: 'x' }], regionsDown: [] },
        {
          withBody: (request, body) => Promise.resolve({ ...request, body }),
          killCaller: (caller) => Promise.resolve(void killed.push(caller)),
        },
      );
    const next = (request: AwsRequest): Promise<AwsResponse> => Promise.resolve((sent.push(request), anAnswer()));
    await withRule({ kind: 'late', seconds: 3 })(send, next);
    expect(JSON.parse(sent[0]?.body.toString('utf8') ?? '')).to.deep.equal({ Entries: [{ Id: '0', DelaySeconds: 3 }] });
    const twice = withRule({ kind: 'twice' });
    await twice(send, next);
    expect(sent).to.have.length(3);
    expect(twice.strikes()).to.deep.equal([{ 'sqs.SendMessageBatch': 1 }]);
    await withRule({ kind: 'alter', members: { VisibilityTimeout: 0 } })(send, next);
    expect(sent[3]?.params).to.include({ VisibilityTimeout: 0 });
    for (const when of ['before', 'after'] as const) {
      const outcome = await withRule({ kind: 'kill', when })(send, next).catch((reason: unknown) => reason);
      expect(outcome).to.be.instanceOf(ConnectionReset);
    }
    expect(killed).to.deep.equal(['a-function', 'a-function']);
    expect(sent).to.have.length(5);
  });
});
