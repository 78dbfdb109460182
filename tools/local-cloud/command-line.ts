import { readArguments, wholeNumberOption } from '../options.ts';
import type { LocalCloudOptions } from './options.ts';

export const LOCAL_CLOUD_USAGE = `usage: npm run local-cloud -- start [--port N] [--no-iam] [--quotas] [--latency MS] [--filter-after-paging] [--wait-scale F] [--foreground]
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

/** What a person asks of the local cloud. */
export type LocalCloudCommand =
  | { readonly command: 'start'; readonly options: LocalCloudOptions; readonly foreground: boolean }
  | { readonly command: 'stop' | 'status' };

const OF_START = {
  port: { type: 'string' },
  'no-iam': { type: 'boolean' },
  quotas: { type: 'boolean' },
  latency: { type: 'string' },
  'filter-after-paging': { type: 'boolean' },
  'wait-scale': { type: 'string' },
  foreground: { type: 'boolean' },
} as const;

/** @throws Error that names the word or the option, what was found and what is allowed */
export function localCloudCommand(args: readonly string[]): LocalCloudCommand {
  const { values, positionals } = readArguments(args, OF_START, true);
  const [command, ...rest] = positionals;
  if (rest.length > 0)
    throw new Error(`One command at a time: start, stop or status; found "${positionals.join(' ')}".`);
  switch (command) {
    case 'start':
      return {
        command,
        foreground: values.foreground === true,
        options: {
          iam: values['no-iam'] !== true,
          simulation: {
            quotas: values.quotas === true,
            filterAfterPaging: values['filter-after-paging'] === true,
            latencies:
              values.latency === undefined
                ? []
                : [{ service: 'cognito-idp', ms: wholeNumberOption('--latency', values.latency, 0, 60_000) }],
          },
          ...(values.port === undefined ? {} : { port: wholeNumberOption('--port', values.port, 0, 65_535) }),
          ...(values['wait-scale'] === undefined ? {} : { waitScale: factor('--wait-scale', values['wait-scale']) }),
        },
      };
    case 'stop':
    case 'status': {
      const [option] = Object.keys(values);
      if (option !== undefined) throw new Error(`--${option} is an option of start; ${command} takes none.`);
      return { command };
    }
    case undefined:
    default:
      throw new Error(
        `${command === undefined ? 'A command is missing' : `There is no command "${command}"`}: start, stop or status.`,
      );
  }
}

function factor(option: string, text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0 || value > 1_000)
    throw new Error(`${option} must be a number from 0 to 1000, found "${text}".`);
  return value;
}
