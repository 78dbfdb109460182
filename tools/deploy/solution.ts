/** The whole solution on a cloud: build, upload, launch; what the tests, the demo and the bench share. */
import type { StackEvent } from '@aws-sdk/client-cloudformation';
import { join } from 'node:path';
import type { BuildArguments } from '../../deployment/packaging/arguments.ts';
import { buildAssets, type Assets } from '../../deployment/packaging/assets.ts';
import { mainTemplateUrl } from '../../deployment/packaging/next-steps.ts';
import type { ClientConfigOf } from './clients.ts';
import type { StackOperation } from './stack.ts';
import { createAssetBuckets, uploadAssets } from './upload.ts';

export const projectRoot = join(import.meta.dirname, '..', '..');

export interface SolutionParameters {
  readonly PrimaryUserPoolId: string;
  readonly SecondaryRegion: string;
  readonly NotificationEmail: string;
  readonly ExportFrequency?: 'EVERY_DAY' | 'EVERY_7_DAYS' | 'EVERY_30_DAYS';
  readonly CognitoTPS?: '1' | '5' | '10' | '15' | '20' | '25';
  readonly SnsPreference?: 'INFO_AND_ERRORS' | 'ERRORS_ONLY';
  readonly MaxDeletePercent?: string;
  readonly MaxChangePercent?: string;
  readonly SnapshotRetentionDays?: string;
  readonly ReportRetentionDays?: string;
}

export interface SolutionOptions {
  readonly clientConfig: ClientConfigOf;
  readonly primaryRegion: string;
  readonly secondaryRegion: string;
  readonly build: BuildArguments;
  readonly stackName: string;
  readonly onEvent?: (event: StackEvent) => void;
}

/**
 * Makes the asset buckets in both Regions and uploads the files that belong to the templates.
 * @param assets what to upload; built from this checkout when absent
 */
export async function publishAssets(
  { clientConfig, build, primaryRegion, secondaryRegion }: SolutionOptions,
  assets?: Assets,
): Promise<void> {
  const regions = [primaryRegion, secondaryRegion];
  await createAssetBuckets(clientConfig, build.bucket, regions);
  await uploadAssets(clientConfig, build, assets ?? (await buildAssets(projectRoot, build)), regions);
}

/** Give it to createStack or updateStack: the main template's URL, as the console gets it, with these parameters. */
export const stackOperation = (
  { clientConfig, build, primaryRegion, stackName, onEvent }: SolutionOptions,
  parameters: SolutionParameters,
): StackOperation => ({
  clientConfig,
  region: primaryRegion,
  stackName,
  templateUrl: mainTemplateUrl(build, primaryRegion),
  parameters: { ...parameters },
  ...(onEvent === undefined ? {} : { onEvent }),
});
