import * as v from 'valibot';
import { Fault } from '../errors.ts';
import type { SettingsAnswer } from '../pool-settings/questions.ts';
import type { ObjectStore } from '../ports.ts';
import { adviceFor } from '../state/advice.ts';
import { keyWithDigest } from '../state/digest-keys.ts';
import { gzipLines, linesOfGzip } from '../state/gzip-lines.ts';
import type { Appendix } from '../state/progress.ts';
import { countShape } from '../state/shape.ts';
import { EXPORTS_PREFIX } from './run.ts';

const keyShape = v.pipe(v.string(), v.startsWith(EXPORTS_PREFIX));
export const answerPartsShape = v.array(v.object({ key: keyShape, answers: countShape }));
/** Objects of answers about the pool's settings, as a checkpoint names them. */
export type AnswerParts = v.InferOutput<typeof answerPartsShape>;

const answerShape = v.object({
  id: v.string(),
  answer: v.union([v.object({ found: v.record(v.string(), v.unknown()) }), v.object({ refused: v.string() })]),
});

/** Characters of JSON that may wait in memory; one look of managed login can have three million. */
const MOST_PENDING = 8 * 1024 * 1024;

/** What Cognito answered so far about the pool's settings, without secrets: branding is too large for a checkpoint. */
export class KnownAnswers implements Appendix {
  #lines: string[] = [];
  #length = 0;

  private constructor(
    private readonly parts: AnswerParts,
    private readonly answers: Map<string, SettingsAnswer>,
  ) {}

  /** Goes on with what `parts` name; appends to that same array. */
  static async load(objects: Pick<ObjectStore, 'get'>, parts: AnswerParts): Promise<KnownAnswers> {
    const answers = new Map<string, SettingsAnswer>();
    for (const { key, answers: expected } of parts) {
      const stored = await objects.get(key);
      const lines = stored === undefined ? undefined : linesOfGzip({ key, body: stored.body, expected }, answerShape);
      if (lines === undefined)
        throw new Fault('BadState', `The object ${key} is missing or not what was written. ${adviceFor(key)}`);
      for (const { id, answer } of lines) answers.set(id, answer);
    }
    return new KnownAnswers(parts, answers);
  }

  get all(): ReadonlyMap<string, SettingsAnswer> {
    return this.answers;
  }

  get pending(): number {
    return this.#length / MOST_PENDING;
  }

  add(id: string, answer: SettingsAnswer): void {
    const line = JSON.stringify({ id, answer });
    this.answers.set(id, answer);
    this.#lines.push(line);
    this.#length += line.length;
  }

  cut(newKey: (kind: string) => string): { readonly key: string; readonly body: Uint8Array }[] {
    if (this.#lines.length === 0) return [];
    const body = gzipLines(this.#lines);
    const key = keyWithDigest(newKey('settings'), 'gz', body);
    this.parts.push({ key, answers: this.#lines.length });
    [this.#lines, this.#length] = [[], 0];
    return [{ key, body }];
  }
}
