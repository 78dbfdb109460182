import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, openSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { endWithProcess } from '../../shutdown.ts';
import type { LocalCloudOptions } from '../options.ts';
import { setUpFunctionNode } from '../../../deployment/setup/function-node.ts';
import { projectRoot } from '../../../deployment/setup/project-root.ts';
import { setUpPython } from '../../../deployment/setup/python-packages.ts';
import { serverEnvironment, shieldFromShell } from '../shell-environment.ts';
import { DETACH } from './serve-options.ts';
import type { ServeOptions } from './serve-options.ts';

const REQUIREMENTS = join(import.meta.dirname, '..', 'requirements.txt');
const RUNTIME = join(import.meta.dirname, '..', 'runtime');
const FOLDERS = join(projectRoot, '.local-cloud');
const DAY_MS = 24 * 3_600_000;
const SERVE = join(import.meta.dirname, 'serve.ts');

/** A started server process. */
export interface CloudServer {
  readonly port: number;
  readonly pid: number;
  readonly ministackPid: number;
  readonly stateFolder: string;
  /** Settles when the server has ended, for whatever reason. */
  readonly exited: Promise<void>;
  /** Lets the server go on when this process ends; it then stops on SIGTERM only. */
  detach(): Promise<void>;
  stop(): Promise<void>;
}

interface Ready {
  readonly ready?: { readonly port: number; readonly ministackPid: number };
  readonly failed?: string;
}

/**
 * Sets up what is missing, then starts the server process and waits until it is ready. The server ends with this process,
 * however that ends, unless it is detached. This process loses the AWS settings of its shell: its clients are the cloud's.
 */
export async function startServer(options: LocalCloudOptions): Promise<CloudServer> {
  shieldFromShell();
  const python = await setUpPython(REQUIREMENTS);
  const node = await setUpFunctionNode(RUNTIME);
  removeOldFolders();
  const stateFolder = options.stateFolder ?? join(FOLDERS, `cloud-${process.pid}-${randomBytes(3).toString('hex')}`);
  mkdirSync(stateFolder, { recursive: true });
  const removeState = !(options.keepState ?? options.stateFolder !== undefined);
  const serveOptions: ServeOptions = { ...options, python, node, stateFolder, removeState };
  const log = openSync(join(stateFolder, 'server.log'), 'a');
  const child = spawn(process.execPath, ['--import', 'tsx', SERVE, JSON.stringify(serveOptions)], {
    // A session of its own: Ctrl-C reaches the starter only, whose end then ends the server through its standard input.
    detached: true,
    cwd: projectRoot,
    env: serverEnvironment(),
    stdio: ['pipe', 'pipe', log],
  });
  const forget = endWithProcess(() => {
    child.kill('SIGTERM');
  });
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => {
      forget();
      resolve();
    });
  });
  const stop = async (): Promise<void> => {
    child.ref();
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    await exited;
  };
  const { ready, failed } = await firstLine(child);
  if (ready === undefined) {
    await stop();
    throw new Error(`The local cloud did not start: ${failed ?? `see ${join(stateFolder, 'server.log')}`}`);
  }
  const detach = async (): Promise<void> => {
    forget();
    await new Promise<void>((resolve) =>
      child.stdin?.write(DETACH, () => {
        resolve();
      }),
    );
  };
  letParentExit(child);
  return { ...ready, pid: child.pid ?? 0, stateFolder, exited, detach, stop };
}

/** Logs of clouds that were killed stay for a day, to be looked at. */
function removeOldFolders(): void {
  const folders = existsSync(FOLDERS) ? readdirSync(FOLDERS).filter((name) => name.startsWith('cloud-')) : [];
  for (const path of folders.map((name) => join(FOLDERS, name))) {
    const touched = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - touched > DAY_MS) rmSync(path, { recursive: true, force: true });
  }
}

function firstLine(child: ChildProcess): Promise<Ready> {
  return new Promise((resolve) => {
    if (child.stdout === null) throw new Error('The server has no standard output.');
    createInterface(child.stdout).once('line', (line) => {
      resolve(JSON.parse(line) as Ready);
    });
    child.once('exit', () => {
      resolve({});
    });
  });
}

/** A starter that forgets stop() still ends; the server then sees its standard input close. */
function letParentExit(child: ChildProcess): void {
  child.unref();
  for (const stream of [child.stdin, child.stdout]) (stream as { unref?: () => void } | null)?.unref?.();
}
