import type { GetUserPoolMfaConfigResponse } from '@aws-sdk/client-cognito-identity-provider';
import type { MfaFactor, MfaSettings } from '../../domain/model.ts';

/**
 * GetUserPoolMfaConfig's answer. A factor that was never set up is absent from it; a pool sends codes by SMS only with a
 * role to do so. What an authenticator app needs is said by a flag.
 */
export function toMfaSettings({
  SmsMfaConfiguration: sms,
  EmailMfaConfiguration: email,
  SoftwareTokenMfaConfiguration: token,
  WebAuthnConfiguration: passkeys,
}: GetUserPoolMfaConfigResponse): MfaSettings {
  const offered: readonly (readonly [MfaFactor, boolean])[] = [
    ['SMS_MFA', sms?.SmsConfiguration !== undefined],
    ['EMAIL_OTP', email !== undefined],
    ['SOFTWARE_TOKEN_MFA', token?.Enabled === true],
  ];
  return {
    factors: offered.flatMap(([factor, on]) => (on ? [factor] : [])),
    ...(sms === undefined
      ? {}
      : {
          sms: present({
            message: sms.SmsAuthenticationMessage,
            callerArn: sms.SmsConfiguration?.SnsCallerArn,
            region: sms.SmsConfiguration?.SnsRegion,
          }),
        }),
    ...(email === undefined ? {} : { email: present({ message: email.Message, subject: email.Subject }) }),
    ...(passkeys === undefined
      ? {}
      : {
          passkeys: present({
            relyingPartyId: passkeys.RelyingPartyId,
            userVerification: passkeys.UserVerification,
            factorConfiguration: passkeys.FactorConfiguration,
          }),
        }),
  };
}

/** A text that is empty says nothing. */
const present = <K extends string>(texts: Readonly<Record<K, string | undefined>>): { readonly [P in K]?: string } =>
  Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== undefined && text !== '')) as {
    readonly [P in K]?: string;
  };
