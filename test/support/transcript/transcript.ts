import type { EndedCli } from '../local/packed-cli.ts';
import { normalized } from './normalized.ts';
import type { KnownNames } from './normalized.ts';

/** Commands as somebody typed them and what they printed, for docs/transcript.md: ids, times and account numbers are always the same. */
export class Transcript {
  readonly #parts: string[] = [];
  readonly #names: Map<string, string> = new Map();

  /** From now on a name of this run is written as another one. */
  calls(found: string, written: string): void {
    this.#names.set(found, written);
  }

  /** A heading, and what happens below it beside the commands. */
  section(title: string, ...sentences: readonly string[]): void {
    this.#parts.push(`## ${title}`, ...sentences);
  }

  /** A command with its output and, unless it is 0, its exit code. */
  command(typed: string, { code, out, err }: EndedCli): void {
    const names: KnownNames = this.#names;
    const printed = `${out}${err}`.trimEnd();
    this.#parts.push(
      [
        '```console',
        normalized(`$ ${typed}`, names),
        ...(printed === '' ? [] : [normalized(printed, names)]),
        ...(code === 0 ? [] : [`(exit code ${code ?? 'none'})`]),
        '```',
      ].join('\n'),
    );
  }

  /** The whole of it. Markdown. */
  markdown(head: readonly string[]): string {
    return `${[...head, ...this.#parts].join('\n\n')}\n`;
  }
}
