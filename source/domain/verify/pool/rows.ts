import { reportLine } from '../../report-line.ts';
import type { Appendix } from '../../state/progress.ts';

export const DIFFERENCES_HEADER = 'sub,sign_in_name,difference\n';

const MAX_PENDING_CHARS = 4 * 1024 * 1024;

/** Lines of differences.csv, gathered while the pool is listed; `parts` names their objects in order. */
export class Rows implements Appendix {
  #lines: string[] = [];
  #chars = 0;

  constructor(private readonly parts: string[]) {}

  get pending(): number {
    return this.#chars / MAX_PENDING_CHARS;
  }

  /** `sub` and `name` are empty for a group. */
  add(sub: string, name: string, difference: string): void {
    const line = reportLine([sub, name, difference]);
    this.#lines.push(line);
    this.#chars += line.length;
  }

  cut(newKey: (kind: string) => string): ReturnType<Appendix['cut']> {
    if (this.#lines.length === 0) return [];
    const part = { key: newKey('rows'), body: Buffer.from(this.#lines.join('')) };
    this.#lines = [];
    this.#chars = 0;
    this.parts.push(part.key);
    return [part];
  }
}
