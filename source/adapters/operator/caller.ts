import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { loadSharedConfigFiles } from '@smithy/core/config';

/** The account of the credentials; GetCallerIdentity needs no permission. */
export async function callersAccount(client: STSClient): Promise<string | undefined> {
  const { Account } = await client.send(new GetCallerIdentityCommand({}));
  return Account;
}

/** The Region that the environment names, or the profile; undefined where neither does. */
export async function regionOfEnvironment(environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  // The AWS CLI knows both names, the SDK only the first.
  const named = environment['AWS_REGION'] ?? environment['AWS_DEFAULT_REGION'];
  if (named !== undefined && named !== '') return named;
  try {
    return await new STSClient({}).config.region();
  } catch {
    return undefined;
  }
}

/** The profiles that the files of the AWS configuration name, one of them or both. */
export async function profilesInFiles(): Promise<readonly string[]> {
  const { configFile, credentialsFile } = await loadSharedConfigFiles();
  return [...Object.keys(configFile), ...Object.keys(credentialsFile)];
}
