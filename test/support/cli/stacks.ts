import type { Stack } from '@aws-sdk/client-cloudformation';

export const ACCOUNT = '111122223333';
export const TABLE = 'Backup-BackupTable-1ABCDEF';
export const POOL = 'us-east-1_Source001';
const ID = '0a1b2c3d';

export const machineArn = (workflow: string, region: string): string =>
  `arn:aws:states:${region}:${ACCOUNT}:stateMachine:${workflow}-${ID}`;
export const executionArn = (workflow: string, region: string, name = 'run'): string =>
  `arn:aws:states:${region}:${ACCOUNT}:execution:${workflow}-${ID}:${name}`;
export const topicArn = (region: string): string => `arn:aws:sns:${region}:${ACCOUNT}:topic`;
export const bucketIn = (region: string): string => `mapping-files-${region}`;

const pairs = <K extends string, V extends string>(values: Record<string, string>, key: K, value: V) =>
  Object.entries(values).map(([name, text]) => ({ [key]: name, [value]: text }) as Record<K | V, string>);

/** A main stack as CloudFormation describes it. */
export function mainStack({
  name = 'Backup',
  status = 'CREATE_COMPLETE',
  outputs = true,
  region = 'us-east-1',
  secondary = 'eu-west-1',
  parameters = {},
}: {
  readonly name?: string;
  readonly status?: string;
  /** Whether the launch came so far as to have any. */
  readonly outputs?: boolean;
  readonly region?: string;
  readonly secondary?: string;
  readonly parameters?: Readonly<Record<string, string>>;
} = {}): Stack {
  const inBoth = (of: (side: string, region: string) => Record<string, string>) => ({
    ...of('Primary', region),
    ...of('Secondary', secondary),
  });
  return {
    StackName: name,
    StackId: `arn:aws:cloudformation:${region}:${ACCOUNT}:stack/${name}/5f0e`,
    StackStatus: status as 'CREATE_COMPLETE',
    CreationTime: new Date('2026-02-01T00:00:00Z'),
    Parameters: pairs(
      {
        PrimaryUserPoolId: POOL,
        SecondaryRegion: secondary,
        ExportFrequency: 'EVERY_DAY',
        CognitoTPS: '10',
        ...parameters,
      },
      'ParameterKey',
      'ParameterValue',
    ),
    Outputs: outputs
      ? pairs(
          {
            BackupTableName: TABLE,
            ExportWorkflowArn: machineArn('ExportWorkflow', region),
            ...inBoth((side, where) => ({
              [`${side}ImportWorkflowArn`]: machineArn('ImportWorkflow', where),
              [`${side}VerifyWorkflowArn`]: machineArn('VerifyWorkflow', where),
              [`${side}TopicArn`]: topicArn(where),
              [`${side}BucketName`]: bucketIn(where),
            })),
          },
          'OutputKey',
          'OutputValue',
        )
      : [],
  };
}

/** The StackSet's stack of the backup Region. */
export function instanceStack({ main = 'Backup', region = 'eu-west-1', status = 'CREATE_COMPLETE' } = {}): Stack {
  const name = `StackSet-CognitoUserProfilesExport-${main}`;
  return {
    StackName: name,
    StackId: `arn:aws:cloudformation:${region}:${ACCOUNT}:stack/${name}/6a1f`,
    StackStatus: status as 'CREATE_COMPLETE',
    CreationTime: new Date('2026-02-01T00:05:00Z'),
    Parameters: pairs(
      {
        PrimaryUserPoolId: POOL,
        PrimaryRegion: 'us-east-1',
        SecondaryRegion: 'eu-west-1',
        ExportFrequency: 'EVERY_DAY',
        ConstantsParameterName: '/constants',
      },
      'ParameterKey',
      'ParameterValue',
    ),
    Outputs: pairs(
      {
        MainStackName: main,
        BackupTableName: TABLE,
        ImportWorkflowArn: machineArn('ImportWorkflow', region),
        VerifyWorkflowArn: machineArn('VerifyWorkflow', region),
        TopicArn: topicArn(region),
        MappingFileBucketName: bucketIn(region),
      },
      'OutputKey',
      'OutputValue',
    ),
  };
}
