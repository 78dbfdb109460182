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
  /** With those that did not run. */
  readonly failed: number;
  /** Titles of the tests that mocha found and did not run. */
  readonly notRun: readonly string[];
  /** Titles of the tests that failed. */
  readonly failing: readonly string[];
  /** Parts of the step that could not be done here, each with its reason. */
  readonly skipped: readonly string[];
}

const SKIPPED = 'Skipped: ';
/** What a step prints, in a line of its own, for a part that it cannot do here; the summary repeats it. */
export const skipLine = (reason: string): string => `${SKIPPED}${reason}`;

const NOT_RUN = 'Not run: ';
/** What the reporter prints, in a line of its own, for a test that did not run; it counts as failed. */
export const notRunLine = (title: string): string => `${NOT_RUN}${title.replaceAll(/\s+/g, ' ')}`;

const FAILING = 'Failing: ';
/** What the reporter prints, in a line of its own, for a test that failed; the summary repeats it. */
export const failingLine = (title: string): string => `${FAILING}${title.replaceAll(/\s+/g, ' ')}`;

/** Runs a step with its output shown as it comes. Never throws: what goes wrong is a failed step. */
export function runStep(
  { name, args }: Step,
  show: (chunk: Buffer | string, stream: 'stdout' | 'stderr') => void,
): Promise<StepResult> {
  const started = Date.now();
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      cwd: join(import.meta.dirname, '..', '..'),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      show(chunk, 'stdout');
    });
    child.stderr.on('data', (chunk: Buffer) => show(chunk, 'stderr'));
    const end = (ended: boolean): void => {
      const missing = notRun(output);
      const ok = ended && missing.length === 0;
      const { passed, failed } = counts(output, ended);
      resolve({
        name,
        ok,
        seconds: (Date.now() - started) / 1000,
        passed,
        failed: failed + missing.length,
        notRun: missing,
        failing: failing(output),
        skipped: skips(output),
      });
    };
    child.on('error', (error) => {
      show(`${error.message}\n`, 'stderr');
      end(false);
    });
    child.on('close', (code) => end(code === 0));
  });
}

/** The reasons that a step gave by `skipLine`. */
export const skips = (output: string): string[] => linesAfter(SKIPPED, output);

/** The titles that a step gave by `notRunLine`. */
export const notRun = (output: string): string[] => linesAfter(NOT_RUN, output);

/** The titles that a step gave by `failingLine`. */
export const failing = (output: string): string[] => linesAfter(FAILING, output);

const linesAfter = (start: string, output: string): string[] =>
  output
    .split('\n')
    .filter((line) => line.startsWith(start))
    .map((line) => line.slice(start.length).trimEnd());

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
