import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { groupRoleMapKey } from '../../source/domain/import/plan/group-roles.ts';
import { PRIMARY, SECONDARY } from '../deploy/regions.ts';
import type { LocalCloud } from '../local-cloud/index.ts';
import type { LaunchedSolution } from '../deploy/solution.ts';

/** Makes a role that groups may get, and gives its ARN. */
export async function createGroupRole(cloud: LocalCloud): Promise<string> {
  const trust = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: 'cognito-identity.amazonaws.com' },
        Action: 'sts:AssumeRoleWithWebIdentity',
      },
    ],
  };
  const { Role } = await new IAMClient(cloud.clientConfig(PRIMARY)).send(
    new CreateRoleCommand({ RoleName: 'staff', AssumeRolePolicyDocument: JSON.stringify(trust) }),
  );
  return Role?.Arn ?? '';
}

interface WithGroupRole extends Pick<LaunchedSolution, 'bucket'> {
  readonly cloud: LocalCloud;
  readonly groupRole: string;
}

/** Stores a map that gives the group its role in the new pool. @returns the key of the map */
export async function storedRoleMap(
  { cloud, bucket, groupRole }: WithGroupRole,
  newUserPoolId: string,
): Promise<string> {
  const Key = groupRoleMapKey(newUserPoolId);
  await new S3Client(cloud.clientConfig(SECONDARY)).send(
    new PutObjectCommand({
      Bucket: bucket[SECONDARY],
      Key,
      Body: JSON.stringify({ [SECONDARY]: { staff: groupRole } }),
    }),
  );
  return Key;
}
