/** Settings for which Cognito has an older and a newer name: it shows both, and refuses to be told both. */
import { isNothing, membersOf, present, textsOf } from './omissions.ts';
import type { ApiObject } from './omissions.ts';

/** Say the same as VerificationMessageTemplate. */
export const OLDER_MESSAGES = ['SmsVerificationMessage', 'EmailVerificationMessage', 'EmailVerificationSubject'];
/** Of AdminCreateUserConfig: says the same as TemporaryPasswordValidityDays of the password policy. */
export const OLDER_VALIDITY = 'UnusedAccountValidityDays';

/** The template for messages, with what only the older settings say. */
export const messagesOf = (pool: ApiObject): ApiObject => ({
  ...present({
    SmsMessage: pool['SmsVerificationMessage'],
    EmailMessage: pool['EmailVerificationMessage'],
    EmailSubject: pool['EmailVerificationSubject'],
  }),
  ...membersOf(pool['VerificationMessageTemplate']),
});

/** The policies: how long temporary passwords live, wherever it is said; sign-in by a password alone is what every pool has. */
export function policiesOf({ Policies, AdminCreateUserConfig }: ApiObject): ApiObject {
  const { PasswordPolicy, SignInPolicy, ...rest } = membersOf(Policies);
  const validity = membersOf(AdminCreateUserConfig)[OLDER_VALIDITY];
  const factors = textsOf(membersOf(SignInPolicy)['AllowedFirstAuthFactors']);
  return present({
    ...rest,
    PasswordPolicy: {
      ...(validity === undefined ? {} : { TemporaryPasswordValidityDays: validity }),
      ...membersOf(PasswordPolicy),
    },
    SignInPolicy: factors.length === 0 || factors.join() === 'PASSWORD' ? undefined : SignInPolicy,
  });
}

/** The triggers: the older name for the function that changes tokens has to name the same one as the newer. */
export function triggersOf({ LambdaConfig }: ApiObject): ApiObject {
  const triggers = membersOf(LambdaConfig);
  const arn = membersOf(triggers['PreTokenGenerationConfig'])['LambdaArn'];
  return isNothing(arn) ? triggers : { ...triggers, PreTokenGeneration: arn };
}

/** Texts of mails in templates. */
export const MAIL_TEXTS = ['EmailMessage', 'EmailSubject', 'EmailMessageByLink', 'EmailSubjectByLink'];

/** Whether the kept pool has texts of mails, and the other none at all: it was made without them. */
export function leftMailTexts(kept: ApiObject, made: ApiObject): boolean {
  const texts = (pool: ApiObject): unknown[] =>
    [messagesOf(pool), membersOf(membersOf(pool['AdminCreateUserConfig'])['InviteMessageTemplate'])]
      .flatMap((all) => MAIL_TEXTS.map((name) => all[name]))
      .filter((text) => !isNothing(text));
  return texts(kept).length > 0 && texts(made).length === 0;
}
