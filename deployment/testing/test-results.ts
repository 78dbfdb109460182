import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import * as v from 'valibot';

const ROOT = join(import.meta.dirname, '..', '..');

const testResultShape = v.object({
  /** From the root of the repository, with slashes. */
  file: v.string(),
  title: v.string(),
  passed: v.boolean(),
});
/** What became of one test; one JSON line each. */
export type TestResult = v.InferOutput<typeof testResultShape>;

/** The path of a specification as the documents give it. */
export const fromRoot = (file = ''): string => relative(ROOT, file).split(sep).join('/');

/** Adds what a run of mocha found; several run side by side. */
export function addTestResults(path: string, results: readonly TestResult[]): void {
  appendFileSync(path, results.map((result) => `${JSON.stringify(result)}\n`).join(''));
}

/** What all runs of mocha added; nothing where none has ended. */
export const readTestResults = (path: string): readonly TestResult[] =>
  existsSync(path)
    ? readFileSync(path, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => v.parse(testResultShape, JSON.parse(line)))
    : [];
