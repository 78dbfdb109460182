import { countsText } from '../../domain/backup/counts.ts';
import type { KeptRunFacts } from '../../domain/history/runs.ts';
import { counted, number } from '../../domain/counted.ts';
import type { CommandAction } from '../context.ts';
import type { Row, Tone } from '../output/output.ts';
import { typed } from '../program.ts';
import { openSession } from '../session.ts';
import { keptRuns, lastVerifications } from './kept.ts';
import type { VerifiedIn } from './kept.ts';

/** Lists the runs that both Regions keep. */
export const runRuns: CommandAction = async (context, { options }) => {
  const { installation } = await openSession(context, options);
  const kept = await keptRuns(context, installation);
  const { runs, silent } = kept;
  const verified = await lastVerifications(context, installation, kept);
  const newest = runs.find(({ state }) => state === 'sealed');
  context.output.summary({
    blocks: [
      runs.length === 0
        ? { lines: ['No run is kept: SnapshotRetentionDays is 0, or no export has ended yet.'] }
        : {
            heading: `${counted(runs.length, 'run')}, the newest first`,
            rows: runs.map((run) => rowOf(run, verified.get(run.runId))),
          },
    ],
    data: { runs: runs.map((run) => dataOf(run, verified.get(run.runId))), silent_regions: silent },
    next: newest === undefined ? [] : [typed(options, 'damage'), typed(options, `diff ${newest.runId}`)],
  });
  return silent.length === 0 ? 'complete' : 'partial';
};

const TONES: Readonly<Record<KeptRunFacts['state'], Tone>> = {
  sealed: 'good',
  refused: 'warning',
  interrupted: 'quiet',
  damaged: 'bad',
};

function rowOf({ runId, state, manifest, regions }: KeptRunFacts, verified: VerifiedIn | undefined): Row {
  const row = { label: runId, tone: TONES[state] };
  if (manifest === undefined) return { ...row, value: state };
  const { counts, added, changed, deleted, refused } = manifest;
  const moved = (['users', 'groups', 'memberships'] as const).flatMap((kind) =>
    added[kind] + changed[kind] + deleted[kind] === 0
      ? []
      : [`${kind} +${number(added[kind])} ~${number(changed[kind])} -${number(deleted[kind])}`],
  );
  return {
    ...row,
    value: [
      refused === undefined ? state : `${state} (${refused})`,
      countsText(counts),
      moved.length === 0 ? 'nothing changed' : moved.join(', '),
      regions.length === 0 ? 'its snapshot was thinned out' : regions.join(' and '),
      verified === undefined ? 'not verified' : verifiedText(verified),
    ].join('; '),
  };
}

const verifiedText = ({ verifiedAt, region, percent }: VerifiedIn): string =>
  `verified ${verifiedAt} in ${region}${percent < 100 ? `, ${percent} % of its snapshot` : ''}`;

const dataOf = (
  { runId, state, manifest, regions }: KeptRunFacts,
  verified: VerifiedIn | undefined,
): Readonly<Record<string, unknown>> => ({
  run_id: runId,
  state,
  regions,
  ...(verified === undefined
    ? {}
    : { verified: { at: verified.verifiedAt, region: verified.region, percent: verified.percent } }),
  ...(manifest === undefined
    ? {}
    : {
        started_at: manifest.startedAt,
        ended_at: manifest.endedAt,
        counts: manifest.counts,
        added: manifest.added,
        changed: manifest.changed,
        deleted: manifest.deleted,
        ...(manifest.refused === undefined ? {} : { refused: manifest.refused }),
      }),
});
