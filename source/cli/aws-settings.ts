import { CliError } from './cli-error.ts';
import type { Given } from './context.ts';

/** The profile that every installation has, named or not. */
const DEFAULT_PROFILE = 'default';

/**
 * A profile wins over keys in the environment: one that was typed, as the AWS CLI has it, and one in AWS_PROFILE, as the SDK
 * has it, which would say so on each call.
 */
export function useProfile(environment: NodeJS.ProcessEnv, { options }: Given): void {
  const profile = typeof options.profile === 'string' ? options.profile : environment['AWS_PROFILE'];
  if (profile === undefined || profile === '') return;
  environment['AWS_PROFILE'] = profile;
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN']) delete environment[name];
}

/** What the SDK would only tell in words of its own. @throws CliError usage for a profile or an endpoint that cannot be meant */
export async function assertAwsSettings(
  environment: NodeJS.ProcessEnv,
  loadProfiles: () => Promise<readonly string[]>,
): Promise<void> {
  const { AWS_PROFILE: profile = '' } = environment;
  if (profile !== '' && profile !== DEFAULT_PROFILE && !(await loadProfiles()).includes(profile))
    throw new CliError('usage', {
      thing: `Profile ${profile}`,
      found: 'the files of the AWS configuration have none of this name',
      next: 'Check --profile and AWS_PROFILE; aws configure list-profiles lists what there is.',
    });
  for (const [name, value = ''] of Object.entries(environment))
    if (name.startsWith('AWS_ENDPOINT_URL') && value !== '' && !isAddress(value))
      throw new CliError('usage', {
        thing: name,
        found: `"${value}" is no address of a service`,
        next: 'Give one that begins with http:// or https://, or unset the variable.',
      });
}

const isAddress = (value: string): boolean => URL.canParse(value) && /^https?:\/\//i.test(value);
