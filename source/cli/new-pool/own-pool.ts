import type { PoolCalls } from '../../adapters/operator/pool-calls.ts';
import { errorNameOf } from '../../adapters/service-errors.ts';
import { membersOf } from '../../domain/pool-settings/recreate/omissions.ts';
import { CliError } from '../cli-error.ts';

/** Tag of the pools that this command has made: the launch and the run of which they have the settings. */
export const NEW_POOL_TAG = 'CognitoUserProfilesExportNewPool';
/** Cognito's limit for the name of a pool (service model, UserPoolNameType). */
const MOST_NAME_CHARACTERS = 128;
const PAGE = 60;

/** The value of the tag. */
export const tagOf = (stackName: string, runId: string): string => `${stackName}/${runId}`;

/** Says of which run the pool is, so that an earlier call for the same one is found again. */
export function defaultName(keptName: string, runId: string): string {
  const suffix = `-${runId}`;
  return `${keptName.slice(0, MOST_NAME_CHARACTERS - suffix.length)}${suffix}`;
}

/** The id of the pool that an earlier call has made under this name; undefined where there is none. @throws CliError */
export async function findOwnPool(calls: PoolCalls, name: string, tag: string): Promise<string | undefined> {
  const ids = await idsNamed(calls, name);
  const own: string[] = [];
  for (const id of ids) {
    const UserPool = await describedPool(calls, id);
    if (UserPool === undefined) continue;
    const found = membersOf(membersOf(UserPool)['UserPoolTags'])[NEW_POOL_TAG];
    if (found !== tag)
      throw new CliError('refused', {
        thing: `User pool ${id}`,
        found:
          typeof found === 'string'
            ? `it has the name ${name}, and was made from another run (${found})`
            : `it has the name ${name}, and this command has not made it`,
        next: 'Give the new pool another name: --name.',
      });
    own.push(id);
  }
  const [id, ...more] = own;
  if (more.length === 0) return id;
  throw new CliError('refused', {
    thing: `User pools ${own.join(', ')}`,
    found: `all were made from this run under the name ${name}: an answer of Cognito was lost`,
    next: 'Delete those that hold no users (aws cognito-idp delete-user-pool), then repeat the command.',
  });
}

/** Undefined where the pool was deleted since it was listed. */
async function describedPool(calls: PoolCalls, id: string): Promise<unknown> {
  try {
    return (await calls('DescribeUserPool', { UserPoolId: id }))['UserPool'];
  } catch (error) {
    if (errorNameOf(error) === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

async function idsNamed(calls: PoolCalls, name: string): Promise<readonly string[]> {
  const ids: string[] = [];
  let token: unknown;
  do {
    const { UserPools, NextToken } = await calls('ListUserPools', {
      MaxResults: PAGE,
      ...(token === undefined ? {} : { NextToken: token }),
    });
    for (const { Id, Name } of (UserPools ?? []) as readonly { readonly Id?: string; readonly Name?: string }[])
      if (Name === name && Id !== undefined) ids.push(Id);
    token = NextToken;
  } while (token !== undefined && token !== '');
  return ids;
}
