/** A permissions boundary as an organization writes it that lets roles do no more than it has approved. */
import { THROW_AWAY_TAG } from '../../../source/domain/backup/throw-away-pool.ts';
import { grantsOf } from '../../../source/domain/operator/permissions/roles.ts';
import type { Role } from '../../../source/domain/operator/permissions/roles.ts';

/** What no role of an application may ever do, whatever its own policies say. */
const NEVER = [
  'iam:CreateUser',
  'iam:CreateAccessKey',
  'iam:CreatePolicyVersion',
  'kms:ScheduleKeyDeletion',
  'kms:DisableKey',
  'kms:PutKeyPolicy',
  'organizations:*',
  'dynamodb:DeleteTable',
  'cognito-idp:AdminGetUser',
  's3:PutBucketAcl',
  'logs:PutSubscriptionFilter',
];
/** Services whose requests belong to no Region of the account. */
const GLOBAL = ['iam:*', 'sts:*'];

/** The boundary for these roles: the actions that they are granted, in these Regions, and nothing else. */
export const boundaryFor = (roles: readonly Role[], regions: readonly string[]): object => ({
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'Approved',
      Effect: 'Allow',
      Action: withoutCovered([...new Set(grantsOf(roles).map(({ action }) => action))].sort()),
      Resource: '*',
    },
    { Sid: 'Never', Effect: 'Deny', Action: NEVER, Resource: '*' },
    {
      // A drill deletes the pool that it has made, and no other.
      Sid: 'PoolsButOfDrills',
      Effect: 'Deny',
      Action: 'cognito-idp:DeleteUserPool',
      Resource: '*',
      Condition: { Null: { [`aws:ResourceTag/${THROW_AWAY_TAG}`]: 'true' } },
    },
    {
      Sid: 'OtherRegions',
      Effect: 'Deny',
      NotAction: GLOBAL,
      Resource: '*',
      Condition: { StringNotEquals: { 'aws:RequestedRegion': regions } },
    },
  ],
});

/** A managed policy may have 6,144 characters: what a wildcard of the same list allows need not be named. */
function withoutCovered(actions: readonly string[]): readonly string[] {
  const wild = actions.filter((action) => action.endsWith(':*')).map((action) => action.slice(0, -1));
  return actions.filter((action) => action.endsWith(':*') || !wild.some((prefix) => action.startsWith(prefix)));
}
