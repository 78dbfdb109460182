#!/usr/bin/env node
/** The command line as a process: its streams, signals and exit code. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { systemClock } from '../adapters/clock.ts';
import manifest from '../../package.json' with { type: 'json' };
import { COMMANDS } from './commands.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { Interruption } from './interruption.ts';
import { writePrivateFile } from './private-file.ts';
import { clackPrompts } from './prompts.ts';
import { runCli } from './run.ts';

// The SDK would remind the user on each call that a later version of it will not run on Node 20.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

/** Whoever read the output has gone (`| head`): nothing is left to be said. */
const endAtClosedPipe = (error: NodeJS.ErrnoException): void => {
  if (error.code === 'EPIPE') process.exit(EXIT_CODES.closedPipe);
  throw error;
};
process.stdout.on('error', endAtClosedPipe);
process.stderr.on('error', endAtClosedPipe);

const interruption = new Interruption();
process.on('SIGINT', () => {
  if (!interruption.interrupt()) process.exit(EXIT_CODES.detached);
});

async function readStdin(): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of process.stdin as AsyncIterable<Buffer>) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}

async function readTextFile(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

const exitCode = await runCli(process.argv.slice(2), COMMANDS, {
  clock: systemClock,
  interruption,
  readStdin,
  readFile: readTextFile,
  writePrivateFile,
  prompts: clackPrompts,
  randomHex: (bytes) => randomBytes(bytes).toString('hex'),
  streams: {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    columns: () => process.stdout.columns ?? 0,
  },
  terminal: process.stdin.isTTY && process.stdout.isTTY,
  terminalOutput: process.stdout.isTTY,
  environment: process.env,
  loadClients: async () => {
    const { operatorClients } = await import('../adapters/operator/clients.ts');
    return operatorClients({ userAgent: `${manifest.name}/v${manifest.version}` });
  },
  loadRegion: async () => (await import('../adapters/operator/caller.ts')).regionOfEnvironment(process.env),
  loadProfiles: async () => (await import('../adapters/operator/caller.ts')).profilesInFiles(),
  version: manifest.version,
});

// What was written must have gone out; connections that are kept open must not hold the process.
await Promise.all([process.stdout, process.stderr].map((stream) => new Promise((done) => stream.write('', done))));
process.exit(exitCode);
