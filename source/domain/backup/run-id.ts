/** When a run began, in milliseconds since the epoch, as its id says; NaN where the id does not tell. */
export function startOfRun(runId: string): number {
  const [, date, hours, minutes, seconds] = /^(\d{8})T(\d{2})(\d{2})(\d{2})Z-/.exec(runId) ?? [];
  if (date === undefined) return Number.NaN;
  return Date.parse(`${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}T${hours}:${minutes}:${seconds}Z`);
}
