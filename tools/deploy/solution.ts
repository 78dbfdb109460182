/** The whole solution on a cloud: build, upload, launch; what the tests, the demo and the bench share. */
import { join } from 'node:path';
import manifest from '../../package.json' with { type: 'json' };
import type { BuildArguments } from '../../source/domain/operator/build/build-arguments.ts';
import { buildAssets } from '../../deployment/packaging/assets.ts';
import type { FilledBuild } from '../../source/domain/operator/build/fill-build.ts';
import { mainTemplateUrl } from '../../source/domain/operator/build/launch-link.ts';
import type { ProgressEvent } from '../../source/domain/operator/deploy/stack-events.ts';
import type { ClientConfigOf } from './clients.ts';
import { PRIMARY, SECONDARY } from './regions.ts';
import type { Region } from './regions.ts';
import { createStack, failuresOf } from './stack.ts';
import type { ExportFrequency } from '../../source/domain/backup/freshness.ts';
import type { StackOperation } from './stack.ts';
import { UnexpectedEnd } from './unexpected-end.ts';
import { createAssetBuckets, uploadAssets } from './upload.ts';

export const projectRoot = join(import.meta.dirname, '..', '..');

export interface SolutionParameters {
  readonly PrimaryUserPoolId: string;
  readonly SecondaryRegion: string;
  readonly NotificationEmail: string;
  readonly AllowMfa?: 'NO' | 'YES';
  readonly FederatedUsers?: 'REPORT' | 'PRELINK';
  readonly AllowMultipleUsernameAttributes?: 'NO' | 'YES';
  readonly ExportFrequency?: ExportFrequency;
  readonly CognitoTPS?: '1' | '5' | '10' | '15' | '20' | '25';
  readonly SnsPreference?: 'INFO_AND_ERRORS' | 'ERRORS_ONLY';
  readonly MaxDeletePercent?: string;
  readonly MaxChangePercent?: string;
  readonly UncountedAttributes?: string;
  readonly GroupRoles?: 'REPORT' | 'MAP';
  readonly GroupRoleArns?: string;
  readonly SnapshotRetentionDays?: string;
  readonly ReportRetentionDays?: string;
  readonly DrillSchedule?: 'OFF' | 'WEEKLY' | 'MONTHLY';
  readonly VaultBucketArn?: string;
  readonly VaultAccountId?: string;
  readonly VaultKmsKeyArn?: string;
  readonly FunctionArchitecture?: 'arm64' | 'x86_64';
  readonly PermissionsBoundaryArn?: string;
  readonly TagsRevision?: string;
  readonly KmsKeyArn?: string;
}

export interface SolutionOptions {
  readonly clientConfig: ClientConfigOf;
  readonly primaryRegion: string;
  readonly secondaryRegion: string;
  readonly build: BuildArguments;
  readonly stackName: string;
  /** Of the main stack. */
  readonly tags?: Readonly<Record<string, string>>;
  readonly onEvent?: (event: ProgressEvent) => void;
}

/**
 * Makes the asset buckets in both Regions and uploads the files that belong to the templates.
 * @param assets what to upload; built from this checkout when absent
 */
export async function publishAssets(
  { clientConfig, build, primaryRegion, secondaryRegion }: SolutionOptions,
  assets?: FilledBuild,
): Promise<void> {
  const regions = [primaryRegion, secondaryRegion];
  const files = assets ?? (await buildAssets(projectRoot, build));
  await createAssetBuckets(clientConfig, build.bucket, regions);
  await uploadAssets(clientConfig, build, files, regions);
}

/** Give it to createStack or updateStack: the main template's URL, as the console gets it, with these parameters. */
export const stackOperation = (
  { clientConfig, build, primaryRegion, stackName, tags, onEvent }: SolutionOptions,
  parameters: SolutionParameters,
): StackOperation => ({
  clientConfig,
  region: primaryRegion,
  stackName,
  templateUrl: mainTemplateUrl(build, primaryRegion),
  parameters: { ...parameters },
  ...(tags === undefined ? {} : { tags }),
  ...(onEvent === undefined ? {} : { onEvent }),
});

/** This checkout's build for an asset bucket. */
export const buildFor = (bucket: string): BuildArguments => ({
  bucket,
  solutionName: 'cognito-user-profiles-export',
  version: `v${manifest.version}`,
});

/** The solution for the two Regions of the tools; its build goes to the asset bucket `bucket`. */
export const solutionFor = (
  { clientConfig }: Pick<SolutionOptions, 'clientConfig'>,
  bucket: string,
  stackName: string,
): SolutionOptions => ({
  clientConfig,
  primaryRegion: PRIMARY,
  secondaryRegion: SECONDARY,
  build: buildFor(bucket),
  stackName,
});

/** What the tools use of the main stack's outputs. */
export interface LaunchedSolution {
  readonly stackId: string;
  /** All of them, as they are. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly stackSetName: string;
  readonly tableName: string;
  readonly exportWorkflow: string;
  readonly importWorkflow: Readonly<Record<Region, string>>;
  readonly verifyWorkflow: Readonly<Record<Region, string>>;
  readonly drillWorkflow: Readonly<Record<Region, string>>;
  readonly bucket: Readonly<Record<Region, string>>;
  readonly topic: Readonly<Record<Region, string>>;
}

/** The parameters of a launch for a pool, where these say nothing else. */
export const parametersFor = (
  PrimaryUserPoolId: string,
  parameters: Partial<SolutionParameters> = {},
): SolutionParameters => ({
  PrimaryUserPoolId,
  SecondaryRegion: SECONDARY,
  NotificationEmail: 'ops@example.com',
  ...parameters,
});

/**
 * Launches the uploaded solution for a pool; its first export begins at once.
 * @throws UnexpectedEnd with the reasons when the stack is not created
 */
export async function launchSolution(
  options: SolutionOptions,
  parameters: SolutionParameters,
): Promise<LaunchedSolution> {
  const outcome = await createStack(stackOperation(options, parameters));
  if (outcome.status !== 'CREATE_COMPLETE')
    throw new UnexpectedEnd(
      `The stack ${options.stackName} ended as ${outcome.status}:\n${failuresOf(outcome).join('\n')}`,
    );
  const output = (name: string): string => {
    const value = outcome.outputs[name];
    if (value === undefined) throw new UnexpectedEnd(`The stack has no output ${name}.`);
    return value;
  };
  const inBoth = (name: string): Record<Region, string> => ({
    [PRIMARY]: output(`Primary${name}`),
    [SECONDARY]: output(`Secondary${name}`),
  });
  return {
    stackId: outcome.stackId,
    outputs: outcome.outputs,
    stackSetName: output('StackSetName'),
    tableName: output('BackupTableName'),
    exportWorkflow: output('ExportWorkflowArn'),
    importWorkflow: inBoth('ImportWorkflowArn'),
    verifyWorkflow: inBoth('VerifyWorkflowArn'),
    drillWorkflow: inBoth('DrillWorkflowArn'),
    bucket: inBoth('BucketName'),
    topic: inBoth('TopicArn'),
  };
}
