import { expect } from 'chai';
import { ConnectionReset } from '../../../../../../tools/local-cloud/gateway/http-server.ts';
import type { FaultRule } from '../../../../../../tools/local-cloud/gateway/simulation/config.ts';
import { faultInterceptor } from '../../../../../../tools/local-cloud/gateway/simulation/faults.ts';
import type { AwsRequest, AwsResponse } from '../../../../../../tools/local-cloud/gateway/types.ts';
import { aRequest, anAnswer } from '../../../../../support/local-cloud/gateway-request.ts';
import { INTERNAL_ERROR, listUsers, succeed, withRules } from '../../../../../support/local-cloud/struck-calls.ts';

describe('local cloud gateway: faults', () => {
  const struck = async (rules: FaultRule[], calls = 50): Promise<number[]> => {
    const intercept = withRules(rules);
    const numbers = [];
    for (let call = 1; call <= calls; call += 1)
      if ((await intercept(listUsers, succeed)).status !== 200) numbers.push(call);
    return numbers;
  };

  it('strikes the calls that are named', async () => {
    expect(await struck([{ action: 'ListUsers', calls: [2, 5], fault: INTERNAL_ERROR }])).to.deep.equal([2, 5]);
    expect(await struck([{ action: 'AdminGetUser', fault: INTERNAL_ERROR }])).to.deep.equal([]);
    expect(await struck([{ times: 3, fault: INTERNAL_ERROR }])).to.deep.equal([1, 2, 3]);
  });

  it('strikes the first call of every action', async () => {
    const intercept = withRules([{ calls: [1], perAction: true, fault: INTERNAL_ERROR }]);
    const statuses: number[] = [];
    for (const action of ['ListUsers', 'ListGroups', 'ListUsers', 'ListGroups', 'AdminGetUser'])
      statuses.push((await intercept({ ...listUsers, action }, succeed)).status);
    expect(statuses).to.deep.equal([500, 500, 200, 200, 500]);
    expect(intercept.strikes()).to.deep.equal([
      { 'cognito-idp.ListUsers': 1, 'cognito-idp.ListGroups': 1, 'cognito-idp.AdminGetUser': 1 },
    ]);
  });

  it('strikes by chance, the same calls for the same seed', async () => {
    const rule = { probability: 0.3, seed: 7, fault: INTERNAL_ERROR };
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
        return succeed();
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
        await intercept({ ...listUsers, service }, succeed).catch((problem: unknown) => problem),
        service,
      ).to.be.instanceOf(ConnectionReset);
      expect((await intercept({ ...listUsers, service, region: 'eu-west-1' }, succeed)).status, service).to.equal(200);
    }
  });

  it('A9: cuts the calls to a service that a Region lacks, and no others', async () => {
    const intercept = faultInterceptor(
      { faults: [], regionsDown: [], absentServices: [{ service: 'cognito-idp', region: 'us-east-1' }] },
      { withBody: (request, body) => Promise.resolve({ ...request, body }), killCaller: () => Promise.resolve() },
    );
    expect(await intercept(listUsers, succeed).catch((problem: unknown) => problem)).to.be.instanceOf(ConnectionReset);
    for (const other of [
      { ...listUsers, region: 'eu-west-1' },
      { ...listUsers, service: 'dynamodb' },
    ])
      expect((await intercept(other, succeed)).status).to.equal(200);
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
        { faults: [{ fault, label: 'x' }], regionsDown: [], absentServices: [] },
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
