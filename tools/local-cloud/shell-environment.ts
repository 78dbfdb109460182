/** Keeps the settings of the shell away from everything that talks to the local cloud. */
import type { AwsCredentials } from './gateway/types.ts';

const LOOPBACK = '127.0.0.1';
/** Not a setting of a client: tools/run.sh switches off a reminder that would drown what the tools print. */
const REMINDER = 'AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED';
const FOR_THE_SERVER = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'LOCAL_CLOUD_PERMISSIONS', REMINDER] as const;

/**
 * Takes out of this process's environment what would change or break its AWS clients: every AWS_* variable (a FIPS
 * endpoint, a profile, a way to retry) and the files in ~/.aws. Proxies stay, for pip and npm; the local cloud is never asked
 * through one.
 */
export function shieldFromShell(env: NodeJS.ProcessEnv = process.env): void {
  for (const name of Object.keys(env)) if (name.startsWith('AWS_') && name !== REMINDER) delete env[name];
  Object.assign(env, { AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' });
  for (const name of ['NO_PROXY', 'no_proxy']) {
    const hosts = (env[name] ?? '').split(',').filter(Boolean);
    env[name] = [...hosts.filter((host) => host !== LOOPBACK), LOOPBACK].join(',');
  }
}

/** What the server's process inherits: nothing that could change how it works. */
export const serverEnvironment = (env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv =>
  Object.fromEntries(FOR_THE_SERVER.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));

/** What a person types so that the AWS clients of a shell work on a cloud, whatever was set there before. */
export const shellCommands = (
  endpoint: string,
  { accessKeyId, secretAccessKey }: AwsCredentials,
  region: string,
): string =>
  [
    `  for NAME in $(env | grep -o '^AWS_[A-Z0-9_]*'); do unset $NAME; done`,
    `  export AWS_ENDPOINT_URL=${endpoint} AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null NO_PROXY=${LOOPBACK} no_proxy=${LOOPBACK}`,
    `  export AWS_ACCESS_KEY_ID=${accessKeyId} AWS_SECRET_ACCESS_KEY=${secretAccessKey} AWS_REGION=${region} AWS_DEFAULT_REGION=${region}`,
    // Version 1 of the CLI does not look at AWS_ENDPOINT_URL for every service: it would ask AWS for queues.
    `  aws() { command aws --endpoint-url "$AWS_ENDPOINT_URL" "$@"; }`,
  ].join('\n');
