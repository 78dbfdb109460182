import { paginateListUsers, paginateListUsersInGroup } from '@aws-sdk/client-cognito-identity-provider';
import type { CognitoIdentityProviderClient, UserType } from '@aws-sdk/client-cognito-identity-provider';
import { FEDERATED, hasNothingToLose, LINKED } from './people.ts';
import type { DemoIdentity } from './people.ts';

const PARTS_OF_ADDRESSES = ['email', 'email_verified', 'phone_number', 'phone_number_verified'];

const valueOf = ({ Attributes = [] }: UserType, name: string): string | undefined =>
  Attributes.find(({ Name }) => Name === name)?.Value;

const holds = (user: UserType, { provider, id }: DemoIdentity): boolean =>
  (JSON.parse(valueOf(user, 'identities') ?? '[]') as { providerName: string; userId: string }[]).some(
    ({ providerName, userId }) => providerName === provider && userId === id,
  );

/**
 * What is wrong with people of identity providers in a restored pool, read straight from Cognito and held against who the
 * demo had put into the old one: nothing of the restore's own plan or report is asked.
 */
export async function federatedProblems(
  client: CognitoIdentityProviderClient,
  UserPoolId: string,
): Promise<readonly string[]> {
  const users: UserType[] = [];
  for await (const { Users = [] } of paginateListUsers({ client }, { UserPoolId, Limit: 60 })) users.push(...Users);
  const holdersOf = (identity: DemoIdentity): UserType[] => users.filter((user) => holds(user, identity));
  const problems: string[] = [];
  for (const { username, identities } of LINKED)
    for (const identity of identities) {
      const [holder, ...others] = holdersOf(identity);
      if (holder?.Username !== username || others.length > 0)
        problems.push(`${username} is not the one who is linked to ${identity.provider}`);
    }
  for (const person of FEDERATED) {
    const about = `the person ${FEDERATED.indexOf(person) + 1} of ${person.provider}`;
    const [made, ...others] = holdersOf(person);
    if (hasNothingToLose(person)) {
      if (made !== undefined) problems.push(`${about} was made without need`);
      continue;
    }
    if (made === undefined || others.length > 0) {
      problems.push(`${about} is not exactly one user of the new pool`);
      continue;
    }
    if (made.Username?.toLowerCase().startsWith(person.provider.toLowerCase()) === true)
      problems.push(`${about} has the username that a first sign-in takes`);
    if (made.UserStatus !== 'CONFIRMED') problems.push(`${about} is ${made.UserStatus}`);
    if ((made.Enabled ?? true) !== person.enabled) problems.push(`${about} is enabled: ${made.Enabled}`);
    if (valueOf(made, 'nickname') !== person.nickname) problems.push(`${about} has another nickname`);
    if (PARTS_OF_ADDRESSES.some((name) => valueOf(made, name) !== undefined))
      problems.push(`${about} has an address, by which a password reset leads past the provider`);
    for (const group of ['administrators', 'beta-testers', 'everyone'])
      if ((await isIn(client, UserPoolId, group, made.Username)) !== person.groups.includes(group))
        problems.push(`${about} differs in the group ${group}`);
  }
  return problems;
}

async function isIn(
  client: CognitoIdentityProviderClient,
  UserPoolId: string,
  GroupName: string,
  username: string | undefined,
): Promise<boolean> {
  for await (const { Users = [] } of paginateListUsersInGroup({ client }, { UserPoolId, GroupName, Limit: 60 }))
    if (Users.some(({ Username }) => Username === username)) return true;
  return false;
}
