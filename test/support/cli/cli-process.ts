import { COMMANDS } from '../../../source/cli/commands.ts';
import type { CommandDeclaration } from '../../../source/cli/command.ts';
import { Interruption } from '../../../source/cli/interruption.ts';
import { runCli } from '../../../source/cli/run.ts';
import type { CliWorld } from '../../../source/cli/run.ts';
import { FakeClock } from '../../../tools/simulation/fake-clock.ts';
import { FakeClients } from './fake-clients.ts';

/** A process in which commands run: what it printed, its clock, and the cloud that it calls. */
export class CliProcess {
  readonly cloud = new FakeClients();
  readonly clock = new FakeClock();
  readonly interruption = new Interruption();
  /** Path to content of the files that were written. */
  readonly files = new Map<string, string>();
  environment: NodeJS.ProcessEnv = {};
  region: string | undefined = 'us-east-1';
  /** What the files of the AWS configuration name. */
  profiles: readonly string[] = ['ops'];
  stdin = '';
  readFile: CliWorld['readFile'] = (path) => Promise.resolve(this.files.get(path));
  writePrivateFile: CliWorld['writePrivateFile'] = (path, content) => {
    this.files.set(path, typeof content === 'string' ? content : Buffer.from(content).toString('utf8'));
    return Promise.resolve();
  };
  /** What is answered to the questions, in their order; a question beyond them is dismissed. */
  answers: (string | boolean)[] = [];
  readonly questions: string[] = [];
  columns = 80;
  /** Whether there is a terminal. */
  terminal = false;
  out = '';
  err = '';

  /** Runs a command line and gives its exit code; `out` and `err` hold what this one printed. */
  async run(args: readonly string[], commands: readonly CommandDeclaration[] = COMMANDS): Promise<number> {
    this.out = '';
    this.err = '';
    return runCli(args, commands, this.#world());
  }

  /** The objects that were printed with --json. */
  get lines(): readonly Readonly<Record<string, unknown>>[] {
    return this.out
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  #answer(question: string): string | boolean | undefined {
    this.questions.push(question);
    return this.answers.shift();
  }

  #world(): CliWorld {
    const { clock, interruption, terminal, environment } = this;
    return {
      clock,
      interruption,
      terminal,
      terminalOutput: terminal,
      environment,
      readStdin: () => Promise.resolve(this.stdin),
      readFile: this.readFile,
      prompts: {
        text: async ({ message, complaint }) => {
          const answer = this.#answer(message);
          if (typeof answer === 'string' && complaint?.(answer) !== undefined)
            throw new Error(`The answer ${answer} is refused: ${complaint(answer)}`);
          return answer === undefined ? undefined : String(answer);
        },
        choose: async ({ message }) => this.#answer(message) as string | undefined,
        confirm: async (message) => this.#answer(message) === true,
      },
      randomHex: (bytes) => 'ab'.repeat(bytes),
      writePrivateFile: this.writePrivateFile,
      streams: {
        out: (text) => {
          this.out += text;
        },
        err: (text) => {
          this.err += text;
        },
        columns: () => this.columns,
      },
      loadClients: () => Promise.resolve(this.cloud.clients),
      loadRegion: () => Promise.resolve(this.region),
      loadProfiles: () => Promise.resolve(this.profiles),
      version: '2.1.0',
    };
  }
}
