import { GetRoleCommand, IAMClient, ListRolesCommand, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import type { LocalCloud } from '../local-cloud/index.ts';
import { PRIMARY } from '../deploy/regions.ts';

const NOBODY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Deny', Action: 'sts:AssumeRole', Principal: '*' }],
});

/** Takes Cognito's trust away from every role for the logs of import jobs. @returns what gives it back */
export async function breakLogRoles(cloud: LocalCloud): Promise<() => Promise<void>> {
  const iam = new IAMClient(cloud.clientConfig(PRIMARY));
  const { Roles = [] } = await iam.send(new ListRolesCommand({ MaxItems: 1_000 }));
  const names = Roles.map(({ RoleName = '' }) => RoleName).filter((name) => name.includes('ImportJobLog'));
  if (names.length === 0) throw new Error('There is no role for the logs of import jobs.');
  const before = new Map<string, string>();
  for (const RoleName of names) {
    const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
    before.set(RoleName, decodeURIComponent(Role?.AssumeRolePolicyDocument ?? ''));
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: NOBODY }));
  }
  return async () => {
    for (const [RoleName, PolicyDocument] of before)
      await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument }));
  };
}
