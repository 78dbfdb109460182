import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminDisableUserCommand,
  AdminEnableUserCommand,
  AdminLinkProviderForUserCommand,
  AdminRemoveUserFromGroupCommand,
  AdminSetUserPasswordCommand,
  AdminUpdateUserAttributesCommand,
  CreateGroupCommand,
  UpdateGroupCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import type { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { isAboutValues } from '../../domain/about-values.ts';
import type { Refusal, UserPoolWriter, WriteOutcome } from '../../domain/ports.ts';
import { errorNameOf } from '../service-errors.ts';
import { cognitoClient } from './client.ts';
import type { CognitoOptions } from './client.ts';
import { cognitoError, isMissingGroup } from './errors.ts';
import { attributesNamedIn } from './named-attributes.ts';
import { unlessPaused } from './paused.ts';
import { fromAttributes, toPoolUser } from './users.ts';

/**
 * Refusals, beside those of values, that concern one user, not the pool or the role (error lists of the operations in Cognito's
 * API model).
 */
const REFUSALS = new Set([
  'UserNotFoundException',
  'UsernameExistsException',
  'AliasExistsException',
  'InvalidPasswordException',
  'PasswordHistoryPolicyViolationException',
  'UnsupportedUserStateException',
  'PreconditionNotMetException',
  'NotAuthorizedException',
  'LimitExceededException',
  'UserLambdaValidationException',
  'UnexpectedLambdaException',
  'InvalidLambdaResponseException',
  'CodeDeliveryFailureException',
  'UserImportInProgressException',
]);

/** Refusals that concern one group; NotAuthorizedException is about the pool or the role. */
const GROUP_REFUSALS = new Set(['LimitExceededException']);
/** Whoever gives a group a role passes it (iam:PassRole): a refusal of that costs this group its role. */
const ROLE_REFUSALS = new Set([...GROUP_REFUSALS, 'AccessDeniedException', 'NotAuthorizedException']);

/** What is not found may be the provider, too; whether the pool is there, other calls tell. Who may not link brings back all else. */
const LINK_REFUSALS = new Set([...REFUSALS, 'ResourceNotFoundException', 'AccessDeniedException']);

/** One write of a pool, made by a client. */
interface Write {
  readonly client: CognitoIdentityProviderClient;
  readonly action: string;
  readonly poolId: string;
}

async function unlessRefused<T>(
  { client, action, poolId }: Write,
  call: () => Promise<T>,
  refusals: ReadonlySet<string> = REFUSALS,
): Promise<T | Refusal> {
  try {
    return await unlessPaused(client, poolId, call);
  } catch (error) {
    const name = errorNameOf(error);
    if (isAboutValues(name) || refusals.has(name) || isMissingGroup(error)) return { refused: name };
    throw cognitoError(action, poolId, error);
  }
}

const outcome = (write: Write, call: () => Promise<unknown>, refusals = REFUSALS): Promise<WriteOutcome> =>
  unlessRefused<'done'>(
    write,
    async () => {
      await call();
      return 'done';
    },
    refusals,
  );

/** Administrative writes that restore a pool; see UserPoolWriter. None of them sends a message to an end user. */
export function userPoolWriter(options: CognitoOptions): UserPoolWriter {
  const client = cognitoClient(options);
  const write = (action: string, poolId: string): Write => ({ client, action, poolId });
  return {
    createGroup: (UserPoolId, { name, description, precedence, roleArn }) => {
      const group = {
        UserPoolId,
        GroupName: name,
        Description: description,
        Precedence: precedence,
        RoleArn: roleArn,
      };
      const createOrUpdate = async (): Promise<void> => {
        try {
          await client.send(new CreateGroupCommand(group));
        } catch (error) {
          if (errorNameOf(error) !== 'GroupExistsException') throw error;
          await client.send(new UpdateGroupCommand(group));
        }
      };
      return outcome(
        write('CreateGroup', UserPoolId),
        createOrUpdate,
        roleArn === undefined ? GROUP_REFUSALS : ROLE_REFUSALS,
      );
    },

    createUser: async (UserPoolId, { username, attributes, temporaryPassword }) => {
      let named: readonly string[] = [];
      const created = await unlessRefused(write('AdminCreateUser', UserPoolId), async () => {
        try {
          const { User = {} } = await client.send(
            new AdminCreateUserCommand({
              UserPoolId,
              Username: username,
              UserAttributes: fromAttributes(attributes),
              TemporaryPassword: temporaryPassword,
              MessageAction: 'SUPPRESS',
            }),
          );
          return { sub: toPoolUser(User).sub };
        } catch (error) {
          named = attributesNamedIn(error, Object.keys(attributes));
          throw error;
        }
      });
      return 'refused' in created && named.length > 0 ? { ...created, attributes: named } : created;
    },

    setPassword: (UserPoolId, Username, Password) =>
      outcome(write('AdminSetUserPassword', UserPoolId), () =>
        client.send(new AdminSetUserPasswordCommand({ UserPoolId, Username, Password, Permanent: true })),
      ),

    disableUser: (UserPoolId, Username) =>
      outcome(write('AdminDisableUser', UserPoolId), () =>
        client.send(new AdminDisableUserCommand({ UserPoolId, Username })),
      ),

    enableUser: (UserPoolId, Username) =>
      outcome(write('AdminEnableUser', UserPoolId), () =>
        client.send(new AdminEnableUserCommand({ UserPoolId, Username })),
      ),

    addUserToGroup: (UserPoolId, Username, GroupName) =>
      outcome(write('AdminAddUserToGroup', UserPoolId), () =>
        client.send(new AdminAddUserToGroupCommand({ UserPoolId, Username, GroupName })),
      ),

    removeUserFromGroup: (UserPoolId, Username, GroupName) =>
      outcome(write('AdminRemoveUserFromGroup', UserPoolId), () =>
        client.send(new AdminRemoveUserFromGroupCommand({ UserPoolId, Username, GroupName })),
      ),

    linkIdentity: (UserPoolId, username, { provider, id }) =>
      outcome(
        write('AdminLinkProviderForUser', UserPoolId),
        () =>
          client.send(
            new AdminLinkProviderForUserCommand({
              UserPoolId,
              DestinationUser: { ProviderName: 'Cognito', ProviderAttributeValue: username },
              SourceUser: {
                ProviderName: provider,
                ProviderAttributeName: 'Cognito_Subject',
                ProviderAttributeValue: id,
              },
            }),
          ),
        LINK_REFUSALS,
      ),

    updateAttributes: (UserPoolId, Username, attributes) =>
      outcome(write('AdminUpdateUserAttributes', UserPoolId), () =>
        client.send(
          new AdminUpdateUserAttributesCommand({ UserPoolId, Username, UserAttributes: fromAttributes(attributes) }),
        ),
      ),
  };
}
