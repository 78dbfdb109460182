import { expect } from 'chai';
import { aRequest, anAnswer } from '../../../../../support/local-cloud/gateway-request.ts';
import { withRules } from '../../../../../support/local-cloud/struck-calls.ts';

describe('local cloud gateway: faults of batches', () => {
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
});
