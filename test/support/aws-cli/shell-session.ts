import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setUpPython } from '../../../deployment/setup/python-packages.ts';
import { projectRoot } from '../../../tools/deploy/solution.ts';

const DONE = '@@done';
const FAILED = '@@failed ';

/** What the commands printed, on both outputs. */
export interface ShellAnswer {
  readonly printed: string;
  /** Commands that ended with another code than 0 and whose code nobody looked at. */
  readonly failed: readonly string[];
}

/** One bash in which a person types: what it sets stays set. Its AWS CLI is version 1, the pickier one about endpoints. */
export class ShellSession {
  readonly #folder = mkdtempSync(join(tmpdir(), 'shell-session-'));
  readonly #bash: ChildProcess;
  #printed = '';
  #told = (): void => {};

  private constructor(python: string) {
    this.#bash = spawn('bash', ['--noprofile', '--norc', '-s'], {
      cwd: projectRoot,
      env: {
        ...process.env,
        PATH: `${dirname(python)}${delimiter}${process.env['PATH'] ?? ''}`,
        PYTHONPATH: import.meta.dirname,
        HOME: this.#folder,
      },
    });
    const hear = (data: Buffer): void => {
      this.#printed += data.toString();
      this.#told();
    };
    this.#bash.stdout?.on('data', hear);
    this.#bash.stderr?.on('data', hear);
    this.#bash.once('exit', () => {
      this.#printed += `\n${FAILED}the shell itself ended\n${DONE}\n`;
      this.#told();
    });
    // What waits for something on AWS need not wait as long here.
    this.#bash.stdin?.write(
      `exec 3>&1; set -E; trap 'echo "${FAILED}$BASH_COMMAND" >&3' ERR; sleep() { command sleep 0.2; }\n`,
    );
  }

  /** @throws Error when the AWS CLI cannot be installed */
  static async start(): Promise<ShellSession> {
    const requirements = join(import.meta.dirname, 'requirements.txt');
    return new ShellSession(await setUpPython(requirements, undefined, '.venv-aws-cli'));
  }

  /** Runs what a person would paste, and waits for its end. */
  async run(commands: string): Promise<ShellAnswer> {
    const file = join(this.#folder, 'pasted.sh');
    writeFileSync(file, `${commands}\n`);
    this.#printed = '';
    const ended = new Promise<void>((resolve) => {
      this.#told = () => {
        if (this.#printed.includes(`${DONE}\n`)) resolve();
      };
    });
    this.#bash.stdin?.write(`source ${file} </dev/null; echo ${DONE}\n`);
    await ended;
    const lines = this.#printed.split('\n').filter((line) => line !== DONE);
    const [failed, printed] = [true, false].map((wanted) => lines.filter((line) => line.startsWith(FAILED) === wanted));
    return { printed: (printed ?? []).join('\n'), failed: (failed ?? []).map((line) => line.slice(FAILED.length)) };
  }

  close(): void {
    this.#bash.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
