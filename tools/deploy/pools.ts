/** Makes the user pools that the tools work on. */
import { CreateGroupCommand, CreateUserPoolCommand } from '@aws-sdk/client-cognito-identity-provider';
import type {
  CognitoIdentityProviderClient,
  CreateUserPoolCommandInput,
} from '@aws-sdk/client-cognito-identity-provider';
import { forEachAtOnce } from '../../source/domain/concurrency.ts';

const AT_A_TIME = 8;

/** An empty pool without MFA, of which the settings override what is usual here. */
export async function createPool(
  client: CognitoIdentityProviderClient,
  PoolName: string,
  settings: Partial<CreateUserPoolCommandInput> = {},
): Promise<string> {
  const { UserPool } = await client.send(
    new CreateUserPoolCommand({
      PoolName,
      MfaConfiguration: 'OFF',
      AutoVerifiedAttributes: ['email'],
      UsernameConfiguration: { CaseSensitive: true },
      ...settings,
    }),
  );
  return UserPool?.Id as string;
}

interface NewGroup {
  readonly name: string;
  readonly description?: string | undefined;
  readonly precedence?: number | undefined;
}

/** Groups without members. */
export const createGroups = (
  client: CognitoIdentityProviderClient,
  UserPoolId: string,
  groups: readonly NewGroup[],
): Promise<void> =>
  forEachAtOnce(groups, AT_A_TIME, async ({ name, description, precedence }) => {
    await client.send(
      new CreateGroupCommand({ UserPoolId, GroupName: name, Description: description, Precedence: precedence }),
    );
  });
