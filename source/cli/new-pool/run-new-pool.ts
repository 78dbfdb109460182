import { settingsReaderOf } from '../../adapters/cognito/settings-reader.ts';
import { poolCalls } from '../../adapters/operator/pool-calls.ts';
import { counted } from '../../domain/counted.ts';
import { Pacer } from '../../domain/pacing/pacer.ts';
import { handTasks } from '../../domain/pool-settings/recreate/by-hand.ts';
import { compareSettings } from '../../domain/pool-settings/recreate/compare-settings.ts';
import { knownOmissions } from '../../domain/pool-settings/recreate/known-omissions.ts';
import type { Making } from '../../domain/pool-settings/recreate/known-omissions.ts';
import { leftMailTexts } from '../../domain/pool-settings/recreate/older-names.ts';
import { clientsCsv } from '../../domain/pool-settings/recreate/pair-clients.ts';
import { readSettings } from '../../domain/pool-settings/read-settings.ts';
import type { KeptSettings } from '../../domain/pool-settings/shape.ts';
import { isCliError, CliError } from '../cli-error.ts';
import type { CliContext, CommandAction } from '../context.ts';
import { explained } from '../explain.ts';
import { assertTwoFiles, writeAskedFile } from '../private-file.ts';
import { typed } from '../program.ts';
import { chosenRegion, openSession } from '../session.ts';
import { Attempts } from './attempts.ts';
import { createLikePool } from './create-pool.ts';
import { findKeptSettings } from './find-kept-settings.ts';
import { makeMissingParts } from './make-parts.ts';
import { defaultName, findOwnPool, NEW_POOL_TAG, tagOf } from './own-pool.ts';
import { settingDifferenceBlocks, differenceData, plannedBlocks, taskBlocks } from './show-new-pool.ts';

interface NewPoolGiven {
  readonly run?: string;
  readonly name?: string;
  readonly withClients?: true;
  readonly clientsFile: string;
  readonly save?: string;
  readonly dryRun?: true;
}

/** Below what any operation takes of a pool (5 per second). */
const CALLS_PER_SECOND = 4.5;

/** Makes a pool from kept settings, or what an earlier call has left, and compares it. */
export const runNewPool: CommandAction = async (context, { options }) => {
  const given = options as unknown as NewPoolGiven;
  assertName(given);
  if (given.withClients === true) assertTwoFiles({ '--save': given.save, '--clients-file': given.clientsFile });
  const region = await chosenRegion(context, options);
  const { installation } = await openSession(context, options);
  assertRegionOf(
    installation.regions.map((one) => one.region),
    region,
  );
  const { runId, settings } = await findKeptSettings(context, { installation, region, place: options }, given.run);
  context.output.status({
    text: `The settings of ${settings.poolId} (${settings.pool.Name}) as the run ${runId} has kept them.`,
    data: { export_run: runId },
    lasting: true,
  });
  if (given.save !== undefined)
    await writeAskedFile(context, given.save, `${JSON.stringify(settings, undefined, 2)}\n`);
  const tag = tagOf(installation.stackName, runId);
  const making: Making = {
    settings,
    options: { name: given.name ?? defaultName(settings.pool.Name, runId), tags: { [NEW_POOL_TAG]: tag }, region },
    withClients: given.withClients === true,
  };
  if (given.dryRun === true) {
    const planned = knownOmissions(making);
    const tasks = handTasks(settings, {
      poolId: '<id of the new pool>',
      region,
      clientIds: new Map(),
      withClients: making.withClients,
    });
    context.output.summary({
      blocks: [...plannedBlocks(making, planned), ...taskBlocks(tasks)],
      data: {
        outcome: 'complete',
        dry_run: true,
        export_run: runId,
        name: making.options.name,
        left_out: planned,
        by_hand: tasks,
      },
      next: [typed(options, ['new-pool --like-backup', ...(making.withClients ? ['--with-clients'] : [])].join(' '))],
    });
    return 'complete';
  }
  return make(context, { making, tag, given, place: options });
};

interface Asked {
  readonly making: Making;
  readonly tag: string;
  readonly given: NewPoolGiven;
  readonly place: Parameters<typeof typed>[0];
}

