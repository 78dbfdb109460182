import { SetUserPoolMfaConfigCommand } from '@aws-sdk/client-cognito-identity-provider';
import type { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { cognitoIn } from '../../deploy/clients.ts';
import { SECONDARY } from '../../deploy/regions.ts';
import type { Demo } from '../context.ts';
import { createDemoPool } from '../seed/load.ts';

/** MFA of a pool of the demo. */
export interface DemoMfa {
  readonly required: boolean;
  readonly sms: boolean;
  readonly app: boolean;
}

/** MFA of the pool that is backed up, and of the first that takes a restore. */
export const REQUIRED_MFA: DemoMfa = { required: true, sms: true, app: true };

/** Sets a pool's MFA; codes by SMS take a role, which nothing of the demo uses. */
export async function setMfa(
  client: CognitoIdentityProviderClient,
  UserPoolId: string,
  { required, sms, app }: DemoMfa,
): Promise<void> {
  await client.send(
    new SetUserPoolMfaConfigCommand({
      UserPoolId,
      MfaConfiguration: required ? 'ON' : 'OPTIONAL',
      ...(sms
        ? {
            SmsMfaConfiguration: {
              SmsAuthenticationMessage: 'Your code is {####}',
              SmsConfiguration: { SnsCallerArn: 'arn:aws:iam::123456789012:role/sms', ExternalId: 'demo' },
            },
          }
        : {}),
      SoftwareTokenMfaConfiguration: { Enabled: app },
    }),
  );
}

/** So that codes of MFA go to phones. */
export const RECOVERY_BY_MAIL = {
  AccountRecoverySetting: { RecoveryMechanisms: [{ Name: 'verified_email' as const, Priority: 1 }] },
};

/** An empty pool in the backup Region that takes what the demo's pool holds. */
export async function emptyMfaPool(
  { cloud, population }: Pick<Demo, 'cloud' | 'population'>,
  name: string,
  mfa: DemoMfa,
): Promise<string> {
  const client = cognitoIn(cloud, SECONDARY);
  const poolId = await createDemoPool(client, name, population.customAttributes, RECOVERY_BY_MAIL);
  await setMfa(client, poolId, mfa);
  return poolId;
}
