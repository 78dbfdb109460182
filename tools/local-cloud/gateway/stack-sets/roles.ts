import { AwsError } from '../aws-error.ts';
import type { AwsCredentials } from '../types.ts';
import { elementText } from '../xml.ts';
import type { StackSetServices } from './deps.ts';
import type { Definition } from './model.ts';

/** Why an operation cannot work in an account; its message is the result's StatusReason. */
export class RoleProblem extends Error {
  override readonly name = 'RoleProblem';
}

/**
 * Credentials of the execution role in a target account: CloudFormation assumes the administration role (which must
 * trust it), and with that the execution role (which must trust the administration role, and be allowed to it).
 *
 * @throws RoleProblem in the words of the service
 */
export async function executionCredentials(
  definition: Definition,
  home: string,
  account: string,
  deps: StackSetServices,
): Promise<AwsCredentials> {
  const administrator = await administrationCredentials(definition.administrationRoleArn, home, deps);
  const executionRole = `arn:aws:iam::${account}:role/${definition.executionRoleName}`;
  try {
    // Without IAM enforcement MiniStack assumes roles that do not exist.
    await refuseNewRole(definition.executionRoleName, account, home, deps);
    const answer = await deps.backend.query(
      'sts',
      'AssumeRole',
      home,
      { RoleArn: executionRole, RoleSessionName: 'AWSCloudFormationStackSet' },
      administrator,
    );
    return {
      accessKeyId: elementText(answer, 'AccessKeyId') ?? '',
      secretAccessKey: elementText(answer, 'SecretAccessKey') ?? '',
      sessionToken: elementText(answer, 'SessionToken') ?? '',
    };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const administrationRole = definition.administrationRoleArn.split('/').at(-1) ?? '';
    throw new RoleProblem(
      `Account ${account} should have '${definition.executionRoleName}' role with trust relationship to Role '${administrationRole}'.`,
    );
  }
}

/** @throws AwsError NoSuchEntity for a role that is not there, or not known yet */
async function refuseNewRole(roleName: string, account: string, region: string, deps: StackSetServices): Promise<void> {
  const role = await deps.backend.query('iam', 'GetRole', region, { RoleName: roleName }, deps.rootOf(account));
  const age = deps.now().getTime() - Date.parse(elementText(role, 'CreateDate') ?? '');
  if (age < deps.newRoleUnknownMs())
    throw new AwsError('NoSuchEntity', `The role with name ${roleName} cannot be found.`, 404);
}

async function administrationCredentials(
  roleArn: string,
  region: string,
  deps: StackSetServices,
): Promise<AwsCredentials> {
  const body = Buffer.from(
    JSON.stringify({
      roleArn,
      sessionName: 'AWSCloudFormationStackSetAdministration',
      services: ['cloudformation.amazonaws.com', `cloudformation.${region}.amazonaws.com`],
    }),
  );
  const response = await deps.backend.raw(
    'sts',
    region,
    'POST',
    '/_local/service-session',
    { 'content-type': 'application/json' },
    body,
  );
  const session = JSON.parse(response.body.toString('utf8')) as AwsCredentials & { refused?: string };
  if (session.refused !== undefined)
    throw new RoleProblem(
      `Role arn ${roleArn} is invalid or cannot be assumed by CloudFormation (${session.refused}).`,
    );
  return session;
}
