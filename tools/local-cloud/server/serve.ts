/**
 * The process of one local cloud: gateway and MiniStack. Started by `start.ts`; it ends when the starter's end of
 * standard input closes, however the starter died, unless the starter wrote `detach` first.
 *
 * Argument: ServeOptions as JSON. Writes one line of JSON to standard output when it is ready or failed.
 */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { endWithProcess, stopOnSignal } from '../../shutdown.ts';
import { reserveGatewayPort } from '../gateway/gateway.ts';
import { DEFAULT_ACCOUNT, DEFAULT_REGION, SECRET_ACCESS_KEY } from '../options.ts';
import { DETACH } from './serve-options.ts';
import type { ServeOptions } from './serve-options.ts';
import { startMiniStack } from './ministack.ts';
import type { MiniStack } from './ministack.ts';

async function serve(
  options: ServeOptions,
): Promise<{ port: number; ministack: MiniStack; close: () => Promise<void> }> {
  const { stateFolder, python, node, account = DEFAULT_ACCOUNT, defaultRegion = DEFAULT_REGION } = options;
  mkdirSync(stateFolder, { recursive: true });
  const reserved = await reserveGatewayPort(options.port ?? 0);
  const ministack = await startMiniStack({
    python,
    node,
    stateFolder,
    account,
    defaultRegion,
    gatewayPort: reserved.port,
    iam: options.iam ?? true,
    waitScale: options.waitScale ?? 1,
    logLevel: options.logLevel ?? 'WARNING',
    secretAccessKey: SECRET_ACCESS_KEY,
  });
  endWithProcess(() => {
    ministack.kill();
  });
  const gateway = reserved.open({
    ministackPort: ministack.port,
    account,
    defaultRegion,
    administrator: { accessKeyId: account, secretAccessKey: SECRET_ACCESS_KEY },
    callLogFile: join(stateFolder, 'calls.ndjson'),
    modelsFolder: modelsFolder(python),
  });
  if (options.simulation !== undefined)
    await fetch(`http://127.0.0.1:${gateway.port}/_local/config`, {
      method: 'POST',
      body: JSON.stringify(options.simulation),
    });
  return {
    port: gateway.port,
    ministack,
    close: async () => {
      await ministack.stop();
      await gateway.close();
      if (options.removeState) rmSync(stateFolder, { recursive: true, force: true });
    },
  };
}

/** Folder of botocore's service models in the virtual environment, which MiniStack brings along. */
function modelsFolder(python: string): string {
  const lib = join(dirname(dirname(python)), 'lib');
  const version = readdirSync(lib).find((name) => name.startsWith('python')) ?? 'python3';
  return join(lib, version, 'site-packages', 'botocore', 'data');
}

/** Calls back when this process shall end: a signal came, or the starter is gone without having detached it. */
function onEnd(end: () => void): void {
  stopOnSignal(() => {
    end();
    // `end` exits when all is closed, perhaps only after everything has started; nothing else may exit before.
    return new Promise<never>(() => {});
  });
  let detached = false;
  const starterGone = (): void => {
    if (!detached) end();
  };
  process.stdin
    .on('data', (data: Buffer) => {
      detached ||= data.toString().includes(DETACH);
    })
    .on('end', starterGone)
    .on('error', starterGone);
  // Nobody reads any more; the end of standard input tells the same.
  process.stdout.on('error', () => {});
}

// The end may be asked for before everything has started; then it comes right after.
let asked = false;
let end = (): void => {
  asked = true;
};
onEnd(() => {
  end();
});
try {
  const cloud = await serve(JSON.parse(process.argv[2] ?? '{}') as ServeOptions);
  let closing: Promise<void> | undefined;
  const close = (code: number): void => {
    closing ??= cloud.close().finally(() => process.exit(code));
  };
  end = () => {
    close(0);
  };
  void cloud.ministack.gone.then(() => {
    close(1);
  });
  if (asked) end();
  process.stdout.write(`${JSON.stringify({ ready: { port: cloud.port, ministackPid: cloud.ministack.pid } })}\n`);
} catch (error) {
  process.stdout.write(`${JSON.stringify({ failed: error instanceof Error ? error.message : String(error) })}\n`, () =>
    process.exit(1),
  );
}
