import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { COMMAND_LINE } from '../../../deployment/packaging/package-folder.ts';
import { PRIMARY } from '../../../tools/deploy/regions.ts';
import type { LocalCloud } from '../../../tools/local-cloud/index.ts';

/** Where a packed command line works. */
export interface PackedCli {
  /** Where it is started, and what it writes lies. */
  readonly folder: string;
  /** The command line itself; that of a package below `dist` of the folder when absent. */
  readonly main?: string;
  readonly cloud: Pick<LocalCloud, 'clientConfig'>;
  /** Whose keys it has; those of the local cloud's own user where there are none. */
  readonly keys?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** How the process ended, and what it printed. */
export interface EndedCli {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/**
 * Runs a command line as a process of its own, in the primary Region.
 * @param interruptAt text of the output at which Ctrl-C is pressed, once
 */
export function runPackedCli(
  { folder, main = join(folder, 'dist', COMMAND_LINE), cloud, keys }: PackedCli,
  args: readonly string[],
  interruptAt?: string,
): Promise<EndedCli> {
  const { endpoint, region, credentials } = cloud.clientConfig(PRIMARY);
  const { accessKeyId, secretAccessKey } = keys ?? credentials;
  const child = spawn(process.execPath, [main, ...args], {
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
    },
  });
  let [out, err] = ['', ''];
  let interrupted = false;
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
    if (interrupted || interruptAt === undefined || !out.includes(interruptAt)) return;
    interrupted = true;
    child.kill('SIGINT');
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  return new Promise((resolve) => {
    child.on('close', (code) => resolve({ code, out, err }));
  });
}
