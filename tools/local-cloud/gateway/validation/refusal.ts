import { AwsError } from '../aws-error.ts';
import type { Problem } from './checker.ts';

/** Error code by which a service refuses a request that breaks its model. */
const constraintCodes: Readonly<Record<string, string>> = {
  'cognito-idp': 'InvalidParameterException',
  logs: 'InvalidParameterException',
  dynamodb: 'ValidationException',
  states: 'ValidationException',
  ssm: 'ValidationException',
  sqs: 'InvalidParameterValue',
  sns: 'InvalidParameter',
  cloudformation: 'ValidationError',
};

/**
 * The error for a request with these problems, worded as AWS does it but without the values, which can be personal data.
 * AWS mostly ignores unknown members; here they are refused, because one that we send is always our mistake.
 */
export function refusal(service: string, problems: readonly Problem[]): AwsError {
  const wrongType = problems.find((problem) => problem.kind === 'type');
  if (wrongType !== undefined) return new AwsError('SerializationException', `${wrongType.path}: ${wrongType.text}`);
  const code = constraintCodes[service] ?? 'ValidationException';
  const unknown = problems.find((problem) => problem.kind === 'unknown');
  if (unknown !== undefined) {
    return new AwsError(
      code,
      `Unknown member '${unknown.path}' in the request, ${unknown.text} (the local cloud refuses what AWS would ignore).`,
    );
  }
  const missing = problems.find((problem) => problem.text === 'Member must not be null');
  if (service === 'sqs' && missing !== undefined)
    return new AwsError('MissingParameter', `The request must contain the parameter ${upperFirst(missing.path)}.`);
  const details = problems.map(
    ({ path, text }) =>
      `Value ${text === 'Member must not be null' ? 'null ' : ''}at '${path}' failed to satisfy constraint: ${text}`,
  );
  return new AwsError(
    code,
    `${problems.length} validation error${problems.length === 1 ? '' : 's'} detected: ${details.join('; ')}`,
  );
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
