import type { StepResult } from './step.ts';

/** A line per step, what failed, was skipped or did not run, and the totals, for people and for CI: the last line is "<n> passed, <n> failed". */
export function summary(results: readonly StepResult[]): string {
  const width = Math.max(...results.map(({ name }) => name.length));
  const lines = results.map(
    ({ name, ok, seconds, passed, failed }) =>
      `${ok ? 'ok    ' : 'FAILED'}  ${name.padEnd(width)}  ${passed} passed, ${failed} failed, ${seconds.toFixed(1)} s`,
  );
  const total = (of: 'passed' | 'failed'): number => results.reduce((sum, result) => sum + result[of], 0);
  const broken = results.filter(({ ok }) => !ok).map(({ name }) => name);
  const skipped = results.flatMap(({ name, skipped: reasons }) =>
    reasons.map((reason) => `Skipped in ${name}: ${reason}`),
  );
  const missing = results.flatMap(({ name, notRun }) =>
    notRun.map((title) => `Not run in ${name}, counted as failed: ${title}`),
  );
  const tests = results.flatMap(({ name, failing }) => failing.map((title) => `Failed in ${name}: ${title}`));
  return [
    ...lines,
    ...(skipped.length > 0 ? ['', ...skipped] : []),
    ...(missing.length > 0 ? ['', ...missing] : []),
    ...(tests.length > 0 ? ['', ...tests] : []),
    ...(broken.length > 0 ? ['', `Failed: ${broken.join(', ')}`] : []),
    '',
    `${total('passed')} passed, ${total('failed')} failed`,
  ].join('\n');
}
