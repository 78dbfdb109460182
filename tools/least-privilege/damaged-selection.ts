import { randomBytes } from 'node:crypto';
import {
  AdminDeleteUserCommand,
  AdminDisableUserCommand,
  AdminUpdateUserAttributesCommand,
  DeleteGroupCommand,
  ResourceNotFoundException,
  UserNotFoundException,
} from '@aws-sdk/client-cognito-identity-provider';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { selectionKeys } from '../../source/domain/import/plan/selection-keys.ts';
import type { SelectionRequest } from '../../source/domain/import/selection/request.ts';
import { cognitoIn } from '../deploy/clients.ts';
import { PRIMARY } from '../deploy/regions.ts';
import type { LaunchedPool } from './solution.ts';

const REQUEST: SelectionRequest = {
  users: [{ name: 'imported' }, { name: 'awkward' }, { name: 'unproven' }],
  groups: [{ name: 'staff' }],
  existing: 'update',
};

/**
 * Damages the pool that is backed up in each way that a selection repairs (a user and a group are gone, a value is overwritten,
 * somebody is disabled), and stores the request that repairs it. @returns the key of the request
 */
export async function damagedSelection({ cloud, poolId: UserPoolId, bucket }: LaunchedPool): Promise<string> {
  const cognito = cognitoIn(cloud, PRIMARY);
  // A selection before this one may have lacked the permission to bring them back.
  await cognito
    .send(new AdminDeleteUserCommand({ UserPoolId, Username: 'imported' }))
    .catch(unless(UserNotFoundException));
  await cognito
    .send(new DeleteGroupCommand({ UserPoolId, GroupName: 'staff' }))
    .catch(unless(ResourceNotFoundException));
  const UserAttributes = [{ Name: 'name', Value: 'overwritten' }];
  await cognito.send(new AdminUpdateUserAttributesCommand({ UserPoolId, Username: 'awkward', UserAttributes }));
  await cognito.send(new AdminDisableUserCommand({ UserPoolId, Username: 'unproven' }));
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const { request } = selectionKeys(UserPoolId, `${time}-${randomBytes(4).toString('hex')}`);
  await new S3Client(cloud.clientConfig(PRIMARY)).send(
    new PutObjectCommand({ Bucket: bucket[PRIMARY], Key: request, Body: JSON.stringify(REQUEST) }),
  );
  return request;
}

const unless =
  (kind: new (...args: never[]) => Error) =>
  (error: unknown): void => {
    if (!(error instanceof kind)) throw error;
  };
