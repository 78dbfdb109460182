import { expect } from 'chai';
import { CallLog, callLogInterceptor, readErrorCode } from '../../../../../tools/local-cloud/gateway/call-log.ts';
import { aRequest, anAnswer } from '../../../../support/local-cloud/gateway-request.ts';

describe('local cloud gateway: call log', () => {
  it('keeps who called what and how it ended, and nothing that a user wrote', async () => {
    const log = new CallLog(undefined);
    const record = callLogInterceptor(log, () => 1_250.06);
    const request = aRequest({
      service: 'cognito-idp',
      action: 'AdminGetUser',
      receivedAt: 1_000,
      caller: 'main-UpdateUsers',
      url: new URL('http://gateway/?email=jane@example.com'),
      params: { UserPoolId: 'us-east-1_abc', Username: 'jane@example.com' },
      body: Buffer.from('jane@example.com'),
    });
    await record(request, () =>
      Promise.resolve(anAnswer({ __type: 'com.amazonaws#UserNotFoundException', message: 'jane@example.com' }, 400)),
    );
    expect(log.find({})).to.deep.equal([
      {
        sequence: 1,
        time: 1_000,
        service: 'cognito-idp',
        action: 'AdminGetUser',
        region: 'us-east-1',
        account: '111122223333',
        caller: 'main-UpdateUsers',
        status: 400,
        errorCode: 'UserNotFoundException',
        latencyMs: 250.1,
        userPoolId: 'us-east-1_abc',
      },
    ]);
  });

  it('records a call whose connection was cut, and lets the cut go on', async () => {
    const log = new CallLog(undefined);
    const cut = new Error('cut');
    const thrown: unknown = await callLogInterceptor(log, () => 0)(
      aRequest({ service: 'sqs', action: 'SendMessage' }),
      () => Promise.reject(cut),
    ).catch((error: unknown) => error);
    expect(thrown).to.equal(cut);
    expect(log.find({})[0]).to.include({ status: 0, errorCode: 'ConnectionReset' });
  });

  it('finds by every member, and only what is new', async () => {
    const log = new CallLog(undefined);
    const record = callLogInterceptor(log, () => 0);
    for (const region of ['a', 'b', 'a'])
      await record(aRequest({ service: 'sqs', action: 'SendMessage', region }), () => Promise.resolve(anAnswer()));
    expect(log.find({ region: 'a' }).map(({ sequence }) => sequence)).to.deep.equal([1, 3]);
    expect(log.find({ region: 'a', after: 1 }).map(({ sequence }) => sequence)).to.deep.equal([3]);
    expect(log.find({ service: 'sns' })).to.deep.equal([]);
  });

  it('reads error codes of every protocol', () => {
    const xml = Buffer.from('<ErrorResponse><Error><Code>ValidationError</Code></Error></ErrorResponse>');
    expect(readErrorCode({ status: 400, headers: {}, body: xml })).to.equal('ValidationError');
    expect(
      readErrorCode({
        status: 400,
        headers: { 'x-amzn-errortype': 'ResourceNotFoundException:http://x' },
        body: Buffer.alloc(0),
      }),
    ).to.equal('ResourceNotFoundException');
    expect(readErrorCode(anAnswer({ __type: 'not an error' }))).to.equal(undefined);
  });
});
