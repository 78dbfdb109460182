import type { ImportJobsDeps } from './deps.ts';
import { rootOf } from './deps.ts';
import type { JobRecord } from '../../../simulation/import-jobs/ledger.ts';

/** Actions that the role of an import job needs on Cognito's log groups (Cognito Developer Guide). */
const neededActions = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'];

interface Statement {
  readonly Effect?: string;
  readonly Action?: string | readonly string[];
  readonly Principal?: { readonly Service?: string | readonly string[] };
}

/**
 * Whether Cognito could write the job's log with the role: it exists, trusts Cognito, and may do what the log needs.
 * An import job with a role that does not fit is Failed as a whole.
 *
 * @returns undefined when it fits, else the completion message
 */
export async function logRoleProblem(
  job: JobRecord,
  deps: Pick<ImportJobsDeps, 'backend'>,
): Promise<string | undefined> {
  const credentials = rootOf(job.account);
  const roleName = job.roleArn.split('/').pop() ?? '';
  let trust: string;
  try {
    const answer = await deps.backend.query('iam', 'GetRole', 'us-east-1', { RoleName: roleName }, credentials);
    trust = decodeURIComponent(element(answer, 'AssumeRolePolicyDocument'));
  } catch {
    return 'The CloudWatch Logs role does not exist.';
  }
  if (!trustsCognito(trust)) return 'Cognito cannot assume the CloudWatch Logs role.';

  const logGroup = `arn:aws:logs:${job.region}:${job.account}:log-group:/aws/cognito/userpools/${job.poolId}/any:log-stream:${job.jobId}`;
  const actions = Object.fromEntries(neededActions.map((action, index) => [`ActionNames.member.${index + 1}`, action]));
  const simulated = await deps.backend.query(
    'iam',
    'SimulatePrincipalPolicy',
    'us-east-1',
    {
      PolicySourceArn: job.roleArn,
      'ResourceArns.member.1': logGroup,
      ...actions,
    },
    credentials,
  );
  const allowed = simulated.match(/<EvalDecision>allowed<\/EvalDecision>/g)?.length ?? 0;
  return allowed === neededActions.length
    ? undefined
    : 'The CloudWatch Logs role lacks permissions to write the log of the import job.';
}

function trustsCognito(document: string): boolean {
  const policy = JSON.parse(document) as { Statement?: Statement | Statement[] };
  return [policy.Statement ?? []]
    .flat()
    .some(
      (statement) =>
        statement.Effect === 'Allow' &&
        [statement.Action ?? []]
          .flat()
          .some((action) => action === 'sts:AssumeRole' || action === 'sts:*' || action === '*') &&
        [statement.Principal?.Service ?? []].flat().includes('cognito-idp.amazonaws.com'),
    );
}

function element(xml: string, name: string): string {
  const text = new RegExp(`<${name}>([\\s\\S]*?)</${name}>`).exec(xml)?.[1] ?? '';
  return text.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
