import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** One check: a Node program with its arguments, run in the checkout's root. */
export interface Step {
  readonly name: string;
  readonly args: readonly string[];
}

export interface StepResult {
  readonly name: string;
  readonly ok: boolean;
  readonly seconds: number;
  /** Tests by mocha's own count; a step without tests counts as one. */
  readonly passed: number;
  readonly failed: number;
  /** Parts of the step that could not be done here, each with its reason. */
  readonly skipped: readonly string[];
}

const SKIPPED = 'Skipped: ';
/** What a step prints, in a line of its own, for a part that it cannot do here; the summary repeats it. */
export const skipLine = (reason: string): string => `${SKIPPED}${reason}`;

/** Runs a step with its output shown as it comes. Never throws: what goes wrong is a failed step. */
export function runStep({ name, args }: Step): Promise<StepResult> {
  const started = Date.now();
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      cwd: join(import.meta.dirname, '..', '..'),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      process.stdout.write(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => process.stderr.write(chunk));
    const end = (ok: boolean): void =>
      resolve({ name, ok, seconds: (Date.now() - started) / 1000, ...counts(output, ok), skipped: skips(output) });
    child.on('error', (error) => {
      console.error(error.message);
      end(false);
    });
    child.on('close', (code) => end(code === 0));
  });
}

/** The reasons that a step gave by `skipLine`. */
export const skips = (output: string): string[] =>
  output
    .split('\n')
    .filter((line) => line.startsWith(SKIPPED))
    .map((line) => line.slice(SKIPPED.length).trimEnd());

/** Mocha ends with "12 passing (3s)" and, where it applies, "1 failing". A crash before that counts as one failure. */
export function counts(output: string, ok: boolean): { passed: number; failed: number } {
  const number = (word: string): number | undefined => {
    const last = [...output.matchAll(new RegExp(`^ *(\\d+) ${word}\\b`, 'gm'))].at(-1);
    return last === undefined ? undefined : Number(last[1]);
  };
  const passed = number('passing');
  if (passed === undefined) return ok ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
  return { passed, failed: number('failing') ?? (ok ? 0 : 1) };
}
