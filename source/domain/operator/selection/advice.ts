import { counted } from '../../counted.ts';

/** What whoever was created has to do, and what an administrator has to. */
export interface CreatedUsers {
  readonly poolId: string;
  readonly region: string;
  /** Subs in the pool. */
  readonly subs: readonly string[];
  /** Of these, those who cannot set a new password by themselves. */
  readonly withoutRecovery: readonly string[];
}

/** Commands for so many are printed. */
const FEW = 5;

/** What comes next for users who were made again, beside what the report says of passwords; nothing where there are none. */
export function afterCreation({ poolId, region, subs, withoutRecovery }: CreatedUsers): readonly string[] {
  if (subs.length === 0) return [];
  return [
    `No message was sent: tell ${subs.length === 1 ? 'the user' : 'the users'}. MFA, passkeys and remembered devices are to be set up again, and whatever keeps the old sub has to learn the new one.`,
    ...(withoutRecovery.length === 0
      ? []
      : [
          `${counted(withoutRecovery.length, 'user')} cannot use "forgot password", since the backup holds no verified address to which the pool sends a code. An administrator sets a password for each:`,
          ...(withoutRecovery.length > FEW ? ['<sub>'] : withoutRecovery).map(
            (sub) =>
              `aws cognito-idp admin-set-user-password --region ${region} --user-pool-id ${poolId} --username ${sub} --password <password> --permanent`,
          ),
        ]),
  ];
}
