import { AwsError, errorResponse } from '../aws-error.ts';
import type { AwsRequest, Interceptor } from '../types.ts';

/** Cognito's default request quotas, calls per second per account and Region ("Quotas in Amazon Cognito", 2026). */
export const COGNITO_QUOTAS: Readonly<Record<string, number>> = {
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
};

/** Operations of these categories are further limited to 5 per second each for one pool (same page). */
const PER_POOL_LIMITED = new Set(['UserPoolResourceRead', 'UserPoolResourceUpdate']);
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
    'ListUserPoolClients',
    'DescribeUserPoolClient',
  ],
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

/** The quota category of a Cognito operation; undefined for those that we do not use. */
export const quotaCategory = (action: string): string | undefined => categoryOf.get(action);

/**
 * Refuses Cognito calls above the quotas with TooManyRequestsException, as Cognito does: token buckets that hold one
 * second's worth.
 *
 * @param quotas true for the defaults, figures by category to replace some of them, false for none
 */
export function quotaInterceptor(quotas: boolean | Readonly<Record<string, number>>, now: () => number): Interceptor {
  if (quotas === false) return (request, next) => next(request);
  const limits: Readonly<Record<string, number>> = { ...COGNITO_QUOTAS, ...(quotas === true ? {} : quotas) };
  const buckets = new Map<string, Bucket>();
  const take = (key: string, perSecond: number): boolean => {
    const bucket = buckets.get(key) ?? { tokens: perSecond, at: now() };
    buckets.set(key, bucket);
    const time = now();
    bucket.tokens = Math.min(perSecond, bucket.tokens + ((time - bucket.at) * perSecond) / 1000);
    bucket.at = time;
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  };
  const allowed = (request: AwsRequest, category: string): boolean => {
    const scope = `${request.account}/${request.region}`;
    const limit = limits[category];
    if (limit !== undefined && !take(`${scope}/${category}`, limit)) return false;
    return (
      !PER_POOL_LIMITED.has(category) ||
      take(`${scope}/${String(request.params['UserPoolId'])}/${request.action}`, PER_POOL_LIMIT)
    );
  };
  return async (request, next) => {
    const category = request.service === 'cognito-idp' ? quotaCategory(request.action) : undefined;
    if (category === undefined || allowed(request, category)) return next(request);
    return errorResponse(request, new AwsError('TooManyRequestsException', 'Too many requests'));
  };
}

interface Bucket {
  tokens: number;
  at: number;
}
