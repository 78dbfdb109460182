import type { ScheduleRule } from './facts.ts';

const UNIT_MS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** `rate(7 days)` in milliseconds; undefined for anything else. */
function rateOf(expression: string): number | undefined {
  const [, count, unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  const ms = UNIT_MS[unit];
  return count === undefined || ms === undefined ? undefined : Number(count) * ms;
}

/**
 * When exports start next, in words. EventBridge does not tell; a rate counts from the start before, other expressions
 * are shown as they are.
 * @param lastStart of the newest export, milliseconds since the epoch
 */
export function nextStart(rules: readonly ScheduleRule[], lastStart: number | undefined, now: number): string {
  if (rules.length === 0) return 'never: no rule starts exports';
  const enabled = rules.filter((rule) => rule.enabled);
  if (enabled.length === 0) return `never: the schedule is disabled (${rules.map(({ name }) => name).join(', ')})`;
  return enabled
    .map(({ expression }) => {
      const rate = rateOf(expression);
      if (rate === undefined || lastStart === undefined) return expression === '' ? 'by events' : expression;
      const periods = Math.max(1, Math.ceil((now - lastStart) / rate));
      return `about ${new Date(lastStart + periods * rate).toISOString().slice(0, 16)}Z, ${expression}`;
    })
    .join('; ');
}
