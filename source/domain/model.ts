import * as v from 'valibot';
import { countShape, textsShape } from './state/shape.ts';
import type { Shape, Stored } from './state/shape.ts';

/** What a Cognito user pool holds, as far as Cognito's API shows it to an administrator. */

/** Attribute name (`email`, `custom:team`, ...) to value, as ListUsers returns them. Built without a prototype. */
export type Attributes = Readonly<Record<string, string>>;

/** Cognito's UserStatus values (botocore `UserStatusType`); kept open, since AWS adds values. */
export type UserStatus =
  | 'UNCONFIRMED'
  | 'CONFIRMED'
  | 'ARCHIVED'
  | 'COMPROMISED'
  | 'UNKNOWN'
  | 'RESET_REQUIRED'
  | 'FORCE_CHANGE_PASSWORD'
  | 'EXTERNAL_PROVIDER'
  | (string & {});

/** A user as ListUsers and ListUsersInGroup show it. */
export interface PoolUser {
  /** Cognito's Username; in a pool with username attributes this is the generated `sub`. */
  readonly username: string;
  /** The `sub` attribute: the user's key in the backup. */
  readonly sub: string;
  /** Every attribute, `sub` included. */
  readonly attributes: Attributes;
  readonly enabled: boolean;
  readonly status: UserStatus;
  /** ISO 8601, from UserCreateDate and UserLastModifiedDate. */
  readonly created: string;
  readonly modified: string;
}

export const groupShape = v.object({
  name: v.pipe(v.string(), v.minLength(1)),
  description: v.exactOptional(v.string()),
  /** Lower is stronger; 0 or more. */
  precedence: v.exactOptional(countShape),
  /** IAM role of the group: stored and reported, never set on a restored group. */
  roleArn: v.exactOptional(v.string()),
});
/** UsernameType and GroupNameType of Cognito's service model. */
const NAME = /^[\p{L}\p{M}\p{S}\p{N}\p{P}]{1,128}$/u;
/** Whether Cognito could have a user or a group of the name: only what no export wrote has another one. */
export const isPossibleName = (name: string): boolean => NAME.test(name);
/** How such names are, in words. */
export const POSSIBLE_NAMES = 'Cognito takes names of 1 to 128 characters without white space and control characters';

/** A group as ListGroups shows it. */
export type PoolGroup = Stored<typeof groupShape>;

const schemaAttributeShape = v.object({
  name: v.string(),
  type: v.picklist(['String', 'Number', 'DateTime', 'Boolean']),
  mutable: v.boolean(),
  required: v.boolean(),
  /** String length or number bounds as Cognito returns them (decimal strings). */
  min: v.exactOptional(v.string()),
  max: v.exactOptional(v.string()),
});
/** One entry of a pool's schema (DescribeUserPool `SchemaAttributes`). */
export type SchemaAttribute = Stored<typeof schemaAttributeShape>;

/** Attributes that Cognito can verify, and that can stand for the username. */
export type ContactAttribute = 'email' | 'phone_number';
/** Cognito knows these two; a backup of a pool for which it knew another one would still be good. */
const contactsShape = v.array(v.string() as Shape<ContactAttribute>);

/** A second factor that a pool can offer to its users, by Cognito's names. */
export type MfaFactor = 'SMS_MFA' | 'EMAIL_OTP' | 'SOFTWARE_TOKEN_MFA';

export const mfaSettingsShape = v.object({
  /** Names of MfaFactor, and what AWS may add: what a user can answer a challenge by, or enrol. Passkeys are told apart. */
  factors: textsShape,
  sms: v.exactOptional(
    v.object({
      message: v.exactOptional(v.string()),
      callerArn: v.exactOptional(v.string()),
      region: v.exactOptional(v.string()),
    }),
  ),
  email: v.exactOptional(v.object({ message: v.exactOptional(v.string()), subject: v.exactOptional(v.string()) })),
  passkeys: v.exactOptional(
    v.object({
      relyingPartyId: v.exactOptional(v.string()),
      userVerification: v.exactOptional(v.string()),
      factorConfiguration: v.exactOptional(v.string()),
    }),
  ),
});
/** A pool's MFA settings beside OFF, OPTIONAL and ON (GetUserPoolMfaConfig), without the external id of its SMS role. */
export type MfaSettings = Stored<typeof mfaSettingsShape>;

