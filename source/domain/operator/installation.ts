/** What the stacks of an account tell about an installation of this product. */

/** A CloudFormation stack, as far as it matters here. */
export interface StackFacts {
  readonly name: string;
  readonly id: string;
  readonly status: string;
  readonly statusReason?: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly parameters: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
}

/** What the product has in one Region. */
export interface DeployedRegion {
  readonly region: string;
  readonly bucket: string;
  readonly topicArn: string;
  readonly importWorkflowArn: string;
  readonly verifyWorkflowArn: string;
  /** Versions before 2.1 have none. */
  readonly drillWorkflowArn?: string;
  /** In the primary Region only. */
  readonly exportWorkflowArn?: string;
}

/** A launched product. `regions` has both, or only the one in which it was found while the other does not answer. */
export interface Installation {
  /** Of the main stack. */
  readonly stackName: string;
  readonly primaryRegion: string;
  readonly secondaryRegion: string;
  readonly userPoolId: string;
  readonly tableName: string;
  readonly exportFrequency: string;
  readonly regions: readonly DeployedRegion[];
}

/** True for the main stack of a launch, whatever its state. */
export const isMainStack = ({ parameters }: StackFacts): boolean =>
  'PrimaryUserPoolId' in parameters && 'SecondaryRegion' in parameters && !('PrimaryRegion' in parameters);

/** True for the stack that the StackSet of a launch has made in a Region. */
export const isInstanceStack = ({ parameters }: StackFacts): boolean =>
  'PrimaryUserPoolId' in parameters && 'PrimaryRegion' in parameters && 'ConstantsParameterName' in parameters;

/** The Region in an ARN. */
const regionIn = (arn: string): string => arn.split(':')[3] ?? '';

/** What a main stack says; undefined while it has no outputs. */
export function installationOf({ name, parameters, outputs, id }: StackFacts): Installation | undefined {
  const primaryRegion = regionIn(id);
  const secondaryRegion = parameters.SecondaryRegion ?? '';
  const primary = regionOf(primaryRegion, {
    bucket: outputs.PrimaryBucketName,
    topicArn: outputs.PrimaryTopicArn,
    importWorkflowArn: outputs.PrimaryImportWorkflowArn,
    verifyWorkflowArn: outputs.PrimaryVerifyWorkflowArn,
    drillWorkflowArn: outputs.PrimaryDrillWorkflowArn,
    exportWorkflowArn: outputs.ExportWorkflowArn,
  });
  const secondary = regionOf(secondaryRegion, {
    bucket: outputs.SecondaryBucketName,
    topicArn: outputs.SecondaryTopicArn,
    importWorkflowArn: outputs.SecondaryImportWorkflowArn,
    verifyWorkflowArn: outputs.SecondaryVerifyWorkflowArn,
    drillWorkflowArn: outputs.SecondaryDrillWorkflowArn,
  });
  const tableName = outputs.BackupTableName;
  if (primary === undefined || secondary === undefined || tableName === undefined) return undefined;
  return {
    stackName: name,
    primaryRegion,
    secondaryRegion,
    userPoolId: parameters.PrimaryUserPoolId ?? '',
    tableName,
    exportFrequency: parameters.ExportFrequency ?? '',
    regions: [primary, secondary],
  };
}

/** What the StackSet's stack of one Region says: of use while the Region of the main stack does not answer. */
export function installationOfInstance({ id, parameters, outputs }: StackFacts): Installation | undefined {
  const found = regionOf(regionIn(id), {
    bucket: outputs.MappingFileBucketName,
    topicArn: outputs.TopicArn,
    importWorkflowArn: outputs.ImportWorkflowArn,
    verifyWorkflowArn: outputs.VerifyWorkflowArn,
    drillWorkflowArn: outputs.DrillWorkflowArn,
    exportWorkflowArn: outputs.ExportWorkflowArn,
  });
  const { BackupTableName: tableName, MainStackName: stackName } = outputs;
  if (found === undefined || tableName === undefined || stackName === undefined) return undefined;
  return {
    stackName,
    primaryRegion: parameters.PrimaryRegion ?? '',
    secondaryRegion: parameters.SecondaryRegion ?? '',
    userPoolId: parameters.PrimaryUserPoolId ?? '',
    tableName,
    exportFrequency: parameters.ExportFrequency ?? '',
    regions: [found],
  };
}

type Partly<T> = { readonly [K in keyof T]: T[K] | undefined };

function regionOf(region: string, parts: Partly<Omit<DeployedRegion, 'region'>>): DeployedRegion | undefined {
  const { bucket, topicArn, importWorkflowArn, verifyWorkflowArn, drillWorkflowArn, exportWorkflowArn } = parts;
  if (
    bucket === undefined ||
    topicArn === undefined ||
    importWorkflowArn === undefined ||
    verifyWorkflowArn === undefined
  )
    return undefined;
  return {
    region,
    bucket,
    topicArn,
    importWorkflowArn,
    verifyWorkflowArn,
    ...(drillWorkflowArn === undefined ? {} : { drillWorkflowArn }),
    ...(exportWorkflowArn === undefined ? {} : { exportWorkflowArn }),
  };
}

/** Why nothing should be started on a stack in this status; undefined where nothing speaks against it. */
export function unusableStatus(status: string): { readonly found: string; readonly next: string } | undefined {
  if (status.startsWith('DELETE_'))
    return {
      found: `it is in ${status}: it is being uninstalled`,
      next: 'Let the deletion end, or finish it; table and buckets stay. Launch again with deploy.',
    };
  if (status.endsWith('_IN_PROGRESS') && status !== 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS')
    return {
      found: `it is in ${status}: CloudFormation is at work on it`,
      next: 'Wait until that has ended, then try again.',
    };
  if (['ROLLBACK_COMPLETE', 'ROLLBACK_FAILED', 'CREATE_FAILED'].includes(status))
    return {
      found: `it is in ${status}: its launch failed`,
      next: 'Read the first failed event of the stack, remove the cause, delete the stack and launch again with deploy.',
    };
  return undefined;
}
