const ISO_DATE = /^(\d{4})-(\d{2})-(\d{2})$/;

/**
 * `YYYY-MM-DD`, as Cognito stores a birth date, in the CSV's form `mm/dd/yyyy` (Developer Guide, "Importing users into
 * user pools from a CSV file"); undefined for anything that is not a day of the calendar in that form.
 */
export function csvBirthdate(stored: string): string | undefined {
  const match = ISO_DATE.exec(stored);
  if (match === null) return undefined;
  const [, year, month, day] = match as unknown as [string, string, string, string];
  const date = new Date(`${stored}T00:00:00.000Z`);
  const exists = Number(year) > 0 && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(stored);
  return exists ? `${month}/${day}/${year}` : undefined;
}
