const ADVICE = {
  changes: 'Start ExportWorkflow again: it lists the pool again.',
  exports: 'Delete it and start ExportWorkflow again: a run that cannot go on lists the pool again.',
  restores: "Bring the object's older version back and start ImportWorkflow again, or restore into another new pool.",
  verifications: 'Start VerifyWorkflow again.',
} as const;

/** What to do about an object that is missing or damaged, by the folder in which it lies. */
export const adviceFor = (key: string): string =>
  ADVICE[key.split('/')[0] as keyof typeof ADVICE] ?? 'Start the workflow again.';
