import { compareSettings } from '../pool-settings/recreate/compare-settings.ts';
import { mfaRequest } from '../pool-settings/recreate/mfa-request.ts';
import { isNothing, only, without } from '../pool-settings/recreate/omissions.ts';
import type { ApiObject, Omission, RecreateOptions } from '../pool-settings/recreate/omissions.ts';
import { poolRequest } from '../pool-settings/recreate/pool-request.ts';
import type { KeptSettings } from '../pool-settings/shape.ts';

/** The requests by which the pool of a drill is made from kept settings, in this order; `mfa`: where the pool is to have any. */
export interface ThrowAwayRequests {
  readonly pool: ApiObject;
  /** For AddCustomAttributes: what CreateUserPool does not take at once. */
  readonly additions: readonly (readonly ApiObject[])[];
  readonly mfa?: ApiObject;
  /** What the kept pool has and this one does without. */
  readonly omissions: readonly Omission[];
}

/** The kept pool without what reaches out of it: triggers, domain, mail and SMS settings, keys, deletion protection. */
export function throwAwayRequests(kept: KeptSettings, name: string, tags: RecreateOptions['tags']): ThrowAwayRequests {
  const { request, additions, omissions } = poolRequest(kept, { name, tags, throwAway: true });
  const mfa = mfaRequest(kept, { throwAway: true });
  return {
    pool: without(request, TEXTS),
    additions,
    ...(mfa.request === undefined ? {} : { mfa: mfa.request }),
    omissions: [
      ...omissions,
      ...mfa.omissions,
      ...TEXTS.filter((setting) => !isNothing(kept.pool[setting])).map((setting) => ({
        setting: `pool.${setting}`,
        why: 'The pool of a drill sends nothing.',
      })),
      ...(kept.identityProviders.length === 0
        ? []
        : [{ setting: 'identityProviders', why: 'They lead out of the pool, and their secrets are in no backup.' }]),
    ],
  };
}

/** Without these a restore could not be rehearsed. */
const NEEDED = [
  'PoolName',
  'Schema',
  'UsernameAttributes',
  'AliasAttributes',
  'UsernameConfiguration',
  'AutoVerifiedAttributes',
  'DeletionProtection',
  'UserPoolTags',
];

/** The request with only what a restore needs, where Cognito refuses the whole one: a Region or a plan may lack something of it. */
export const bareRequest = (request: ApiObject): ApiObject => only(request, NEEDED);

/** What the bare request lacks. `error`: by which the whole one was refused. */
export const withoutRefused = (request: ApiObject, error: string): Omission[] =>
  Object.keys(without(request, NEEDED)).map((name) => ({
    setting: `pool.${name}`,
    why: `Cognito refuses the pool of the drill with this, or with another of its settings (${error}).`,
  }));

/** MFA, where Cognito refuses it for the pool of a drill. */
export const withoutMfa = (error: string): Omission[] =>
  ['mfa', 'pool.MfaConfiguration'].map((setting) => ({
    setting,
    why: `Cognito refuses it for the pool of the drill (${error}).`,
  }));

/** Texts of messages: nothing is sent, and Cognito has its own. */
const TEXTS = ['VerificationMessageTemplate', 'SmsAuthenticationMessage'];

/** What Cognito shows of a pool that is none of its settings. */
const NO_SETTINGS = ['Arn', 'Status', 'CreationDate', 'LastModifiedDate', 'EstimatedNumberOfUsers'];
/** Named in the result; the others are no different for it. */
const NAMED = 50;

/** What a restore into a real pool may have and this one does without, by its names. */
export const namesLeftOut = (omissions: readonly Omission[]): string[] => [
  ...new Set(
    omissions
      .filter(({ expected }) => expected !== true)
      .map(({ setting }) => setting)
      .slice(0, NAMED),
  ),
];

/**
 * Settings of the pool that are otherwise than in the kept one although they were asked for, by their names; those that a
 * restore may meet: what was left out on purpose, and what Cognito sets by itself, is none.
 */
export function differingSettings(
  kept: KeptSettings,
  made: { readonly pool: ApiObject; readonly mfa: ApiObject | undefined },
  omissions: readonly Omission[],
): string[] {
  const found = compareSettings(
    kept,
    {
      ...kept,
      pool: without(made.pool, NO_SETTINGS) as KeptSettings['pool'],
      ...(made.mfa === undefined ? {} : { mfa: made.mfa }),
    },
    { omissions, clientIds: new Map() },
  );
  return (
    found
      .filter(
        ({ expected, setting, kept: before }) => !expected && !isNothing(before) && !isLeftOut(setting, omissions),
      )
      // Cognito puts its own attributes where it likes.
      .filter(({ setting }) => !setting.endsWith(' (order)'))
      .map(({ setting }) => setting)
      .slice(0, NAMED)
  );
}

const isLeftOut = (setting: string, omissions: readonly Omission[]): boolean =>
  omissions.some(({ setting: left }) => setting === left || setting.startsWith(`${left}.`));
