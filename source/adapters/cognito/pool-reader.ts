import {
  AdminListGroupsForUserCommand,
  DescribeIdentityProviderCommand,
  DescribeUserPoolCommand,
  GetUserPoolMfaConfigCommand,
  ListGroupsCommand,
  ListUsersCommand,
  ListUsersInGroupCommand,
  paginateListIdentityProviders,
} from '@aws-sdk/client-cognito-identity-provider';
import type { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import type { Page, UserPoolReader } from '../../domain/ports.ts';
import { FULL_PAGE } from '../../domain/listing/page-chain.ts';
import { cognitoClient } from './client.ts';
import type { CognitoOptions } from './client.ts';
import { cognitoCall, cognitoError, isMissingGroup, isRefusedName } from './errors.ts';
import { toMfaSettings } from './mfa-settings.ts';
import { listRecoveries } from './recoveries.ts';
import { isRefusedProbe, isUnknownUser } from './probe.ts';
import { toDescription, toPoolGroup, toPoolUser } from './users.ts';

const page = <T>(items: readonly T[], next: string | undefined): Page<T> => ({
  items,
  ...(next === undefined || next === '' ? {} : { next }),
});

/** Listings and settings of user pools; see UserPoolReader. */
export const userPoolReader = (options: CognitoOptions): UserPoolReader => poolReaderOf(cognitoClient(options));

/** The same by a client that somebody else made. */
export function poolReaderOf(client: CognitoIdentityProviderClient): UserPoolReader {
  return {
    describe: (poolId) =>
      cognitoCall('DescribeUserPool', poolId, async () => {
        const { UserPool } = await client.send(new DescribeUserPoolCommand({ UserPoolId: poolId }));
        return toDescription(poolId, UserPool ?? {});
      }),

    mfaSettings: (poolId) =>
      cognitoCall('GetUserPoolMfaConfig', poolId, async () =>
        toMfaSettings(await client.send(new GetUserPoolMfaConfigCommand({ UserPoolId: poolId }))),
      ),

    identityProviders: (poolId) =>
      cognitoCall('ListIdentityProviders', poolId, async () => {
        const types = new Map<string, string>();
        const pages = paginateListIdentityProviders({ client, pageSize: FULL_PAGE }, { UserPoolId: poolId });
        for await (const { Providers = [] } of pages)
          for (const { ProviderName, ProviderType = '' } of Providers)
            if (ProviderName !== undefined) types.set(ProviderName, ProviderType);
        return types;
      }),

    mappedAttributes: (poolId, provider) =>
      cognitoCall('DescribeIdentityProvider', poolId, async () => {
        const { IdentityProvider } = await client.send(
          new DescribeIdentityProviderCommand({ UserPoolId: poolId, ProviderName: provider }),
        );
        return Object.keys(IdentityProvider?.AttributeMapping ?? {});
      }),

    recoveries: (poolId) => listRecoveries(client, poolId),

    listUsersPage: (poolId, { filter, token, limit = FULL_PAGE }) =>
      cognitoCall(
        'ListUsers',
        poolId,
        async () => {
          const { Users = [], PaginationToken } = await client.send(
            new ListUsersCommand({ UserPoolId: poolId, Limit: limit, Filter: filter, PaginationToken: token }),
          );
          return page(Users.map(toPoolUser), PaginationToken);
        },
        { token, filter },
      ),

    listGroupsPage: (poolId, { token, limit = FULL_PAGE }) =>
      cognitoCall(
        'ListGroups',
        poolId,
        async () => {
          const { Groups = [], NextToken } = await client.send(
            new ListGroupsCommand({ UserPoolId: poolId, Limit: limit, NextToken: token }),
          );
          return page(Groups.map(toPoolGroup), NextToken);
        },
        { token },
      ),

    listUsersInGroupPage: async (poolId, group, { token }) => {
      try {
        const { Users = [], NextToken } = await client.send(
          new ListUsersInGroupCommand({ UserPoolId: poolId, GroupName: group, Limit: FULL_PAGE, NextToken: token }),
        );
        return page(Users.map(toPoolUser), NextToken);
      } catch (error) {
        if (isMissingGroup(error) || isRefusedName(error, group)) return { items: [] };
        throw cognitoError('ListUsersInGroup', poolId, error, { token });
      }
    },

    // Who is asked for by AdminGetUser counts as an active user of the month; this answers the same question.
    signsIn: async (poolId, name) => {
      try {
        await client.send(new AdminListGroupsForUserCommand({ UserPoolId: poolId, Username: name, Limit: 1 }));
        return 'yes';
      } catch (error) {
        if (isUnknownUser(error)) return 'no';
        if (isRefusedProbe(error)) return 'refused';
        throw cognitoError('AdminListGroupsForUser', poolId, error);
      }
    },
  };
}
