/** Which addresses a new pool verifies, and by which codes alone somebody signs in: both need what sends these codes. */
import type { KeptSettings } from '../shape.ts';
import { isNothing, membersOf, present, textsOf, whyNotHere, without, written } from './omissions.ts';
import type { Recreation, RecreateOptions } from './omissions.ts';
import { policiesOf } from './older-names.ts';

const FIRST_FACTORS = 'AllowedFirstAuthFactors';
const BEFORE_UPDATE = 'AttributesRequireVerificationBeforeUpdate';
const NO_SMS = 'Cognito verifies phone numbers, and signs in by codes to them, only where the pool has a role for SMS.';
const FOR_IMPORT_JOBS =
  'Cognito starts import jobs only in a pool that verifies an address, so the new one verifies e-mail addresses.';

/** Whether a pool like this one sends SMS where it is made. */
const sendsSms = (settings: KeptSettings, options: RecreateOptions): boolean =>
  whyNotHere(settings, options) === undefined &&
  !isNothing(present(written(membersOf(settings.pool['SmsConfiguration']))));

/** The addresses that the new pool verifies: at least one, since no import job can be started without. */
export function verifiedAddresses(settings: KeptSettings, options: RecreateOptions): readonly string[] {
  const kept = textsOf(settings.pool['AutoVerifiedAttributes']);
  const possible = sendsSms(settings, options) ? kept : kept.filter((name) => name !== 'phone_number');
  return possible.length === 0 ? ['email'] : possible;
}

/** AutoVerifiedAttributes, and what names some of these. */
export function verification(settings: KeptSettings, options: RecreateOptions): Recreation {
  const { pool } = settings;
  const kept = textsOf(pool['AutoVerifiedAttributes']);
  const verified = verifiedAddresses(settings, options);
  const updates = membersOf(pool['UserAttributeUpdateSettings']);
  const wanted = textsOf(updates[BEFORE_UPDATE]);
  const possible = wanted.filter((name) => verified.includes(name));
  const setting = 'pool.AutoVerifiedAttributes';
  return {
    request: {
      AutoVerifiedAttributes: verified,
      UserAttributeUpdateSettings: {
        ...without(updates, [BEFORE_UPDATE]),
        ...(possible.length === 0 ? {} : { [BEFORE_UPDATE]: possible }),
      },
    },
    omissions: [
      ...(kept.length === 0 ? [{ setting, why: FOR_IMPORT_JOBS, expected: true as const }] : []),
      ...(kept.every((name) => verified.includes(name))
        ? []
        : [
            {
              setting,
              why: [NO_SMS, whyNotHere(settings, options), ...(kept.includes('email') ? [] : [FOR_IMPORT_JOBS])]
                .filter((text) => text !== undefined)
                .join(' '),
            },
          ]),
      ...(possible.length === wanted.length
        ? []
        : [{ setting: `pool.UserAttributeUpdateSettings.${BEFORE_UPDATE}`, why: NO_SMS }]),
    ],
  };
}

/** The policies; of the ways to begin a sign-in those for which the new pool has what it takes. */
export function policies(settings: KeptSettings, options: RecreateOptions): Recreation {
  const { pool } = settings;
  const kept = policiesOf(pool);
  const factors = textsOf(membersOf(kept['SignInPolicy'])[FIRST_FACTORS]);
  const lost = factors.filter((factor) => whyNoFactor(factor, settings, options) !== undefined);
  if (lost.length === 0) return { request: { Policies: kept }, omissions: [] };
  const SignInPolicy = { [FIRST_FACTORS]: factors.filter((factor) => !lost.includes(factor)) };
  return {
    request: { Policies: policiesOf({ Policies: { ...kept, SignInPolicy } }) },
    omissions: lost.slice(0, 1).map((factor) => ({
      setting: 'pool.Policies.SignInPolicy',
      why: `Without ${lost.join(', ')}. ${String(whyNoFactor(factor, settings, options))}`,
    })),
  };
}

function whyNoFactor(factor: string, settings: KeptSettings, options: RecreateOptions): string | undefined {
  const problem = whyNotHere(settings, options);
  if (factor === 'PASSWORD') return undefined;
  if (options.throwAway === true) return problem;
  if (factor === 'SMS_OTP') return sendsSms(settings, options) ? undefined : [NO_SMS, problem].join(' ').trim();
  const ownMail = membersOf(settings.pool['EmailConfiguration'])['EmailSendingAccount'] === 'DEVELOPER';
  return factor === 'EMAIL_OTP' && ownMail && problem !== undefined
    ? `It needs the SES identity, which is left out, too. ${problem}`
    : undefined;
}
