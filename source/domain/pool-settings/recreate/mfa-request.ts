import type { KeptSettings } from '../shape.ts';
import { isNothing, membersOf, whyNotHere, written } from './omissions.ts';
import type { ApiObject, Omission, Recreation, RecreateOptions } from './omissions.ts';

/**
 * The request for SetUserPoolMfaConfig, without the pool's id: all of it at once, since the call replaces what is not in it.
 * Undefined where the pool has no MFA and no passkeys, or nothing of them can be had.
 */
export function mfaRequest(
  settings: KeptSettings,
  options: Pick<RecreateOptions, 'region' | 'throwAway'>,
): Recreation<ApiObject | undefined> {
  const { pool } = settings;
  if (settings.mfa === undefined) return unknownMfa(pool);
  const mfa = written(settings.mfa);
  const configuration =
    [mfa['MfaConfiguration'], pool['MfaConfiguration']].find((one) => typeof one === 'string') ?? 'OFF';
  const off = configuration === 'OFF';
  const { factors, omissions } = off ? factorsWhileOff(mfa) : factorsOf(settings, mfa, options);
  const lost = !off && isNothing(factors);
  const passkeys = options.throwAway === true ? undefined : mfa['WebAuthnConfiguration'];
  const request = {
    ...(off || lost ? {} : { ...factors, MfaConfiguration: configuration }),
    ...(isNothing(passkeys) ? {} : { WebAuthnConfiguration: passkeys }),
  };
  return {
    request: isNothing(request) ? undefined : { MfaConfiguration: 'OFF', ...request },
    omissions: [
      ...omissions,
      ...(lost ? noFactorLeft(configuration) : []),
      ...(options.throwAway === true && !isNothing(mfa['WebAuthnConfiguration'])
        ? [{ setting: 'mfa.WebAuthnConfiguration', why: 'A pool for a rehearsal does without it.' }]
        : []),
    ],
  };
}

/** The same without passkeys, whose domain the new pool may not have yet; undefined where nothing remains. */
export function withoutPasskeys({ WebAuthnConfiguration: _, ...rest }: ApiObject): ApiObject | undefined {
  return rest['MfaConfiguration'] === 'OFF' ? undefined : rest;
}

function unknownMfa(pool: ApiObject): Recreation<undefined> {
  const configuration = pool['MfaConfiguration'];
  if (configuration === undefined || configuration === 'OFF') return { request: undefined, omissions: [] };
  return {
    request: undefined,
    omissions: [
      {
        setting: 'pool.MfaConfiguration',
        why: 'The export could not read by which factors (GetUserPoolMfaConfig), so the new pool has MFA off.',
      },
    ],
  };
}

/** A pool without MFA refuses settings of factors, which it may show all the same. */
const factorsWhileOff = (mfa: ApiObject): { readonly factors: ApiObject; readonly omissions: readonly Omission[] } => ({
  factors: {},
  omissions: ['SmsMfaConfiguration', 'EmailMfaConfiguration', 'SoftwareTokenMfaConfiguration']
    .filter((name) => mfa[name] !== undefined)
    .map((name) => ({
      setting: `mfa.${name}`,
      why: 'Cognito takes the settings of factors only while MFA is on.',
      expected: true,
    })),
});

/** Those that the new pool can have: SMS needs a role, mail an SES identity. */
function factorsOf(
  settings: KeptSettings,
  mfa: ApiObject,
  options: Pick<RecreateOptions, 'region' | 'throwAway'>,
): { readonly factors: ApiObject; readonly omissions: readonly Omission[] } {
  const problem = whyNotHere(settings, options);
  const sms = membersOf(mfa['SmsMfaConfiguration']);
  const email = mfa['EmailMfaConfiguration'];
  const token = membersOf(mfa['SoftwareTokenMfaConfiguration']);
  const bySms = !isNothing(sms['SmsConfiguration']);
  const here = problem === undefined;
  return {
    factors: {
      ...(bySms && here ? { SmsMfaConfiguration: sms } : {}),
      // An empty one is a factor with Cognito's own texts.
      ...(email !== undefined && here ? { EmailMfaConfiguration: email } : {}),
      ...(token['Enabled'] === true ? { SoftwareTokenMfaConfiguration: token } : {}),
    },
    omissions: here
      ? []
      : [
          ...(bySms
            ? [{ setting: 'mfa.SmsMfaConfiguration', why: `The role for SMS is left out, too. ${problem}` }]
            : []),
          ...(email === undefined
            ? []
            : [{ setting: 'mfa.EmailMfaConfiguration', why: `The SES identity is left out, too. ${problem}` }]),
        ],
  };
}

const noFactorLeft = (configuration: string): Omission[] =>
  ['mfa.MfaConfiguration', 'pool.MfaConfiguration'].map((setting) => ({
    setting,
    why: `MFA was ${configuration}, and no factor remains that the new pool can have: it is OFF. Set a factor up, and then MFA.`,
  }));