async function make(context: CliContext, { making, tag, given, place }: Asked): Promise<'complete' | 'partial'> {
  const { clients, clock, output, randomHex } = context;
  const { settings, options } = making;
  const region = options.region ?? settings.region;
  const pacer = new Pacer({ callsPerSecond: CALLS_PER_SECOND, clock });
  const calls = poolCalls(clients.cognitoOnce(region), { pacer, clock });
  const reader = settingsReaderOf(clients.pacedCognito(region, pacer));
  const tell = (text: string): void => output.status({ text });
  const found = await findOwnPool(calls, options.name, tag).catch((error: unknown) => {
    throw explained(`User pools in ${region}`, error);
  });
  const poolId = found ?? (await createLikePool(calls, making));
  output.status({
    text:
      found === undefined
        ? `Made the user pool ${poolId}, named ${options.name}.`
        : `The user pool ${poolId}, named ${options.name}, was made by an earlier call: what it lacks is added.`,
    data: { user_pool_id: poolId },
    lasting: true,
  });
  try {
    const read = async (): Promise<KeptSettings> => {
      tell(`Reading the settings of ${poolId}`);
      const now = await readSettings(reader, { poolId, takenAt: new Date(clock.now()).toISOString() });
      if (now === undefined) throw unreadable(poolId);
      return now;
    };
    const attempts = new Attempts(calls, poolId);
    const before = await read();
    const clientIds = await makeMissingParts({ making, made: before, attempts, tell, randomHex });
    if (making.withClients) await writeAskedFile(context, given.clientsFile, clientsCsv(clientIds));
    const made = await read();
    const how = leftMailTexts(settings.pool, made.pool)
      ? { ...making, options: { ...options, withoutMailTexts: true as const } }
      : making;
    const differences = compareSettings(settings, made, {
      omissions: [...attempts.omissions, ...knownOmissions(how)],
      clientIds,
    });
    const tasks = handTasks(settings, { poolId, region, clientIds, withClients: making.withClients });
    const outcome =
      differences.every(({ expected }) => expected) && attempts.omissions.length === 0 ? 'complete' : 'partial';
    output.summary({
      blocks: [
        { lines: [headline(poolId, region, differences.filter(({ expected }) => !expected).length)] },
        ...settingDifferenceBlocks(differences),
        ...taskBlocks(tasks),
      ],
      data: {
        outcome,
        user_pool_id: poolId,
        region,
        name: options.name,
        differences: differences.map(differenceData),
        by_hand: tasks,
        ...(making.withClients ? { clients_file: given.clientsFile, clients: clientIds.size } : {}),
      },
      next: [typed(place, `import --to ${poolId} --dry-run`), typed(place, `import --to ${poolId}`)],
    });
    return outcome;
  } catch (error) {
    throw halfMade(poolId, region, error);
  }
}

const headline = (poolId: string, region: string, differing: number): string =>
  differing === 0
    ? `The user pool ${poolId} in ${region} has every setting that a new pool can have.`
    : `The user pool ${poolId} in ${region} is made; ${counted(differing, 'setting')} of the old one ${differing === 1 ? 'is' : 'are'} missing or different.`;

function assertRegionOf(regions: readonly string[], region: string): void {
  if (regions.includes(region)) return;
  throw new CliError('usage', {
    thing: '--region',
    found: `the backup does not lie in ${region}, and nothing could be restored into a pool there`,
    next: `Give one of ${regions.join(', ')}.`,
  });
}

const NAME = /^[\w\s+=,.@-]{1,128}$/;
function assertName({ name }: NewPoolGiven): void {
  if (name === undefined || NAME.test(name)) return;
  throw new CliError('usage', {
    thing: '--name',
    found: 'Cognito takes no such name of a pool',
    next: 'Give 1 to 128 letters, digits, spaces and + = , . @ _ -.',
  });
}

const unreadable = (poolId: string): CliError =>
  new CliError('refused', {
    thing: `User pool ${poolId}`,
    found: 'its settings may not be read',
    next: 'Attach the operator policy of docs/security.md for new-pool.',
  });

/** Nothing half made is called anything else: what stands there, how to go on and how to give it up. */
function halfMade(poolId: string, region: string, error: unknown): CliError {
  const { kind, text } = isCliError(error) ? error : explained(`Making the user pool ${poolId}`, error);
  return new CliError(
    kind === 'refused' ? 'failed' : kind,
    {
      thing: text.thing,
      found: `${text.found}. The user pool ${poolId} is half made`,
      next: `${text.next} Then repeat the command: it goes on with this pool. To give the pool up: turn its deletion protection off, and aws cognito-idp delete-user-pool --region ${region} --user-pool-id ${poolId}`,
    },
    { cause: error },
  );
}