export const settingsShape = v.object({
  usernameAttributes: contactsShape,
  aliasAttributes: textsShape,
  caseSensitive: v.boolean(),
  autoVerifiedAttributes: contactsShape,
  mfaConfiguration: v.picklist(['OFF', 'ON', 'OPTIONAL']),
  /** Asked for only where `mfaConfiguration` is not OFF; absent in what earlier versions stored. */
  mfa: v.exactOptional(mfaSettingsShape),
  schema: v.array(schemaAttributeShape),
  /** AccountRecoverySetting's mechanisms, the preferred one first; absent where the pool has no such setting. */
  recoveryMechanisms: v.exactOptional(textsShape),
  /** Names of the configured Lambda triggers (`PreSignUp`, `CustomMessage`, ...), without their ARNs. */
  triggers: textsShape,
});
/** The pool settings that matter to a restore; stored in every sealed manifest. */
export type PoolSettings = Stored<typeof settingsShape>;

/** What DescribeUserPool says that the product reads. */
export interface UserPoolDescription {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  readonly settings: PoolSettings;
  /** Nobody can delete the pool before somebody turns this off. */
  readonly deletionProtected: boolean;
  /** Anybody may sign up, also while the pool is being filled. */
  readonly acceptsSignUps: boolean;
  /** The pool offers sign-in without a password: an import job leaves users CONFIRMED then, not RESET_REQUIRED. */
  readonly importsConfirmed: boolean;
  /** Cognito's estimate; good enough for a warning only. */
  readonly estimatedNumberOfUsers: number;
}

/** A user pool as its description tells who made it. */
export interface PoolIdentity {
  readonly id: string;
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * RestoreStatus of Cognito's own point-in-time recovery (botocore `RestoreStatusType`); kept open, since AWS adds
 * values. The last two leave the pool's writes paused until AWS Support has acted.
 */
export type RecoveryStatus =
  | 'PREVIEW_GENERATING'
  | 'PREVIEW_GENERATED'
  | 'PREVIEW_CANCELLED'
  | 'PREVIEW_GENERATION_FAILED'
  | 'PREVIEW_EXPIRED'
  | 'RESTORING'
  | 'RESTORE_COMPLETED'
  | 'TEMPORARY_INTERNAL_ERROR_SEE_SUPPORT_CASE'
  | 'AWS_ABORTED'
  | (string & {});

/** One of AWS's own recoveries of a pool, as ListPointInTimeRecoveries shows it. */
export interface PoolRecovery {
  readonly id: string;
  readonly status: RecoveryStatus;
  /** ISO 8601: the moment that the pool is, or was, put back to. Absent where Cognito gives none. */
  readonly point?: string;
}
/** The newest first; none where Cognito does not offer recoveries. `unknown`: the function may not ask for them. */
export type PoolRecoveries = readonly PoolRecovery[] | 'unknown';

/** The status of users who signed in through an identity provider; no import can create them. */
export const FEDERATED_STATUS = 'EXTERNAL_PROVIDER';
/** The status of users whom an import job brought; in a pool with passwordless sign-in they may be CONFIRMED instead. */
export const IMPORTED_STATUS = 'RESET_REQUIRED';
/** An administrator created the user and no permanent password was set: no sign-in without the temporary one, and no "forgot password". */
export const TEMPORARY_PASSWORD_STATUS = 'FORCE_CHANGE_PASSWORD';

/**
 * What names a user at sign-in: the pool's username attribute if it has one, else the username. `emailOrPhone`: the pool
 * has both, and each user signs in by the one with which it signed up.
 */
export const SIGN_IN_ATTRIBUTES = ['username', 'email', 'phone_number', 'emailOrPhone'] as const;
export type SignInAttribute = (typeof SIGN_IN_ATTRIBUTES)[number];

/** What names the users of a pool with these settings. */
export function signInAttributeOf({ usernameAttributes }: Pick<PoolSettings, 'usernameAttributes'>): SignInAttribute {
  const [attribute, other] = usernameAttributes;
  return attribute === undefined ? 'username' : other === undefined ? attribute : 'emailOrPhone';
}
