import { rmSync } from 'node:fs';
import { expect } from 'chai';
import { validationInterceptor } from '../../../../../tools/local-cloud/gateway/validation/index.ts';
import type { AwsRequest } from '../../../../../tools/local-cloud/gateway/types.ts';
import { exampleModel, modelsFolder } from '../../../../support/local-cloud/service-models.ts';

const modelsDir = modelsFolder({
  'cognito-idp': exampleModel,
  sqs: { ...exampleModel, metadata: { targetPrefix: 'AmazonSQS' } },
  dynamodb: { ...exampleModel, metadata: { targetPrefix: 'DynamoDB_20120810' } },
});
const intercept = validationInterceptor({ modelsDir });
const prefixes: Record<string, string> = {
  'cognito-idp': 'AWSCognitoIdentityProviderService',
  sqs: 'AmazonSQS',
  dynamodb: 'DynamoDB_20120810',
};
const good = { Name: 'ann', Parts: [{ Name: 'p' }] };

/** 'passed', or `Code: message`. */
async function send(params: unknown, overrides: Partial<AwsRequest> & { target?: string } = {}): Promise<string> {
  const service = overrides.service ?? 'cognito-idp';
  const action = overrides.action ?? 'CreateThing';
  const request: AwsRequest = {
    service,
    action,
    region: 'us-east-1',
    account: '111122223333',
    accessKeyId: undefined,
    method: 'POST',
    url: new URL('http://gateway/'),
    headers: { 'x-amz-target': overrides.target ?? `${prefixes[service] ?? ''}.${action}` },
    body: Buffer.from(JSON.stringify(params)),
    params: params as Record<string, unknown>,
    receivedAt: 0,
    caller: undefined,
    ...overrides,
  };
  let passed = false;
  const answer = await intercept(request, () => {
    passed = true;
    return Promise.resolve({ status: 200, headers: {}, body: Buffer.from('{}') });
  });
  if (passed) return 'passed';
  expect(answer.status).to.equal(400);
  const text = answer.body.toString('utf8');
  if (text.startsWith('<')) return text;
  const error = JSON.parse(text) as { __type: string; message: string };
  return `${error.__type}: ${error.message}`;
}

