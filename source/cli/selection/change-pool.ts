import { selectionKeys } from '../../domain/import/plan/selection-keys.ts';
import type { SelectionRequest } from '../../domain/import/selection/request.ts';
import { isMissingResult, isWritten, resultCounts } from '../../domain/operator/selection/selected-things.ts';
import { counted } from '../../domain/counted.ts';
import type { CliContext } from '../context.ts';
import type { ExitKind } from '../exit-codes.ts';
import { typed } from '../program.ts';
import { agreeToWrite, confirmSingly } from './agree.ts';
import { lackingGroups } from './lacking-groups.ts';
import { lookFirst } from './look-first.ts';
import type { LookedAt } from './look-first.ts';
import type { PoolChange, SelectionPart } from './pool-change.ts';
import type { PoolPlace } from './pool-place.ts';
import { differenceBlocks, FEW, RESTORE_SIDES, UNDO_SIDES } from './show-differences.ts';
import { writeSelection } from './write-selection.ts';

/**
 * Compares first and shows what differs, asks, lets the workflow write, and tells what became of everybody. Nothing is
 * written to the pool before the answer.
 */
export async function changePool(context: CliContext, there: PoolPlace, asked: PoolChange): Promise<ExitKind> {
  const { given } = asked;
  const first = await lookFirst(context, there, asked);
  if (typeof first === 'string') return first;
  const change = asked.withMembers === true ? withGoneMembers(context, asked, first) : asked;
  const looked = change === asked ? first : await lookFirst(context, there, change);
  if (typeof looked === 'string') return looked;
  const { request } = change;
  showDifferences(context, looked, request);
  if (given.dryRun === true) return onlyLooked(context, there, looked);
  const confirmed = request.existing === 'fail' ? [] : await confirmSingly(context, looked.things);
  const parts = partsOf(looked, request, confirmed);
  if (parts.length === 0) return nothingToWrite(context, there, change, looked);
  await agreeToWrite(context, there, {
    things: looked.things.map((thing) => (confirmed.includes(thing.sub) ? { ...thing, result: 'updated' } : thing)),
    yes: given.yes === true,
  });
  return writeSelection(context, there, change, parts);
}

/** Members who are gone are asked for by what the comparison has found. */
function withGoneMembers({ output }: CliContext, change: PoolChange, { things }: LookedAt): PoolChange {
  const gone = new Map(
    things.filter(({ kind, result }) => kind === 'membership' && result === 'gone').map(({ sub, run }) => [sub, run]),
  );
  if (gone.size === 0) return change;
  output.status({
    text: `${counted(gone.size, 'member')} not in the pool any more: to be created, too.`,
    data: { gone_members: gone.size },
    lasting: true,
  });
  const users = [...gone].map(([sub, run]) => ({ sub, ...(run === '' ? {} : { run }) }));
  return { ...change, request: { ...change.request, users } };
}

function showDifferences({ output }: CliContext, { id, things }: LookedAt, { undo }: SelectionRequest): void {
  output.status({
    text: things.length === 0 ? 'Pool and backup do not differ.' : `What would be written (selection ${id}):`,
    data: {
      selection_id: id,
      counts: resultCounts(things),
      ...(things.length > FEW ? {} : { differences: things }),
    },
    lasting: true,
    blocks: differenceBlocks(things, undo === undefined ? RESTORE_SIDES : UNDO_SIDES),
  });
}

/**
 * What is written by the request as it was looked at, without the users whose account was confirmed; and by a second one for
 * these: their account is overwritten, whatever happens to accounts that others have.
 */
function partsOf(
  { id, things }: LookedAt,
  request: SelectionRequest,
  confirmed: readonly string[],
): readonly SelectionPart[] {
  const theirs = things.filter(({ kind, sub }) => kind === 'user' && confirmed.includes(sub));
  const others = request.users.filter((user) => !('sub' in user && confirmed.includes(user.sub)));
  return [
    ...(things.some(isWritten)
      ? [theirs.length === 0 ? { id, request } : { request: { ...request, users: others } }]
      : []),
    ...(theirs.length === 0
      ? []
      : [
          {
            request: {
              users: theirs.map(({ sub, run }) => ({ sub, ...(run === '' ? {} : { run }) })),
              groups: [],
              existing: 'update' as const,
              confirmed,
            },
          },
        ]),
  ];
}

function onlyLooked({ output }: CliContext, there: PoolPlace, looked: LookedAt): ExitKind {
  const kind = looked.things.some(isMissingResult) ? 'partial' : 'complete';
  const advice = lackingGroups(there, looked.things);
  output.summary({
    blocks: [
      { lines: ['Dry run: nothing was written to the pool.'] },
      ...(advice.length === 0 ? [] : [{ heading: 'What to do', lines: advice }]),
    ],
    data: summaryData(there, looked, kind),
    next: [reportOf(there, looked)],
  });
  return kind;
}

const reportOf = ({ place, poolId }: PoolPlace, { id }: LookedAt): string =>
  typed(place, `report --selection ${id} --to ${poolId} --save differences.csv`);

function nothingToWrite({ output }: CliContext, there: PoolPlace, { request }: PoolChange, looked: LookedAt): ExitKind {
  const kind = looked.things.some(isMissingResult) ? 'partial' : 'complete';
  const { things } = looked;
  const skipped = things.some(({ result }) => result === 'skipped');
  output.summary({
    blocks: [
      {
        lines: [
          'Nothing was written to the pool: there is nothing to write.',
          ...(skipped && request.existing === 'skip'
            ? ['What the pool has stays as it is; --existing update overwrites it with what the backup holds.']
            : []),
          ...(things.length > 0 && things.every(({ result }) => result === 'unchanged')
            ? ['For how it was earlier give --run or --at.']
            : []),
        ],
      },
    ],
    data: summaryData(there, looked, kind),
    ...(kind === 'complete' ? {} : { next: [reportOf(there, looked)] }),
  });
  return kind;
}

const summaryData = ({ poolId, region, machine }: PoolPlace, { id, things }: LookedAt, outcome: ExitKind) => ({
  outcome,
  selection_id: id,
  user_pool: poolId,
  region,
  bucket: machine.bucket,
  differences_key: selectionKeys(poolId, id).differences,
  counts: resultCounts(things),
});
