/** The key policy that a customer's key and its replica need, for everything that KmsKeyArn makes them encrypt. */

/** Whose key it is, and of which launch. */
export interface KeyPolicyScope {
  /** `aws`, `aws-cn`, `aws-us-gov`. */
  readonly partition: string;
  readonly account: string;
  readonly primaryRegion: string;
  readonly secondaryRegion: string;
  /** Name of the main stack. */
  readonly stackName: string;
}

interface KeyPolicyStatement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Principal: Readonly<Record<string, string | readonly string[]>>;
  readonly Action: string | readonly string[];
  /** In a key policy: this key. */
  readonly Resource: '*';
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}
/** A key policy as KMS takes it. */
export interface KeyPolicy {
  readonly Version: '2012-10-17';
  readonly Statement: readonly KeyPolicyStatement[];
}

/**
 * The same for key and replica, of which each has a policy of its own. The first statement lets IAM policies of the account speak:
 * those of the functions' roles name the key and the services through which it may be used.
 */
export function keyPolicy({
  partition,
  account,
  primaryRegion,
  secondaryRegion,
  stackName,
}: KeyPolicyScope): KeyPolicy {
  const logs = [primaryRegion, secondaryRegion].map((region) => `logs.${region}.${suffixOf(partition)}`);
  const logGroup = (name: string): string => `arn:${partition}:logs:*:${account}:log-group:${name}`;
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'PoliciesOfThisAccount',
        Effect: 'Allow',
        Principal: { AWS: `arn:${partition}:iam::${account}:root` },
        Action: 'kms:*',
        Resource: '*',
      },
      {
        Sid: 'LogGroups',
        Effect: 'Allow',
        Principal: { Service: logs },
        Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:Describe*'],
        Resource: '*',
        Condition: {
          ArnLike: {
            'kms:EncryptionContext:aws:logs:arn': [
              // Generated names begin with at least the first 24 characters of the stack's.
              logGroup(`${stackName.slice(0, 24)}*`),
              logGroup('StackSet-CognitoUser*'),
              logGroup('/aws/vendedlogs/states/*Workflow-*'),
            ],
          },
        },
      },
      {
        Sid: 'CallersOfLogs',
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: ['kms:Decrypt', 'kms:GenerateDataKey', 'kms:DescribeKey'],
        Resource: '*',
        Condition: { StringEquals: { 'kms:CallerAccount': account, 'kms:ViaService': logs } },
      },
      {
        Sid: 'UndeliveredEvents',
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
        Resource: '*',
      },
    ],
  };
}

const suffixOf = (partition: string): string => (partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com');
