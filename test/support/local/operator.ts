import {
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreatePolicyCommand,
  CreateUserCommand,
  IAMClient,
} from '@aws-sdk/client-iam';
import { operatorPolicies } from '../../../tools/least-privilege/policies/operator-policy.ts';
import { PRIMARY } from '../../../tools/deploy/regions.ts';
import type { LocalCloud } from '../../../tools/local-cloud/index.ts';
import { mainTemplate } from '../templates.ts';

/** The launches whose names begin so, the asset buckets that deploy makes for them, and tables that are to be adopted. */
const NAMES = { STACK: 'CliLaunch*', 'ASSET-BUCKET': 'cognito-export', 'RETIRED-TABLE': '*' };

/** MiniStack names log groups of stacks `/aws/cloudformation/<stack>/<logical id>`, AWS `<stack>-<logical id>-<suffix>`. */
const asMiniStackNames = (arns: readonly string[]): readonly string[] =>
  arns.flatMap((arn) => {
    const [before, stack] = arn.split(/:log-group:(?=[^/*])/);
    return stack === undefined ? [arn] : [arn, `${before}:log-group:/aws/cloudformation/${stack.replace(/-\*$/, '*')}`];
  });

/** Keys of a user of the account who has these operator policies, as docs/security.md prints them. */
export async function operatorOf(
  { clientConfig, account }: LocalCloud,
  ...policies: readonly string[]
): Promise<{ readonly accessKeyId: string; readonly secretAccessKey: string }> {
  const iam = new IAMClient(clientConfig(PRIMARY));
  const UserName = 'operator';
  await iam.send(new CreateUserCommand({ UserName }));
  for (const { name, statements } of operatorPolicies(mainTemplate).filter((one) => policies.includes(one.name))) {
    const Statement = statements.map((one) => ({ ...one, Resource: asMiniStackNames([one.Resource].flat()) }));
    const document = JSON.stringify({ Version: '2012-10-17', Statement })
      .replaceAll('ACCOUNT', account)
      .replaceAll('ASSET-BUCKET', NAMES['ASSET-BUCKET'])
      .replaceAll('RETIRED-TABLE', NAMES['RETIRED-TABLE'])
      .replaceAll(/\bSTACK\b/g, NAMES.STACK);
    const { Policy } = await iam.send(
      new CreatePolicyCommand({ PolicyName: name.replaceAll(' ', ''), PolicyDocument: document }),
    );
    await iam.send(new AttachUserPolicyCommand({ UserName, PolicyArn: Policy?.Arn }));
  }
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  return { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' };
}
