/** The bucket policy that a vault needs, for what VaultBucketArn makes Amazon S3 copy there and a restore read there. */
import { SNAPSHOTS_PREFIX, THINNED_MANIFESTS_PREFIX } from '../../backup/snapshot/names.ts';

/** Whose launch fills the vault, and whose may restore from it. */
export interface VaultPolicyScope {
  /** `aws`, `aws-cn`, `aws-us-gov`. */
  readonly partition: string;
  /** Name of the bucket. */
  readonly bucket: string;
  /** Account of the launch whose snapshots are copied. */
  readonly sourceAccount: string;
  /** Account of a launch that restores; that of the vault needs no statement. */
  readonly restoringAccount?: string;
}

interface VaultPolicyStatement {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal: '*' | { readonly AWS: string };
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}
/** A bucket policy as S3 takes it. */
export interface VaultPolicy {
  readonly Version: '2012-10-17';
  readonly Statement: readonly VaultPolicyStatement[];
}

/** What the role that copies does in the vault, and no deletion. */
export const COPY_ACTIONS = ['s3:ReplicateObject', 's3:ReplicateTags', 's3:ObjectOwnerOverrideToBucketOwner'] as const;
/** The functions that read a backup for a restore, by the logical ids of their roles. */
export const READING_ROLES = ['CheckNewUserPoolRole', 'ScanTableRole'] as const;

/**
 * Roles are named by the pattern of the names that CloudFormation generates, since the vault is there before they are. In a policy
 * the account's root stands for all of its principals; the condition leaves those roles only.
 */
export function vaultPolicy({ partition, bucket, sourceAccount, restoringAccount }: VaultPolicyScope): VaultPolicy {
  const arn = `arn:${partition}:s3:::${bucket}`;
  const rolesOf = (account: string, ids: readonly string[]): Pick<VaultPolicyStatement, 'Principal' | 'Condition'> => ({
    Principal: { AWS: `arn:${partition}:iam::${account}:root` },
    Condition: {
      ArnLike: {
        'aws:PrincipalArn': ids.map((id) => `arn:${partition}:iam::${account}:role/StackSet-CognitoUser*-${id}-*`),
      },
    },
  });
  const copies: VaultPolicyStatement = {
    Sid: 'Copies',
    Effect: 'Allow',
    ...rolesOf(sourceAccount, ['VaultReplicationRole']),
    Action: COPY_ACTIONS,
    Resource: [`${arn}/${SNAPSHOTS_PREFIX}*`, `${arn}/${THINNED_MANIFESTS_PREFIX}*`],
  };
  const plain: VaultPolicyStatement = {
    Sid: 'TlsOnly',
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:*',
    Resource: [arn, `${arn}/*`],
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
  if (restoringAccount === undefined) return { Version: '2012-10-17', Statement: [copies, plain] };
  const readers = rolesOf(restoringAccount, READING_ROLES);
  const reads: VaultPolicyStatement[] = [
    {
      Sid: 'RestoresRead',
      Effect: 'Allow',
      ...readers,
      Action: 's3:GetObject',
      Resource: `${arn}/${SNAPSHOTS_PREFIX}*`,
    },
    {
      Sid: 'RestoresList',
      Effect: 'Allow',
      ...readers,
      Action: 's3:ListBucket',
      Resource: arn,
      Condition: { ...readers.Condition, StringLike: { 's3:prefix': `${SNAPSHOTS_PREFIX}*` } },
    },
  ];
  return { Version: '2012-10-17', Statement: [copies, ...reads, plain] };
}
