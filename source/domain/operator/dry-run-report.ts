type Fields = Readonly<Record<string, unknown>>;
const fieldsOf = (value: unknown): Fields => (value !== null && typeof value === 'object' ? (value as Fields) : {});
const countOf = (value: unknown): number => (typeof value === 'number' ? value : 0);

/**
 * Users of a dry run who would not come back, or not as they were, by no choice of the operator: unconfirmed ones are left
 * out as long as nobody asks for them. Where the report cannot be read, everybody who is left out counts.
 * @param result the output of the dry run
 * @param report its report.json
 */
export function lostInDryRun(result: Fields, report: Uint8Array | undefined): number {
  const standing = fieldsOf(result.standing);
  const begun = ['usersHeldBack', 'usersBlocked', 'usersExcluded', 'usersNotInTable'] as const;
  if (result.standing !== undefined)
    return begun.reduce((sum, name) => sum + countOf(standing[name]), 0) - unconfirmedIn(report);
  const { excluded, heldBack, withLosses, notInTable } = result;
  return (
    countOf(excluded) +
    countOf(heldBack) +
    countOf(withLosses) +
    countOf(fieldsOf(notInTable).users) -
    unconfirmedIn(report)
  );
}

function unconfirmedIn(report: Uint8Array | undefined): number {
  if (report === undefined) return 0;
  try {
    const counts = fieldsOf(fieldsOf(JSON.parse(Buffer.from(report).toString('utf8'))).counts);
    return countOf(fieldsOf(counts.excludedBy).Unconfirmed);
  } catch {
    return 0;
  }
}
