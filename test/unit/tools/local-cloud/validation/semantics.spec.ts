import { expect } from 'chai';
import { semanticProblem } from '../../../../../tools/local-cloud/gateway/validation/semantics.ts';
import type { AwsRequest } from '../../../../../tools/local-cloud/gateway/types.ts';

const put = { PutRequest: { Item: {} } };
const problemOf = (service: string, action: string, params: object): string | undefined =>
  semanticProblem({ service, action, params } as unknown as AwsRequest)?.code;

describe('request validation: limits beyond the models', () => {
  const cases: readonly [service: string, action: string, fits: object, breaks: object, code: string][] = [
    [
      'dynamodb',
      'BatchGetItem',
      { RequestItems: { A: { Keys: Array(50).fill({}) }, B: { Keys: Array(50).fill({}) } } },
      { RequestItems: { A: { Keys: Array(50).fill({}) }, B: { Keys: Array(51).fill({}) } } },
      'ValidationException',
    ],
    [
      'dynamodb',
      'BatchWriteItem',
      { RequestItems: { A: Array(12).fill(put), B: Array(13).fill(put) } },
      { RequestItems: { A: Array(13).fill(put), B: Array(13).fill(put) } },
      'ValidationException',
    ],
    [
      'dynamodb',
      'BatchWriteItem',
      { RequestItems: { A: [put] } },
      { RequestItems: { A: [put, {}] } },
      'ValidationException',
    ],
    [
      'dynamodb',
      'TransactWriteItems',
      { TransactItems: [{ Put: {} }] },
      { TransactItems: [{ Put: {}, Delete: {} }] },
      'ValidationException',
    ],
    ['sqs', 'SendMessage', { DelaySeconds: 900 }, { DelaySeconds: 901 }, 'InvalidParameterValue'],
    ['sqs', 'SendMessageBatch', { Entries: [{}] }, { Entries: [{}, { DelaySeconds: -1 }] }, 'InvalidParameterValue'],
    [
      'sqs',
      'ReceiveMessage',
      { WaitTimeSeconds: 20, VisibilityTimeout: 43_200 },
      { WaitTimeSeconds: 21 },
      'InvalidParameterValue',
    ],
    [
      'sqs',
      'ChangeMessageVisibility',
      { VisibilityTimeout: 0 },
      { VisibilityTimeout: 43_201 },
      'InvalidParameterValue',
    ],
    [
      'sns',
      'Publish',
      { Subject: 'x'.repeat(99), Message: 'x'.repeat(262_144) },
      { Subject: 'x'.repeat(100), Message: 'x' },
      'InvalidParameter',
    ],
    ['sns', 'Publish', { Message: 'a\nb' }, { Subject: 'a\nb', Message: 'x' }, 'InvalidParameter'],
    ['sns', 'Publish', { Subject: '(1) done', Message: 'é' }, { Subject: 'Füße', Message: 'x' }, 'InvalidParameter'],
    ['sns', 'Publish', {}, { Message: 'é'.repeat(131_073) }, 'InvalidParameter'],
    ['ssm', 'PutParameter', { Value: 'x'.repeat(4_096) }, { Value: 'x'.repeat(4_097) }, 'ValidationException'],
    ['ssm', 'PutParameter', { Value: 'x'.repeat(4_097), Tier: 'Advanced' }, { Value: '' }, 'ValidationException'],
    ['states', 'StartExecution', { name: 'a-b_c.1', input: '{}' }, { name: 'a b' }, 'InvalidName'],
    ['states', 'StartExecution', {}, { input: '{' }, 'InvalidExecutionInput'],
    [
      'states',
      'StartExecution',
      { input: JSON.stringify('x'.repeat(262_142)) },
      { input: JSON.stringify('x'.repeat(262_143)) },
      'InvalidExecutionInput',
    ],
  ];
  for (const [service, action, fits, breaks, code] of cases) {
    it(`${service} ${action}: ${JSON.stringify(breaks).slice(0, 60)}`, () => {
      expect(problemOf(service, action, fits)).to.equal(undefined);
      expect(problemOf(service, action, breaks)).to.equal(code);
    });
  }
});
