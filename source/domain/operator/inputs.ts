/** What the operator may accept beforehand: the word of --accept, the key of the workflow's input, and what it means. */
export interface Acceptance {
  readonly word: string;
  readonly key: string;
  readonly meaning: string;
}

/** Of ImportWorkflow. */
export const IMPORT_ACCEPTANCES: readonly Acceptance[] = [
  { word: 'source-pool', key: 'AllowSourcePool', meaning: 'restore into the pool that is backed up, if it is empty' },
  { word: 'triggers', key: 'AllowTriggers', meaning: 'create users one by one although triggers of the pool see it' },
  { word: 'unconfirmed', key: 'RestoreUnconfirmed', meaning: 'create users who never confirmed their sign-up, too' },
  { word: 'incomplete', key: 'AcceptIncomplete', meaning: 'take the table although it lacks or changed something' },
  {
    word: 'mfa-lockout',
    key: 'AcceptMfaLockout',
    meaning: 'restore users who cannot sign in to the pool, because it requires MFA',
  },
  { word: 'recreate-missing', key: 'RecreateMissing', meaning: 'make accounts again that were deleted since' },
];

/** Of ImportWorkflow with a selection: what is restored into a living pool. */
export const SELECTION_ACCEPTANCES: readonly Acceptance[] = IMPORT_ACCEPTANCES.filter(({ word }) =>
  ['triggers', 'unconfirmed', 'incomplete'].includes(word),
);

/** Of ExportWorkflow. */
export const EXPORT_ACCEPTANCES: readonly Acceptance[] = [
  { word: 'mass-delete', key: 'AllowMassDelete', meaning: 'delete more than MaxDeletePercent from the backup' },
  { word: 'mass-change', key: 'AllowMassChange', meaning: 'overwrite more than MaxChangePercent of the backup' },
  {
    word: 'unsettled-recovery',
    key: 'AllowUnsettledRecovery',
    meaning: 'take the pool as it is although a recovery by AWS has not ended well',
  },
];

/** Options of a restore that have a value, and the keys of ImportWorkflow's input for them. */
export const IMPORT_VALUES = [
  ['--to', 'NewUserPoolId'],
  ['--run', 'ExportRun'],
  ['--table', 'BackupTableName'],
  ['--snapshot', 'SnapshotPrefix'],
  ['--tps', 'CognitoTPS'],
] as const;

/** The command that restores for good what an input of ImportWorkflow, without a selection, asks for. */
export function importCommand(input: Readonly<Record<string, unknown>>): string {
  const accepted = IMPORT_ACCEPTANCES.filter(({ key }) => input[key] === true).map(({ word }) => word);
  const given = IMPORT_VALUES.flatMap(([option, key]) => {
    const value = input[key];
    return typeof value === 'string' || typeof value === 'number' ? [option, `${value}`] : [];
  });
  return [
    'import',
    ...given,
    ...(accepted.length === 0 ? [] : ['--accept', accepted.join(',')]),
    ...(input.GroupRoleMap === undefined ? [] : ['--group-roles']),
  ].join(' ');
}

/** The acceptance that a word names, as it is typed or as the workflow's input calls it. */
export const acceptanceNamed = (acceptances: readonly Acceptance[], word: string): Acceptance | undefined =>
  acceptances.find((one) => [one.word, one.key].some((name) => name.toLowerCase() === word.toLowerCase()));

/** A pool's id; its Region is in front. */
const POOL_ID = /^([a-z]{2,}(?:-[a-z]+)+-\d{1,2})_[0-9A-Za-z]{1,40}$/;

/** The Region of a user pool; undefined when the text is no id of one. */
export const regionOfPool = (poolId: string): string | undefined => POOL_ID.exec(poolId)?.[1];

/** `2026-11-27`, `2026-11-27T12:00Z`, `2026-11-27T12:00:00+01:00`: a day alone is its start or its end, by UTC. */
const MOMENT = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/;

/** The moment that a text names, in milliseconds since the epoch; undefined when it names none, or no time zone. */
export function momentIn(text: string, ofDay: 'start' | 'end' = 'end'): number | undefined {
  if (!MOMENT.test(text) || !isDay(text.slice(0, 10))) return undefined;
  const moment = Date.parse(text.length === 10 ? `${text}T${ofDay === 'end' ? '23:59:59.999' : '00:00'}Z` : text);
  return Number.isNaN(moment) ? undefined : moment;
}

/** JavaScript takes the 30th of February for the 2nd of March. */
function isDay(text: string): boolean {
  const start = Date.parse(`${text}T00:00Z`);
  return !Number.isNaN(start) && new Date(start).toISOString().startsWith(text);
}
