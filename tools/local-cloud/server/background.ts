import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stopOnSignal } from '../../shutdown.ts';
import type { LocalCloudOptions } from '../options.ts';
import { projectRoot } from '../../../deployment/setup/project-root.ts';
import { shieldFromShell } from '../shell-environment.ts';
import { startServer } from './start.ts';

/** State and logs of that cloud. */
export const BACKGROUND_FOLDER = join(projectRoot, '.local-cloud', 'default');
const RUNNING_FILE = join(BACKGROUND_FOLDER, 'running.json');
const STOP_TIMEOUT_MS = 10_000;

/** The one cloud that the command line manages; tests and the demo have their own. */
export interface Running {
  readonly port: number;
  readonly pid: number;
  readonly ministackPid: number;
}

/** The cloud that was started in the background and still answers; a record of a dead one is removed. */
export async function readRunning(): Promise<Running | undefined> {
  if (!existsSync(RUNNING_FILE)) return undefined;
  shieldFromShell();
  const running = JSON.parse(readFileSync(RUNNING_FILE, 'utf8')) as Running;
  // The page tells the process id, so that another program on a reused port or with a reused id is never taken for it.
  const health = await fetch(`http://127.0.0.1:${running.port}/_local/health`, {
    signal: AbortSignal.timeout(5_000),
  }).then(
    async (response) => (await response.json()) as { pid?: number },
    () => ({ pid: undefined }),
  );
  if (health.pid === running.pid) return running;
  rmSync(RUNNING_FILE, { force: true });
  return undefined;
}

/** Starts a cloud that goes on after this command. */
export async function startInBackground(options: LocalCloudOptions): Promise<Running> {
  rmSync(BACKGROUND_FOLDER, { recursive: true, force: true });
  mkdirSync(BACKGROUND_FOLDER, { recursive: true });
  const server = await startServer({ ...options, stateFolder: BACKGROUND_FOLDER });
  const { port, pid, ministackPid } = server;
  const running = { port, pid, ministackPid };
  writeFileSync(RUNNING_FILE, JSON.stringify(running));
  await server.detach();
  return running;
}

/** Starts a cloud and waits for Ctrl-C or SIGTERM, or for the cloud's own end. */
export async function startInForeground(options: LocalCloudOptions, ready: (port: number) => void): Promise<void> {
  const server = await startServer(options);
  stopOnSignal(() => {
    // Ctrl-C is how it is meant to be stopped.
    process.exitCode = 0;
    return server.stop();
  });
  ready(server.port);
  // The server is not referenced by the event loop; the timer keeps this process waiting for a signal.
  const keepAlive = setInterval(() => {}, 60_000);
  await server.exited;
  clearInterval(keepAlive);
}

/** Stops the cloud in the background; false when there is none. */
export async function stopRunning(): Promise<boolean> {
  const running = await readRunning();
  if (running === undefined) return false;
  process.kill(running.pid, 'SIGTERM');
  const deadline = performance.now() + STOP_TIMEOUT_MS;
  while (alive(running.pid)) {
    if (performance.now() > deadline) process.kill(running.pid, 'SIGKILL');
    await sleep(50);
  }
  rmSync(RUNNING_FILE, { force: true });
  return true;
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
