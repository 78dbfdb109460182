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

export interface PoolGroup {
  readonly name: string;
  readonly description?: string;
  /** Lower is stronger; 0 or more. */
  readonly precedence?: number;
  /** IAM role of the group: stored and reported, never set on a restored group. */
  readonly roleArn?: string;
}

/** One entry of a pool's schema (DescribeUserPool `SchemaAttributes`). */
export interface SchemaAttribute {
  readonly name: string;
  readonly type: 'String' | 'Number' | 'DateTime' | 'Boolean';
  readonly mutable: boolean;
  readonly required: boolean;
  /** String length or number bounds as Cognito returns them (decimal strings). */
  readonly min?: string;
  readonly max?: string;
}

export type ContactAttribute = 'email' | 'phone_number';

/** The pool settings that matter to a restore; stored in every sealed manifest. */
export interface PoolSettings {
  readonly usernameAttributes: readonly ContactAttribute[];
  readonly aliasAttributes: readonly string[];
  readonly caseSensitive: boolean;
  readonly autoVerifiedAttributes: readonly ContactAttribute[];
  readonly mfaConfiguration: 'OFF' | 'ON' | 'OPTIONAL';
  readonly schema: readonly SchemaAttribute[];
  /** Names of the configured Lambda triggers (`PreSignUp`, `CustomMessage`, ...), without their ARNs. */
  readonly triggers: readonly string[];
}

export interface UserPoolDescription {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  readonly settings: PoolSettings;
  /** Cognito's estimate; good enough for a warning only. */
  readonly estimatedNumberOfUsers: number;
}

/** The status of users who signed in through an identity provider; no import can create them. */
export const FEDERATED_STATUS = 'EXTERNAL_PROVIDER';
/** The status of users whom an import job brought; in a pool with passwordless sign-in they may be CONFIRMED instead. */
export const IMPORTED_STATUS = 'RESET_REQUIRED';
/** An administrator created the user and no permanent password was set: no sign-in without the temporary one, and no "forgot password". */
export const TEMPORARY_PASSWORD_STATUS = 'FORCE_CHANGE_PASSWORD';

/** The attribute that names a user at sign-in: the pool's username attribute if it has exactly one, else the username. */
export type SignInName = 'username' | ContactAttribute;

export const signInNameOf = (settings: Pick<PoolSettings, 'usernameAttributes'>): SignInName =>
  settings.usernameAttributes.length === 1 ? (settings.usernameAttributes[0] as ContactAttribute) : 'username';
