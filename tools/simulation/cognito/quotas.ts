/** Cognito's default request quotas, calls per second per account and Region ("Quotas in Amazon Cognito", 2026). */
const COGNITO_QUOTAS: Readonly<Record<string, number>> = {
  UserList: 30,
  UserResourceRead: 50,
  UserRead: 120,
  UserUpdate: 25,
  UserResourceUpdate: 25,
  UserCreation: 50,
  UserPoolRead: 15,
  UserPoolUpdate: 15,
  UserPoolResourceRead: 20,
  UserPoolResourceUpdate: 15,
  UserPoolClientRead: 15,
};

/** Operations of these categories are further limited to 5 per second each for one pool (same page). */
const PER_POOL_LIMITED = new Set(['UserPoolResourceRead', 'UserPoolResourceUpdate', 'UserPoolClientRead']);
const PER_POOL_LIMIT = 5;

const CATEGORY: Readonly<Record<string, readonly string[]>> = {
  UserList: ['ListUsers', 'ListUsersInGroup'],
  UserResourceRead: ['AdminListGroupsForUser', 'AdminListDevices', 'AdminGetDevice', 'AdminListUserAuthEvents'],
  UserRead: ['AdminGetUser', 'GetUser'],
  UserUpdate: [
    'AdminAddUserToGroup',
    'AdminRemoveUserFromGroup',
    'AdminDisableUser',
    'AdminEnableUser',
    'AdminUpdateUserAttributes',
    'AdminDeleteUser',
    'AdminDeleteUserAttributes',
    'AdminSetUserPassword',
    'DeleteUser',
    'AdminResetUserPassword',
    'AdminUserGlobalSignOut',
  ],
  UserResourceUpdate: ['AdminSetUserMFAPreference', 'AdminSetUserSettings', 'AdminForgetDevice'],
  UserCreation: ['AdminCreateUser', 'SignUp', 'AdminConfirmSignUp', 'ConfirmSignUp'],
  UserPoolRead: ['DescribeUserPool', 'ListUserPools'],
  UserPoolUpdate: ['CreateUserPool', 'UpdateUserPool', 'DeleteUserPool', 'AddCustomAttributes'],
  UserPoolResourceRead: [
    'ListGroups',
    'GetGroup',
    'GetCSVHeader',
    'DescribeUserImportJob',
    'ListUserImportJobs',
    'GetUserPoolMfaConfig',
    'ListTagsForResource',
    'ListResourceServers',
    'ListIdentityProviders',
    'DescribeIdentityProvider',
    'DescribeUserPoolDomain',
    'GetUICustomization',
    'DescribeManagedLoginBranding',
    'DescribeManagedLoginBrandingByClient',
    'DescribeRiskConfiguration',
    'GetLogDeliveryConfiguration',
    'ListTerms',
    'DescribeTerms',
  ],
  UserPoolClientRead: ['ListUserPoolClients', 'DescribeUserPoolClient'],
  UserPoolResourceUpdate: [
    'CreateGroup',
    'UpdateGroup',
    'DeleteGroup',
    'CreateUserImportJob',
    'StartUserImportJob',
    'StopUserImportJob',
    'SetUserPoolMfaConfig',
  ],
};

const categoryOf = new Map(
  Object.entries(CATEGORY).flatMap(([category, actions]) => actions.map((action) => [action, category] as const)),
);

/** Whom a call's quota belongs to: the account and Region as one text, and the pool that it speaks of. */
export interface QuotaScope {
  readonly account: string;
  readonly poolId: string;
}

interface Bucket {
  tokens: number;
  at: number;
}

/** Decides which calls are above Cognito's quotas: token buckets that hold one second's worth. */
export class CognitoQuotas {
  readonly #limits: Readonly<Record<string, number>> | undefined;
  readonly #buckets = new Map<string, Bucket>();

  /** @param quotas true for the defaults, figures by category to replace some of them, false for none */
  constructor(
    quotas: boolean | Readonly<Record<string, number>>,
    private readonly now: () => number,
  ) {
    this.#limits = quotas === false ? undefined : { ...COGNITO_QUOTAS, ...(quotas === true ? {} : quotas) };
  }

  /** Counts a call; false when Cognito would answer it with TooManyRequestsException. */
  allow(action: string, { account, poolId }: QuotaScope): boolean {
    const category = categoryOf.get(action);
    if (this.#limits === undefined || category === undefined) return true;
    const limit = this.#limits[category];
    if (limit !== undefined && !this.#take(`${account}/${category}`, limit)) return false;
    return !PER_POOL_LIMITED.has(category) || this.#take(`${account}/${poolId}/${action}`, PER_POOL_LIMIT);
  }

  #take(key: string, perSecond: number): boolean {
    const now = this.now();
    const bucket = this.#buckets.get(key) ?? { tokens: perSecond, at: now };
    this.#buckets.set(key, bucket);
    bucket.tokens = Math.min(perSecond, bucket.tokens + ((now - bucket.at) * perSecond) / 1000);
    bucket.at = now;
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }
}
