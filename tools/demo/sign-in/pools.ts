import { AdminDeleteUserCommand, AdminUpdateUserAttributesCommand } from '@aws-sdk/client-cognito-identity-provider';
import { counted } from '../../../source/domain/counted.ts';
import { cognitoIn } from '../../deploy/clients.ts';
import { PRIMARY } from '../../deploy/regions.ts';
import type { FaultRule, PutUser } from '../../local-cloud/index.ts';
import type { Demo } from '../context.ts';
import type { SignInPool } from '../seed/sign-in.ts';
import { ALIAS_MOVES, ALIAS_PEOPLE } from './aliases.ts';
import { MOVING, TWO_ADDRESS_PEOPLE, UNKNOWN_SIGN_INS, VANISHING } from './two-addresses.ts';

/** Puts the people of a kind into the pool, and lets Cognito tell nothing about some of them. */
export async function loadSignIns({ cloud, narrator }: Demo, kind: SignInPool, poolId: string): Promise<void> {
  const people = kind === 'alias' ? ALIAS_PEOPLE : TWO_ADDRESS_PEOPLE;
  await cloud.putUsers(PRIMARY, poolId, people);
  narrator.say(`${counted(people.length, 'user')} more, with names and addresses at which something could go wrong.`);
  if (kind !== 'email-phone') return;
  const about = (who: readonly PutUser[], code: string): FaultRule => ({
    service: 'cognito-idp',
    region: PRIMARY,
    action: 'AdminListGroupsForUser',
    where: { Username: who.flatMap(({ attributes: { email = '', phone_number = '' } }) => [email, phone_number]) },
    fault: { kind: 'error', code },
  });
  await cloud.configure({
    faults: [about(UNKNOWN_SIGN_INS, 'InvalidParameterException'), about(VANISHING, 'UserNotFoundException')],
  });
}

/** What happens to these people between two exports. */
export async function changeSignIns({ cloud }: Demo, kind: SignInPool, UserPoolId: string): Promise<void> {
  const client = cognitoIn(cloud, PRIMARY);
  const update = (Username: string, attributes: Readonly<Record<string, string>>): Promise<unknown> =>
    client.send(
      new AdminUpdateUserAttributesCommand({
        UserPoolId,
        Username,
        UserAttributes: Object.entries(attributes).map(([Name, Value]) => ({ Name, Value })),
      }),
    );
  if (kind === 'alias') {
    await update(ALIAS_MOVES.to.username, { email_verified: 'true' });
    return;
  }
  for (const { who, to } of MOVING) await update(who.username, to);
  for (const { username } of VANISHING)
    await client.send(new AdminDeleteUserCommand({ UserPoolId, Username: username }));
}
