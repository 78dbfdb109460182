import { putList, readList } from '../../state/stored-list.ts';
import type { PoolGroup } from '../../model.ts';
import type { PlannedGroup } from '../plan/plan-model.ts';
import { assertPreflight, preflight } from '../preflight/preflight.ts';
import { scanEnded } from '../../backup/scan-segments.ts';
import { readSealedBackup } from '../../backup/sealed-backup.ts';
import { CHUNK_LIMITS } from './chunk-size.ts';
import type { ChunkLimits } from './chunk-size.ts';
import { orderByGroup } from './order-by-group.ts';
import { foundGroupsKey, groupsKey, losersKey, rulesFor } from './planning-state.ts';
import type { PlanningRun, PlanningState, StateOf } from './planning-state.ts';
import { newTableScan, scanRound, spoolParts } from './scan.ts';
import { settleScan } from './settle-scan.ts';
import { survey } from './survey.ts';
import { tally } from './tally.ts';
import { newDraft, planUnit } from './unit.ts';

/** A scan stores its progress at least so often. */
const ROUND_MS = 30_000;
const RESCAN_AFTER_MS = 20_000;

const limitsOf = ({ limits }: PlanningRun['deps']): ChunkLimits => limits ?? CHUNK_LIMITS;

/** Scans on for a round; at the end of the table holds the scan against the manifest. */
export async function scanStep(
  state: StateOf<'scan'>,
  { input, deps, folder, stop }: PlanningRun,
): Promise<PlanningState> {
  const before = state.before ?? (await readSealedBackup(deps.table, input.tableName));
  const roundEnd = deps.clock.now() + ROUND_MS;
  const scan = await scanRound(state.scan, {
    table: deps.table,
    objects: deps.objects,
    spoolPrefix: `${folder}spool/${deps.claim}-`,
    openRunId: before.openRunId,
    stop: () => deps.clock.now() >= roundEnd || stop(),
  });
  if (!scanEnded(scan.segments)) return { ...state, before, scan };
  const after = await readSealedBackup(deps.table, input.tableName);
  const { verdict, ...settled } = settleScan({
    tableName: input.tableName,
    before,
    after,
    scan,
    now: deps.clock.now(),
    differsSince: state.differsSince,
    acceptIncomplete: input.options.acceptIncomplete,
  });
  if (verdict === 'accept') return { step: 'survey', scan, accepted: settled as StateOf<'survey'>['accepted'] };
  deps.log.warn('The table does not match its manifest yet; it is scanned again', { ...scan.counts });
  await deps.clock.sleep(RESCAN_AFTER_MS);
  return { step: 'scan', scan: newTableScan(), ...settled };
}

/** Looks at everybody once and holds the new pool against what was found: Halt PreflightFailed with every finding. */
export async function surveyStep(
  { scan, accepted }: StateOf<'survey'>,
  { input, deps, folder }: PlanningRun,
): Promise<PlanningState> {
  const poolId = input.options.newUserPoolId;
  const pool = await deps.pools.describe(poolId);
  const header = await deps.jobs.csvHeader(poolId);
  const source = accepted.manifest.poolSettings;
  const rules = rulesFor(input, accepted, { pool, header, notes: [] });
  const found = await survey(deps.objects, spoolParts(scan), { ...rules, caseSensitive: pool.settings.caseSensitive });
  const checked = preflight({
    poolId,
    settings: pool.settings,
    header,
    source,
    users: found.users,
    usage: found.usage,
    allowTriggers: input.options.allowTriggers,
  });
  assertPreflight(poolId, checked);
  await putList(deps.objects, foundGroupsKey(folder), found.groups);
  await putList(deps.objects, losersKey(folder), found.losers);
  const notes = [
    ...checked.notes,
    ...(found.losers.length === 0
      ? []
      : [
          `${found.losers.length} users have the name of another user in the new pool and are not restored; failures.csv lists them.`,
        ]),
    ...(found.linked === 0
      ? []
      : [
          `${found.linked} users are linked to accounts of identity providers (attribute identities). The links are not restored: link them anew with AdminLinkProviderForUser before these users sign in through their provider.`,
        ]),
  ];
  return { step: 'tally', scan, accepted, target: { pool, header, notes } };
}

/** Counts what comes back in which way, and puts the groups, and the users by them, in their order. */
export async function tallyStep(
  { scan, accepted, target }: StateOf<'tally'>,
  { input, deps, folder }: PlanningRun,
): Promise<PlanningState> {
  const losers = new Set(await readList<string>(deps.objects, losersKey(folder)));
  const known = await readList<PoolGroup>(deps.objects, foundGroupsKey(folder));
  const { groups, ...rest } = await tally(deps.objects, spoolParts(scan), rulesFor(input, accepted, target), {
    groups: known,
    losers,
    orphans: scan.orphans,
    firstChunkUsers: limitsOf(deps).firstChunkUsers,
  });
  await putList(deps.objects, groupsKey(folder), groups);
  const parts = await orderByGroup(deps.objects, spoolParts(scan), groups, `${folder}spool/${deps.claim}-ordered-`);
  return { step: 'chunks', scan, accepted, target, tally: rest, parts, draft: newDraft() };
}

/** Plans one more chunk. */
export async function chunkStep(
  state: StateOf<'chunks'>,
  { input, deps, folder }: PlanningRun,
): Promise<PlanningState> {
  const groups = await readList<PlannedGroup>(deps.objects, groupsKey(folder));
  const draft = await planUnit(state.draft, {
    objects: deps.objects,
    parts: state.parts,
    rules: rulesFor(input, state.accepted, state.target),
    losers: new Set(await readList<string>(deps.objects, losersKey(folder))),
    groupIndex: new Map(groups.map(({ name }, index) => [name, index])),
    firstGroups: state.tally.firstGroups,
    folder,
    groups,
    caseSensitive: state.target.pool.settings.caseSensitive,
    sizes: { ...limitsOf(deps), counts: state.tally.counts },
  });
  return { ...state, draft };
}
