import { expect } from 'chai';
import { AwsError } from '../../../../../tools/local-cloud/gateway/aws-error.ts';
import { chainOf } from '../../../../../tools/local-cloud/gateway/chain.ts';
import { recoveriesInterceptors } from '../../../../../tools/local-cloud/gateway/recoveries.ts';
import type { AwsRequest, AwsResponse } from '../../../../../tools/local-cloud/gateway/types.ts';
import { anAnswer, aRequest } from '../../../../support/local-cloud/gateway-request.ts';

const POOL = 'us-east-1_AbCdEf123';
const ID = '00000000-0000-4000-8000-000000000001';

describe("local cloud gateway: AWS's own recoveries of a pool", () => {
  const start = Date.parse('2026-12-01T00:00:00Z');
  let now: number;
  let passed: AwsRequest[];
  let pausedError: string;
  let mayDo: (action: string) => boolean;
  let ask: (action: string, params?: Record<string, unknown>) => Promise<AwsResponse>;
  beforeEach(() => {
    now = start;
    passed = [];
    pausedError = 'OperationNotEnabledException';
    mayDo = () => true;
    const { pauses, operations } = recoveriesInterceptors({
      backend: {
        json: (_service, _target, _region, params) =>
          (params as { UserPoolId: string }).UserPoolId === POOL
            ? Promise.resolve({})
            : Promise.reject(new AwsError('ResourceNotFoundException', 'no such pool')),
      },
      now: () => now,
      newId: () => ID,
      knobs: () => ({ previewMs: 1_000, restoreMs: 5_000, pausedError }),
    });
    const chain = chainOf([pauses, operations], (request) => {
      passed.push(request);
      return Promise.resolve(mayDo(request.action) ? anAnswer() : { ...anAnswer(), status: 400 });
    });
    ask = (action, params = {}) =>
      chain(aRequest({ service: 'cognito-idp', action, params: { UserPoolId: POOL, ...params } }));
  });
  const body = (response: AwsResponse) => JSON.parse(response.body.toString()) as Record<string, unknown>;
  const listed = async () => body(await ask('ListPointInTimeRecoveries'))['Restorations'];
  const initiate = () => ask('InitiatePointInTimeRecovery', { RestoreTimestamp: start / 1_000 - 3_600 });

  it('C17: answers the five operations in the form of the API', async () => {
    expect(await listed()).to.deep.equal([]);
    expect(body(await initiate())).to.deep.equal({
      Restoration: { RestoreId: ID, RestoreStatus: 'PREVIEW_GENERATING', RestoreTimestamp: start / 1_000 - 3_600 },
    });
    now += 1_000;
    expect(await listed()).to.deep.equal([
      { RestoreId: ID, RestoreStatus: 'PREVIEW_GENERATED', RestoreTimestamp: start / 1_000 - 3_600 },
    ]);
    const started = body(await ask('StartPointInTimeRecovery', { RestoreId: ID }));
    expect((started['Restoration'] as { RestoreStatus: string }).RestoreStatus).to.equal('RESTORING');
    now += 5_000;
    const described = body(await ask('DescribePointInTimeRecovery', { RestoreId: ID }));
    expect((described['Restoration'] as { RestoreStatus: string }).RestoreStatus).to.equal('RESTORE_COMPLETED');
    expect(body(await ask('CancelPointInTimeRecovery', { RestoreId: ID }))['__type']).to.equal(
      'InvalidParameterException',
    );
    expect(body(await ask('ListPointInTimeRecoveries', { UserPoolId: 'us-east-1_Other' }))['__type']).to.equal(
      'ResourceNotFoundException',
    );
  });

  it('C17: pauses writes of that pool, with the error that it is told, and nothing else', async () => {
    await initiate();
    passed = [];
    for (const error of ['OperationNotEnabledException', 'NotAuthorizedException']) {
      pausedError = error;
      for (const action of ['CreateGroup', 'AdminAddUserToGroup', 'AdminCreateUser', 'CreateUserImportJob', 'SignUp'])
        expect(body(await ask(action))['__type'], action).to.equal(error);
    }
    expect(passed.filter(({ headers }) => !('x-local-cloud-authorize-only' in headers))).to.deep.equal([]);
    for (const action of ['ListUsers', 'DescribeUserPool', 'ListUserImportJobs'])
      expect((await ask(action)).status, action).to.equal(200);
    expect((await ask('CreateGroup', { UserPoolId: 'us-east-1_Other' })).status).to.equal(200);
    await ask('CancelPointInTimeRecovery', { RestoreId: ID });
    expect((await ask('CreateGroup')).status).to.equal(200);
  });

  it("C17: a caller who may not gets IAM's answer, before anything else", async () => {
    mayDo = (action) => action !== 'ListPointInTimeRecoveries' && action !== 'CreateGroup';
    await initiate();
    expect((await ask('ListPointInTimeRecoveries')).status).to.equal(400);
    expect((await ask('ListPointInTimeRecoveries')).body.toString()).to.equal(anAnswer().body.toString());
    expect((await ask('CreateGroup')).body.toString()).to.equal(anAnswer().body.toString());
  });
});
