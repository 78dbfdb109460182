import { expect } from 'chai';
import { metered } from '../../../../../tools/local-cloud/gateway/metering.ts';
import { aRequest, anAnswer } from '../../../../support/local-cloud/gateway-request.ts';

const call = (action: string, params: Record<string, unknown>, answer = anAnswer()): ReturnType<typeof metered> =>
  metered(aRequest({ service: 'dynamodb', action, params }), answer);
const item = (bytes: number): object => ({ a: { S: 'x'.repeat(bytes - 1) } });

describe('local cloud gateway: metering', () => {
  it('counts write units by started kilobytes, twice in a transaction', () => {
    expect(
      call('BatchWriteItem', {
        RequestItems: {
          t: [
            { PutRequest: { Item: item(1024) } },
            { PutRequest: { Item: item(1025) } },
            { DeleteRequest: { Key: {} } },
          ],
        },
      }),
    ).to.deep.equal({ items: 3, writeUnits: 4 });
    expect(call('TransactWriteItems', { TransactItems: [{ Put: { Item: item(10) } }, { Delete: {} }] })).to.deep.equal({
      items: 2,
      writeUnits: 4,
    });
  });

  it('counts read units by started 4 KB, half for eventually consistent reads', () => {
    expect(call('BatchGetItem', { RequestItems: { t: { Keys: [1, 2, 3] } } })).to.deep.equal({
      items: 3,
      readUnits: 1.5,
    });
    expect(call('Scan', { ConsistentRead: true }, anAnswer({ Items: [item(4096), item(1)] }))).to.deep.equal({
      items: 2,
      readUnits: 2,
    });
    expect(call('Scan', {}, anAnswer({ Items: [item(4096)] }))).to.deep.equal({ items: 1, readUnits: 0.5 });
  });

  it('sizes nested values, and charges nothing for refused calls or other services', () => {
    expect(
      call('PutItem', { Item: { m: { M: { n: { L: [{ N: '1234' }, { BOOL: true }] } } }, s: { S: 'ü'.repeat(600) } } }),
    ).to.deep.equal({ items: 1, writeUnits: 2 });
    expect(call('PutItem', { Item: item(10) }, anAnswer({}, 400))).to.deep.equal({});
    expect(metered(aRequest({ service: 's3', action: 'PutObject' }), anAnswer())).to.deep.equal({});
  });
});
