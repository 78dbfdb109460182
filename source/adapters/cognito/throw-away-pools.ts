import {
  AddCustomAttributesCommand,
  CreateUserPoolCommand,
  DeleteUserPoolCommand,
  DescribeUserPoolCommand,
  GetUserPoolMfaConfigCommand,
  ListUserImportJobsCommand,
  paginateListUserPools,
  SetUserPoolMfaConfigCommand,
  StopUserImportJobCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import type {
  CognitoIdentityProviderClient,
  CreateUserPoolCommandInput,
  SchemaAttributeType,
  UserPoolType,
} from '@aws-sdk/client-cognito-identity-provider';
import type { PoolIdentity } from '../../domain/model.ts';
import { FULL_PAGE } from '../../domain/listing/page-chain.ts';
import type { ApiObject } from '../../domain/pool-settings/recreate/omissions.ts';
import type { Refused, ThrowAwayPools } from '../../domain/ports.ts';
import { errorNameOf, httpStatusOf, isDenied } from '../service-errors.ts';
import { cognitoClient, isThrottle } from './client.ts';
import type { CognitoOptions } from './client.ts';
import { cognitoCall } from './errors.ts';

/** Jobs of which Cognito works on, or is about to. */
const AT_WORK: readonly (string | undefined)[] = ['Pending', 'InProgress'];

/** Makes and deletes the pools of drills; see ThrowAwayPools. */
export function throwAwayPools(options: CognitoOptions): ThrowAwayPools {
  const client = cognitoClient(options);
  const makingClient = cognitoClient({ ...options, once: true });
  return {
    create: (request) =>
      cognitoCall('CreateUserPool', String(request.PoolName), () =>
        unlessRefused(async () => {
          const { UserPool } = await makingClient.send(
            new CreateUserPoolCommand(request as unknown as CreateUserPoolCommandInput),
          );
          return { poolId: UserPool?.Id ?? '' };
        }),
      ),

    setMfa: (poolId, request) =>
      cognitoCall('SetUserPoolMfaConfig', poolId, () =>
        unlessRefused(async () => {
          await client.send(new SetUserPoolMfaConfigCommand({ ...request, UserPoolId: poolId }));
          return undefined;
        }),
      ),

    addAttributes: (poolId, attributes) =>
      cognitoCall('AddCustomAttributes', poolId, async () => {
        await client.send(
          new AddCustomAttributesCommand({
            UserPoolId: poolId,
            CustomAttributes: [...attributes] as SchemaAttributeType[],
          }),
        );
      }),

    settings: async (poolId) => {
      const pool = await described(client, poolId);
      if (pool === undefined) return undefined;
      const { $metadata: _, ...mfa } = await cognitoCall('GetUserPoolMfaConfig', poolId, () =>
        client.send(new GetUserPoolMfaConfigCommand({ UserPoolId: poolId })),
      );
      return { pool: pool as ApiObject, mfa };
    },

    identity: async (poolId) => identityIn(await described(client, poolId)),

    idsNamed: (name) =>
      cognitoCall('ListUserPools', name, async () => {
        const ids: string[] = [];
        const pages = paginateListUserPools({ client, pageSize: FULL_PAGE }, { MaxResults: FULL_PAGE });
        for await (const { UserPools = [] } of pages)
          for (const { Id, Name } of UserPools) if (Name === name && Id !== undefined) ids.push(Id);
        return ids;
      }),

    stopJobs: (poolId) =>
      cognitoCall('StopUserImportJob', poolId, async () => {
        const { UserImportJobs = [] } = await client.send(
          new ListUserImportJobsCommand({ UserPoolId: poolId, MaxResults: 50 }),
        );
        const atWork = UserImportJobs.filter(({ Status }) => AT_WORK.includes(Status));
        // One that has ended meanwhile cannot be stopped, and need not be.
        for (const { JobId } of atWork)
          await unlessRefused(() => client.send(new StopUserImportJobCommand({ UserPoolId: poolId, JobId })));
        return atWork.length;
      }),

    remove: (poolId) =>
      cognitoCall('DeleteUserPool', poolId, async () => {
        try {
          await client.send(new DeleteUserPoolCommand({ UserPoolId: poolId }));
        } catch (error) {
          if (errorNameOf(error) === 'UserImportInProgressException') return false;
          if (errorNameOf(error) !== 'ResourceNotFoundException') throw error;
        }
        return true;
      }),
  };
}

/** What is not about the settings in a request: whose rights, which pool, how many pools an account may have. */
const ABOUT_OTHER = ['NotAuthorizedException', 'ResourceNotFoundException', 'LimitExceededException'];

/** A request that the service takes from nobody, in this Region or on this plan, is an answer, not an error. */
async function unlessRefused<T>(call: () => Promise<T>): Promise<T | Refused> {
  try {
    return await call();
  } catch (error) {
    const status = httpStatusOf(error) ?? 0;
    const name = errorNameOf(error);
    if (status < 400 || status >= 500 || isThrottle(error) || isDenied(error) || ABOUT_OTHER.includes(name))
      throw error;
    return { refused: name };
  }
}

/** Who made a pool, by its description; undefined where there is none. For functions that only have to make sure. */
export function poolIdentities(options: CognitoOptions): (poolId: string) => Promise<PoolIdentity | undefined> {
  const client = cognitoClient(options);
  return async (poolId) => identityIn(await described(client, poolId));
}

const described = (client: CognitoIdentityProviderClient, poolId: string): Promise<UserPoolType | undefined> =>
  cognitoCall('DescribeUserPool', poolId, async () => {
    try {
      return (await client.send(new DescribeUserPoolCommand({ UserPoolId: poolId }))).UserPool;
    } catch (error) {
      if (errorNameOf(error) === 'ResourceNotFoundException') return undefined;
      throw error;
    }
  });

const identityIn = (pool: UserPoolType | undefined): PoolIdentity | undefined =>
  pool?.Id === undefined ? undefined : { id: pool.Id, name: pool.Name ?? '', tags: pool.UserPoolTags ?? {} };
