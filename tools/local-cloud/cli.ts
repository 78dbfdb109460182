/** `npm run local-cloud -- start|stop|status [options]`: one local cloud in the background, for looking around by hand. */
import { parseArgs } from 'node:util';
import { readRunning, startInBackground, startInForeground, stopRunning } from './server/background.ts';
import { DEFAULT_ACCOUNT, DEFAULT_REGION, SECRET_ACCESS_KEY } from './options.ts';
import type { LocalCloudOptions } from './options.ts';
import { shellCommands } from './shell-environment.ts';

const ADMINISTRATOR = { accessKeyId: DEFAULT_ACCOUNT, secretAccessKey: SECRET_ACCESS_KEY };

const USAGE = `usage: npm run local-cloud -- start [--port N] [--no-iam] [--quotas] [--latency MS] [--filter-after-paging] [--wait-scale F] [--foreground]
       npm run local-cloud -- stop
       npm run local-cloud -- status

  --port N        port of the AWS endpoint on 127.0.0.1 (default: a free one)
  --no-iam        do not evaluate IAM policies
  --quotas        enforce Cognito's request quotas
  --latency MS    time that each Cognito call takes
  --filter-after-paging
                  Cognito filters listings by the beginning of a value only after it has cut their pages
  --wait-scale F  factor on the waits of Step Functions, for instance 0.1
  --foreground    stay in the foreground; Ctrl-C stops the cloud`;

/** The command's result: the exit code. */
async function main(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      port: { type: 'string' },
      'no-iam': { type: 'boolean' },
      quotas: { type: 'boolean' },
      latency: { type: 'string' },
      'filter-after-paging': { type: 'boolean' },
      'wait-scale': { type: 'string' },
      foreground: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  const [command, ...rest] = positionals;
  if (values.help === true || rest.length > 0) return usage(values.help === true ? 0 : 1);
  switch (command) {
    case 'start': {
      const options: LocalCloudOptions = {
        iam: values['no-iam'] !== true,
        simulation: {
          quotas: values.quotas === true,
          filterAfterPaging: values['filter-after-paging'] === true,
          latencies:
            values.latency === undefined
              ? []
              : [{ service: 'cognito-idp', ms: number('--latency', values.latency, 60_000) }],
        },
        ...(values.port === undefined ? {} : { port: number('--port', values.port, 65_535) }),
        ...(values['wait-scale'] === undefined
          ? {}
          : { waitScale: number('--wait-scale', values['wait-scale'], 1_000) }),
      };
      return start(options, values.foreground === true);
    }
    case 'stop': {
      const stopped = await stopRunning();
      console.log(stopped ? 'The local cloud is stopped.' : 'No local cloud is running.');
      return 0;
    }
    case 'status': {
      const running = await readRunning();
      console.log(running === undefined ? 'No local cloud is running.' : howToUse(running.port));
      return running === undefined ? 1 : 0;
    }
    case undefined:
    default:
      return usage(1);
  }
}

async function start(options: LocalCloudOptions, foreground: boolean): Promise<number> {
  const running = await readRunning();
  if (running !== undefined) {
    console.error(
      `A local cloud is already running at http://127.0.0.1:${running.port}. Stop it first: npm run local-cloud -- stop`,
    );
    return 1;
  }
  if (!foreground) {
    console.log(howToUse((await startInBackground(options)).port));
    return 0;
  }
  await startInForeground(options, (port) => {
    console.log(`${howToUse(port)}\nCtrl-C stops it.`);
  });
  return 0;
}

const howToUse = (port: number): string =>
  `The local cloud is running. Any AWS client can use it:\n${shellCommands(`http://127.0.0.1:${port}`, ADMINISTRATOR, DEFAULT_REGION)}`;

function number(option: string, text: string, max: number): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0 || value > max)
    throw new Error(`${option} needs a number from 0 to ${max}, got "${text}".`);
  return value;
}

function usage(code: number): number {
  (code === 0 ? console.log : console.error)(USAGE);
  return code;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
