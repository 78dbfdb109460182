import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { emulatorEnvironment } from './emulator-environment.ts';
import type { MiniStackOptions } from './emulator-environment.ts';

const LAUNCHER = join(import.meta.dirname, '..', 'ministack', 'launch.py');
const START_TIMEOUT_MS = 60_000;
const ATTEMPTS = 3;

export interface MiniStack {
  readonly port: number;
  readonly pid: number;
  /** Settles when the process is gone, for whatever reason. */
  readonly gone: Promise<void>;
  /** Ends MiniStack and every Lambda worker. */
  stop(): Promise<void>;
  /** The same without waiting, for a process that is about to exit. */
  kill(): void;
}

/** Starts MiniStack with the repairs on a free loopback port, in a process group of its own, and waits until it answers. */
export async function startMiniStack(options: MiniStackOptions): Promise<MiniStack> {
  let lastError: unknown;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    try {
      return await startOn(await freePort(), options);
    } catch (error) {
      // Another process may have taken the port between the look and the start.
      if (!(error instanceof Error) || !/in use/i.test(error.message)) throw error;
      lastError = error;
    }
  }
  throw lastError;
}

async function startOn(port: number, options: MiniStackOptions): Promise<MiniStack> {
  // Outside the checkout: functions are unpacked here, and must not find its package.json and node_modules above them.
  const temporary = mkdtempSync(join(tmpdir(), 'local-cloud-'));
  const logFile = join(options.stateFolder, 'ministack.log');
  const log = openSync(logFile, 'a');
  const child = spawn(options.python, ['-u', LAUNCHER], {
    detached: true,
    stdio: ['pipe', log, log],
    cwd: options.stateFolder,
    env: emulatorEnvironment(port, temporary, options),
  });
  closeSync(log);
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => {
      killGroup(child);
      resolve();
    });
    child.once('error', () => {
      resolve();
    });
  });
  const kill = (): void => {
    killGroup(child);
    rmSync(temporary, { recursive: true, force: true, maxRetries: 5 });
  };
  const stop = async (): Promise<void> => {
    killGroup(child);
    await gone;
    kill();
  };
  try {
    await untilReady(port, gone, logFile);
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, pid: child.pid ?? 0, gone, kill, stop };
}

async function untilReady(port: number, gone: Promise<void>, logFile: string): Promise<void> {
  let exited = false;
  void gone.then(() => {
    exited = true;
  });
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (performance.now() < deadline) {
    if (exited)
      throw new Error(`MiniStack ended while starting:\n${readFileSync(logFile, 'utf8').trim().slice(-2000)}`);
    const answered = await fetch(`http://127.0.0.1:${port}/_ministack/health`, {
      signal: AbortSignal.timeout(2_000),
    }).then(
      (r) => r.ok,
      () => false,
    );
    if (answered) return;
    await sleep(50);
  }
  throw new Error(`MiniStack did not answer within ${START_TIMEOUT_MS / 1000} s; see ${logFile}.`);
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Nobody of the group is left.
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => {
        resolve(port);
      });
    });
  });
}
