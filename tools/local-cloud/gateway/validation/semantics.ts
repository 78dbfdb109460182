import { AwsError } from '../aws-error.ts';
import type { AwsRequest } from '../types.ts';

type Members = Readonly<Record<string, unknown>>;
type Rule = (params: Members) => AwsError | undefined;

/** 256 KiB: the most that an execution's input or output may be (Step Functions service quotas). */
const stepFunctionsPayloadBytes = 262_144;
/** Keys per BatchGetItem, over all its tables (DynamoDB API reference). */
const batchGetKeys = 100;
/** Writes per BatchWriteItem, over all its tables (DynamoDB API reference). */
const batchWriteRequests = 25;
/** Bytes of a message that e-mail subscribers can get (Publish API reference). */
const snsMessageBytes = 262_144;
/** Characters of a value in the standard tier of Parameter Store (PutParameter API reference). */
const standardParameterCharacters = 4_096;

/**
 * Limits that AWS documents and the service models do not hold, where MiniStack does not check them either. What it does
 * check (items and batches of DynamoDB, batch entries of SQS, filters of ListUsers by a repair) is left to it.
 */
const rules: Readonly<Record<string, Rule>> = {
  'dynamodb.BatchGetItem': ({ RequestItems }) => {
    const keys = Object.values(RequestItems as Record<string, { Keys: unknown[] }>).reduce(
      (sum, table) => sum + table.Keys.length,
      0,
    );
    return keys > batchGetKeys
      ? new AwsError(
          'ValidationException',
          `Too many items requested for the BatchGetItem call: ${keys}, at most ${batchGetKeys}.`,
        )
      : undefined;
  },
  'dynamodb.BatchWriteItem': ({ RequestItems }) => {
    const requests = Object.values(RequestItems as Record<string, object[]>).flat();
    if (requests.length > batchWriteRequests) {
      return new AwsError(
        'ValidationException',
        `Too many items requested for the BatchWriteItem call: ${requests.length}, at most ${batchWriteRequests}.`,
      );
    }
    return everyHasOneMember(requests, 'write request');
  },
  'dynamodb.TransactWriteItems': ({ TransactItems }) =>
    everyHasOneMember(TransactItems as object[], 'transaction item'),
  'sqs.SendMessage': delayProblem,
  'sqs.SendMessageBatch': ({ Entries }) => firstOf(Entries as Members[], delayProblem),
  'sqs.ReceiveMessage': (params) => rangeProblem(params, 'WaitTimeSeconds', 20) ?? visibilityProblem(params),
  'sqs.ChangeMessageVisibility': visibilityProblem,
  'sqs.ChangeMessageVisibilityBatch': ({ Entries }) => firstOf(Entries as Members[], visibilityProblem),
  'sns.Publish': ({ Subject, Message }) => {
    if (typeof Message === 'string' && Buffer.byteLength(Message) > snsMessageBytes)
      return new AwsError('InvalidParameter', 'Invalid parameter: Message too long');
    return Subject === undefined || isSubject(Subject)
      ? undefined
      : new AwsError('InvalidParameter', 'Invalid parameter: Subject');
  },
  'ssm.PutParameter': ({ Value, Tier }) => {
    const length = (Value as string).length;
    if (length === 0)
      return new AwsError(
        'ValidationException',
        "1 validation error detected: Value at 'value' failed to satisfy constraint: Member must have length greater than or equal to 1",
      );
    if (length <= standardParameterCharacters || Tier === 'Advanced' || Tier === 'Intelligent-Tiering')
      return undefined;
    return new AwsError(
      'ValidationException',
      `Standard tier parameters support a maximum parameter value of ${standardParameterCharacters} characters; this one has ${length}.`,
    );
  },
  'states.StartExecution': ({ name, input }) => nameProblem(name) ?? payloadProblem(input, 'InvalidExecutionInput'),
  'states.StartSyncExecution': ({ name, input }) => nameProblem(name) ?? payloadProblem(input, 'InvalidExecutionInput'),
  'states.SendTaskSuccess': ({ output }) => payloadProblem(output, 'InvalidOutput'),
  'states.CreateStateMachine': ({ name }) => nameProblem(name),
};

/** Holds a request that fits its service model against the limits above. */
export function semanticProblem(request: AwsRequest): AwsError | undefined {
  return rules[`${request.service}.${request.action}`]?.(request.params);
}

/** ASCII, begins with a letter, number or punctuation mark, no control characters, less than 100 characters (Publish API reference). */
function isSubject(subject: unknown): boolean {
  return typeof subject === 'string' && /^[!-~][ -~]{0,98}$/.test(subject);
}

function everyHasOneMember(entries: readonly object[], what: string): AwsError | undefined {
  const wrong = entries.findIndex(
    (entry) => Object.values(entry).filter((value) => value !== null && value !== undefined).length !== 1,
  );
  return wrong < 0
    ? undefined
    : new AwsError('ValidationException', `The ${what} ${wrong + 1} must hold exactly one operation.`);
}

function delayProblem(params: Members): AwsError | undefined {
  return rangeProblem(params, 'DelaySeconds', 900);
}

function visibilityProblem(params: Members): AwsError | undefined {
  return rangeProblem(params, 'VisibilityTimeout', 43_200);
}

function rangeProblem(params: Members, name: string, max: number): AwsError | undefined {
  const value = params[name];
  if (typeof value !== 'number' || (value >= 0 && value <= max)) return undefined;
  return new AwsError(
    'InvalidParameterValue',
    `Value ${value} for parameter ${name} is invalid. Reason: Must be >= 0 and <= ${max}, if provided.`,
  );
}

function firstOf(entries: readonly Members[], rule: Rule): AwsError | undefined {
  for (const entry of entries) {
    const problem = rule(entry);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** Names of executions and machines: no white space, brackets, wildcards, control or special characters (StartExecution API reference). */
function nameProblem(name: unknown): AwsError | undefined {
  if (typeof name !== 'string' || !/[\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f]/.test(name))
    return undefined;
  return new AwsError('InvalidName', `Invalid Name: '${name}' holds characters that are not allowed.`);
}

function payloadProblem(payload: unknown, code: string): AwsError | undefined {
  if (typeof payload !== 'string') return undefined;
  if (Buffer.byteLength(payload) > stepFunctionsPayloadBytes) {
    return new AwsError(code, `The payload is larger than ${stepFunctionsPayloadBytes} bytes.`);
  }
  try {
    JSON.parse(payload);
    return undefined;
  } catch {
    return new AwsError(code, 'The payload is not valid JSON.');
  }
}
