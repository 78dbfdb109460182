/** `npm run local-cloud -- start|stop|status [options]`: one local cloud in the background, for looking around by hand. */
import { optionsOrExit } from '../options.ts';
import { localCloudCommand, LOCAL_CLOUD_USAGE } from './command-line.ts';
import type { LocalCloudCommand } from './command-line.ts';
import { readRunning, startInBackground, startInForeground, stopRunning } from './server/background.ts';
import { DEFAULT_ACCOUNT, DEFAULT_REGION, SECRET_ACCESS_KEY } from './options.ts';
import type { LocalCloudOptions } from './options.ts';
import { shellCommands } from './shell-environment.ts';

const ADMINISTRATOR = { accessKeyId: DEFAULT_ACCOUNT, secretAccessKey: SECRET_ACCESS_KEY };

/** The command's result: the exit code. */
async function main(asked: LocalCloudCommand): Promise<number> {
  switch (asked.command) {
    case 'start':
      return start(asked.options, asked.foreground);
    case 'stop': {
      const stopped = await stopRunning();
      console.log(stopped ? 'The local cloud is stopped.' : 'No local cloud is running.');
      return 0;
    }
    case 'status': {
      const running = await readRunning();
      console.log(
        running === undefined
          ? 'No local cloud is running. Start one: npm run local-cloud -- start'
          : howToUse(running.port),
      );
      return running === undefined ? 1 : 0;
    }
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
  `The local cloud is running. Any AWS client can use it; in bash or zsh:
${shellCommands(`http://127.0.0.1:${port}`, ADMINISTRATOR, DEFAULT_REGION)}
Then, for instance, aws sts get-caller-identity, or what README says under Launch. Stop it: npm run local-cloud -- stop`;

const asked = optionsOrExit(LOCAL_CLOUD_USAGE, localCloudCommand);
try {
  process.exitCode = await main(asked);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