describe('request validation', () => {
  after(() => {
    rmSync(modelsDir, { recursive: true });
  });

  it('passes a request that fits, with every member set, null members and emoji counted as one character', async () => {
    expect(await send(good)).to.equal('passed');
    expect(
      await send({
        ...good,
        Kind: 'A',
        Count: 60,
        Ratio: 0.5,
        Flag: false,
        When: 1.5,
        Data: 'AAAA',
        Tags: { a: 'A' },
        Value: { L: [{ S: 'x' }, { L: [] }] },
        Name: '👍👍👍👍👍',
      }),
    ).to.equal('passed');
    expect(await send({ ...good, Kind: null })).to.equal('passed');
    expect(await send({}, { action: 'NoInput' })).to.equal('passed');
  });

  const refused: readonly [what: string, params: object, answer: RegExp][] = [
    [
      'a missing member',
      { Name: 'a' },
      /^InvalidParameterException: 1 validation error detected: Value null at 'parts' failed to satisfy constraint: Member must not be null$/,
    ],
    [
      'a missing member further down',
      { ...good, Parts: [{ Name: 'a' }, {}] },
      /Value null at 'parts\.2\.member\.name' /,
    ],
    [
      'an unknown member',
      { ...good, Nmae: 'x' },
      /^InvalidParameterException: Unknown member 'Nmae' .*must be one of: Name, /,
    ],
    [
      'an unknown member further down',
      { ...good, Parts: [{ Name: 'a', X: 1 }] },
      /Unknown member 'parts\.1\.member\.X'/,
    ],
    [
      'a text that is too long',
      { ...good, Name: 'abcdef' },
      /at 'name' failed to satisfy constraint: Member must have length less than or equal to 5$/,
    ],
    [
      'a text that is too short, emoji counted as one character',
      { ...good, Code: '👍' },
      /at 'code' .*greater than or equal to 2$/,
    ],
    ['an integer of more than 32 bits', { ...good, Big: 2 ** 33 }, /^SerializationException: big/],
    [
      'a text outside the pattern',
      { ...good, Name: 'a b' },
      /Member must satisfy regular expression pattern: \[\\p\{L\}/,
    ],
    [
      'several problems at once',
      { ...good, Name: '', Kind: 'C' },
      /^InvalidParameterException: 3 validation errors detected: .*; .*; .*\[A, B\]$/,
    ],
    ['a number out of range', { ...good, Count: 61 }, /at 'count' .*Member must have value less than or equal to 60$/],
    ['a negative number', { ...good, Count: -1 }, /greater than or equal to 0$/],
    [
      'too many list members',
      { ...good, Parts: [{ Name: 'a' }, { Name: 'b' }, { Name: 'c' }] },
      /at 'parts' .*less than or equal to 2$/,
    ],
    ['an empty list', { ...good, Parts: [] }, /at 'parts' .*greater than or equal to 1$/],
    ['too many map entries', { ...good, Tags: { a: 'A', b: 'A', c: 'A' } }, /at 'tags' /],
    ['a wrong map value', { ...good, Tags: { a: 'C' } }, /at 'tags\.a\.member' .*enum value set: \[A, B\]$/],
    ['a wrong map key', { ...good, Tags: { 'a b': 'A' } }, /at 'tags\.key' /],
    ['a union with two members', { ...good, Value: { S: 'a', L: [] } }, /at 'value' .*Exactly one member/],
    ['a union without any', { ...good, Value: { L: [{}] } }, /at 'value\.l\.1\.member' .*Exactly one member/],
    ['a blob that is too long', { ...good, Data: 'AAAAAA==' }, /at 'data' .*less than or equal to 3$/],
    [
      'a text for a number',
      { ...good, Count: '6' },
      /^SerializationException: count: STRING_VALUE can not be converted to Integer$/,
    ],
    ['a fraction for an integer', { ...good, Count: 1.5 }, /^SerializationException: /],
    ['a number for a text', { ...good, Name: 5 }, /^SerializationException: name: NUMBER_VALUE/],
    ['an object for a list', { ...good, Parts: {} }, /^SerializationException: parts: START_OBJECT/],
    ['null in a list', { ...good, Parts: [null] }, /^SerializationException: parts\.1\.member: NULL/],
    ['a text for a boolean', { ...good, Flag: 'true' }, /^SerializationException: flag/],
    ['a text for a timestamp', { ...good, When: '2026-01-01' }, /^SerializationException: when/],
    ['a blob that is no base64', { ...good, Data: '***' }, /^SerializationException: data: .*base64/],
  ];
  for (const [what, params, answer] of refused) {
    it(`refuses ${what}`, async () => {
      expect(await send(params)).to.match(answer);
    });
  }

  it('never repeats a value of the request', async () => {
    expect(await send({ ...good, Name: 'secret value' })).to.not.include('secret');
  });

  it('refuses an unknown operation and a body that is no JSON object', async () => {
    expect(await send(good, { action: 'CreateThong' })).to.match(/^UnknownOperationException: .*CreateThong/);
    expect(await send({}, { body: Buffer.from('[1]'), params: {} })).to.match(/^SerializationException/);
    expect(await send({}, { body: Buffer.from('{"a'), params: {} })).to.match(/^SerializationException/);
  });

  it('leaves services without a model, other protocols, and other APIs of the same signing name alone', async () => {
    expect(await send({ X: 1 }, { service: 'iam' })).to.equal('passed');
    expect(await send({ X: 1 }, { headers: {} })).to.equal('passed');
    expect(
      await send(
        { X: 1 },
        { service: 'dynamodb', target: 'DynamoDBStreams_20120810.GetRecords', action: 'GetRecords' },
      ),
    ).to.equal('passed');
  });

  it('uses the error names of each service', async () => {
    expect(await send({ Parts: [] }, { service: 'dynamodb' })).to.match(/^ValidationException: 2 validation errors/);
    expect(await send({ Parts: good.Parts }, { service: 'sqs' })).to.equal(
      'MissingParameter: The request must contain the parameter Name.',
    );
    expect(await send({ ...good, Count: 61 }, { service: 'sqs' })).to.match(/^InvalidParameterValue: /);
  });

  it('holds a request that fits its model against the further limits', async () => {
    expect(await send({ DelaySeconds: 900 }, { service: 'sqs', action: 'SendMessage' })).to.equal('passed');
    expect(await send({ DelaySeconds: 901 }, { service: 'sqs', action: 'SendMessage' })).to.match(
      /^InvalidParameterValue: .*DelaySeconds/,
    );
    expect(await send({ Subject: 'x'.repeat(100) }, { service: 'sns', action: 'Publish', headers: {} })).to.match(
      /Invalid parameter: Subject/,
    );
  });

  it('says what to install when a model is missing', () => {
    const bare = validationInterceptor({ modelsDir: '/nonexistent' });
    const request = { service: 'ssm', headers: { 'x-amz-target': 'AmazonSSM.X' } } as unknown as AwsRequest;
    expect(() => bare(request, () => Promise.reject(new Error('unreachable')))).to.throw(
      /No service model of ssm .*requirements/,
    );
  });
});
