import { countsText } from '../../backup/counts.ts';
import { counted } from '../../counted.ts';
import { Halt } from '../../errors.ts';
import type { StepEnd } from '../../state/step.ts';
import { DIFFERENCES_HEADER } from './rows.ts';
import { differs } from './state.ts';
import type { ComparisonRun, PoolCounts } from './state.ts';

/** Who differs and how, line by line: personal data. */
export const differencesKey = (folder: string): string => `${folder}differences.csv`;
/** Counts, and how the comparison was made. */
export const reportKey = (folder: string): string => `${folder}report.json`;

/** Writes differences.csv, where there is a line for it, then report.json. */
export async function writePoolReport({ input, deps, progress, folder }: ComparisonRun): Promise<StepEnd> {
  const { state } = progress;
  const lines = async function* (): AsyncGenerator<Uint8Array, void, undefined> {
    yield Buffer.from(DIFFERENCES_HEADER);
    for (const key of state.rows) yield* deps.objects.read(key);
  };
  if (state.rows.length > 0) await deps.objects.write(differencesKey(folder), lines());
  const report = {
    userPoolId: input.userPoolId,
    table: input.tableName,
    exportRun: input.runId,
    outcome: differs(state.counts) ? 'different' : 'same',
    usersRecognizedBy: state.matching?.bySub === true ? 'sub' : 'sign-in name',
    startedAt: state.startedAt,
    endedAt: new Date(deps.clock.now()).toISOString(),
    counts: state.counts,
    notes: [
      'Users of identity providers are ignored on both sides; passwords and MFA settings are not compared, and other IAM roles of groups are listed and counted (groupsWithOtherRole), but are no difference: a restore gives roles by its map only.',
      ...(state.matching?.bySub === true
        ? ['This is the pool that the backup was made of: whatever changed there since the export is a difference.']
        : []),
    ],
  };
  await deps.objects.put(reportKey(folder), `${JSON.stringify(report, null, 2)}\n`);
  state.step = 'done';
  await progress.save();
  return 'moved';
}

const WORDS: readonly (readonly [
  count: Exclude<keyof PoolCounts, 'groupsWithOtherRole'>,
  thing: string,
  how: string,
])[] = [
  ['usersMissing', 'user', 'missing'],
  ['usersExtra', 'user', 'that the backup does not have'],
  ['usersDifferent', 'user', 'different'],
  ['groupsMissing', 'group', 'missing'],
  ['groupsExtra', 'group', 'that the backup does not have'],
  ['groupsDifferent', 'group', 'different'],
  ['membershipsMissing', 'membership', 'missing'],
  ['membershipsExtra', 'membership', 'that the backup does not have'],
];

/** Halt PoolDiffers with the counts and where the rows are; nothing personal. */
export function assertSame({ input, progress, folder }: ComparisonRun): void {
  const { counts } = progress.state;
  if (!differs(counts)) return;
  const found = WORDS.filter(([count]) => counts[count] > 0)
    .map(([count, thing, how]) => `${counted(counts[count], thing)} ${how}`)
    .join(', ');
  throw new Halt(
    'PoolDiffers',
    `The user pool ${input.userPoolId} is not what the backup holds (export ${input.runId}: ${countsText(counts)}): ${found}. Who and what: s3://${input.bucket}/${differencesKey(folder)}; counts: s3://${input.bucket}/${reportKey(folder)}.`,
  );
}
