import { callersAccount } from '../../adapters/operator/caller.ts';
import { startDeletion } from '../../adapters/operator/stack-changes.ts';
import { describeStacks } from '../../adapters/operator/stacks.ts';
import { assetBucketIn } from '../../domain/operator/build/build-arguments.ts';
import type { LaunchKey, LeftData, RememberedLaunch } from '../../domain/operator/deploy/answers.ts';
import { situationOf } from '../../domain/operator/deploy/situation.ts';
import { isMainStack } from '../../domain/operator/installation.ts';
import type { StackFacts } from '../../domain/operator/installation.ts';
import { CliError, isCliError } from '../cli-error.ts';
import type { CliContext, CommandAction } from '../context.ts';
import { deployedLaunch } from '../deploy/deployed-launch.ts';
import { eventsBefore, followStack } from '../deploy/follow-stack.ts';
import { knownLaunches } from '../deploy/known-launches.ts';
import { ANSWERS_FILE, launchMemory } from '../deploy/launch-memory.ts';
import type { LaunchMemory } from '../deploy/launch-memory.ts';
import { isMadeFor } from '../deploy/publish-build.ts';
import { explained } from '../explain.ts';
import { assertStackName } from '../given.ts';
import { PROGRAM } from '../program.ts';
import { chosenRegion } from '../session.ts';
import { endDrills } from './end-drills.ts';
import { deleteBucket, deleteLeftData } from './delete-data.ts';
import { assetsByTags, dataByTags, dataOfStack } from './left-data.ts';
import { keptSummary, removedSummary } from './uninstalled.ts';

/** What was typed. */
interface UninstallOptions {
  readonly deleteData: boolean;
  readonly confirm?: string;
  readonly yes: boolean;
}

/** `uninstall`. What is found is remembered before anything is deleted, so that a start after a kill goes on. */
export const runUninstall: CommandAction = async (context, { options }) => {
  const region = await chosenRegion(context, typeof options.region === 'string' ? { region: options.region } : {});
  const typed: UninstallOptions = {
    deleteData: options.deleteData === true,
    yes: options.yes === true,
    ...(typeof options.confirm === 'string' ? { confirm: options.confirm } : {}),
  };
  if (typed.confirm !== undefined && !typed.deleteData)
    throw new CliError('usage', {
      thing: '--confirm',
      found: 'it is for --delete-data, which was not given',
      next: 'Give --delete-data to delete the backup too, or leave --confirm out to keep it.',
    });
  const wanted = typeof options.stack === 'string' ? options.stack : undefined;
  assertStackName(wanted);
  let begun = false;
  try {
    const memory = await launchMemory(context, typeof options.answers === 'string' ? options.answers : ANSWERS_FILE);
    const account = (await callersAccount(context.clients.sts(region))) ?? '';
    const key = { account, region, stack: await stackMeant(context, { account, region }, wanted, memory) };
    const [found] = await describeStacks(context.clients.cloudFormation(region), key.stack);
    const stack = situationOf(found?.status) === 'absent' ? undefined : found;
    if (stack !== undefined && !isMainStack(stack))
      throw new CliError('refused', {
        thing: `Stack ${key.stack} in ${region}`,
        found: 'it is no launch of this product',
        next: 'Check --stack and --region.',
      });
    const left = await leftOf(context, key, stack, memory);
    await agree(context, key, stack, typed);
    const launch = await remembered(context, key, stack, left, memory);
    begun = true;
    if (stack !== undefined && !stack.status.startsWith('DELETE_')) await endDrills(context, stack);
    if (stack !== undefined && (await deleteStack(context, key, stack)) === 'detached') {
      context.output.summary({
        blocks: [{ lines: [`CloudFormation goes on deleting ${key.stack}.`] }],
        data: { ...key, detached: true },
        next: [
          `${PROGRAM} uninstall --region ${region} --stack ${key.stack}${typed.deleteData ? ' --delete-data' : ''}`,
        ],
      });
      return 'detached';
    }
    if (!typed.deleteData) {
      context.output.summary(keptSummary(key, left, launch.bucket));
      return 'complete';
    }
    await deleteLeftData(context, key, left);
    const kept = await deleteAssets(context, key, left, launch.bucket);
    await memory.forget(key);
    context.output.summary(removedSummary(key, left, kept));
    return 'complete';
  } catch (error) {
    const told = explained(`Uninstallation in ${region}`, error);
    throw begun && told.kind === 'refused' ? halfDone(told) : told;
  }
};

/** What is refused after a deletion was asked for is no refusal of the command. */
const halfDone = (refusal: CliError): CliError =>
  new CliError(
    'failed',
    {
      ...refusal.text,
      next: `${refusal.text.next} The deletion has begun: start the same command again, and it goes on.`,
    },
    { cause: refusal },
  );

async function stackMeant(
  context: CliContext,
  { account, region }: Omit<LaunchKey, 'stack'>,
  wanted: string | undefined,
  memory: LaunchMemory,
): Promise<string> {
  if (wanted !== undefined) return wanted;
  const names = await knownLaunches(context, { account, region }, memory);
  const [only, ...more] = names;
  if (only !== undefined && more.length === 0) return only;
  throw new CliError(only === undefined ? 'notFound' : 'usage', {
    thing: `Stacks in ${region}`,
    found: only === undefined ? 'no launch of this product' : `several launches: ${names.join(', ')}`,
    next: 'Say which one is meant: --stack and its name, and --region.',
  });
}

/** By the stack's own lists as long as there is one; else as they were remembered, else by the tags of what is there. */
async function leftOf(
  context: CliContext,
  key: LaunchKey,
  stack: StackFacts | undefined,
  memory: LaunchMemory,
): Promise<LeftData> {
  const known = memory.of(key)?.left;
  if (stack === undefined) return known ?? dataByTags(context, key);
  // A deletion that has begun takes resources off the lists.
  if (known?.stackId === stack.id && stack.status.startsWith('DELETE_')) return known;
  return dataOfStack(context, key.region, stack);
}

async function agree(
  { output, prompts }: CliContext,
  { stack }: LaunchKey,
  found: StackFacts | undefined,
  { deleteData, confirm, yes }: UninstallOptions,
): Promise<void> {
  const refused = (why: string, next: string): CliError =>
    new CliError('refused', { thing: `uninstall of ${stack}`, found: why, next: `Nothing was deleted. ${next}` });
  if (deleteData) {
    const typedName =
      confirm ??
      (output.interactive
        ? await prompts.text({
            message: `This deletes the backup of ${stack} in both Regions. Nothing can be restored afterwards. Type the name of the stack`,
          })
        : undefined);
    if (typedName === stack) return;
    throw refused(
      typedName === undefined ? 'its name was not typed' : `"${typedName}" is not its name`,
      `Give --confirm ${stack} to delete the data without being asked.`,
    );
  }
  if (found === undefined || yes) return;
  if (output.interactive && (await prompts.confirm(`Delete the stack ${stack}? Table and buckets stay.`))) return;
  throw refused('it was not agreed to', 'Give --yes to go on without a question.');
}

async function remembered(
  context: CliContext,
  key: LaunchKey,
  stack: StackFacts | undefined,
  left: LeftData,
  memory: LaunchMemory,
): Promise<RememberedLaunch> {
  const before = memory.of(key);
  const used = stack === undefined ? undefined : (await deployedLaunch(context, key.region, stack)).build?.bucket;
  const bucket = used ?? before?.bucket ?? (await assetsByTags(context, key));
  const launch: RememberedLaunch = {
    ...key,
    ...(bucket === undefined ? {} : { bucket }),
    parameters: stack?.parameters ?? before?.parameters ?? {},
    tags: stack?.tags ?? before?.tags ?? {},
    left,
  };
  await memory.remember(launch);
  return launch;
}

async function deleteStack(
  context: CliContext,
  { region, stack: name }: LaunchKey,
  { id, status }: StackFacts,
): Promise<'gone' | 'detached'> {
  const followed = { region, stackId: id };
  if (status.endsWith('_IN_PROGRESS') && status !== 'REVIEW_IN_PROGRESS') {
    context.output.status({ text: `${name} is in ${status}; waiting until that has ended.`, lasting: true });
    const end = await followStack(context, followed);
    if (end === 'detached') return 'detached';
    if (end.status === 'DELETE_COMPLETE') return 'gone';
  }
  const before = await eventsBefore(context, followed);
  await startDeletion(context.clients.cloudFormation(region), id);
  const end = await followStack(context, { ...followed, before });
  if (end === 'detached') return 'detached';
  if (end.status === 'DELETE_COMPLETE') return 'gone';
  throw new CliError('failed', {
    thing: `Stack ${name} in ${region}`,
    found: `its deletion ended as ${end.status}${end.failure === undefined ? '' : `: ${end.failure.logicalId}: ${end.failure.reason}`}`,
    next: 'Remove the cause and start the same command again. No data was deleted.',
  });
}

/** Deletes the asset buckets that deploy made for this launch, unless another one is made from them; gives those that stay. */
async function deleteAssets(
  context: CliContext,
  key: LaunchKey,
  { primaryRegion, secondaryRegion }: LeftData,
  bucket: string | undefined,
): Promise<readonly string[]> {
  if (bucket === undefined) return [];
  const { clients } = context;
  const names = [primaryRegion, secondaryRegion]
    .filter((region) => region !== '')
    .map((region) => [region, assetBucketIn({ bucket }, region)] as const);
  const kept: string[] = [];
  for (const region of [primaryRegion, secondaryRegion].filter((one) => one !== '')) {
    for (const other of (await describeStacks(clients.cloudFormation(region))).filter(isMainStack)) {
      const { build } = await deployedLaunch({ clients }, region, other);
      if (build?.bucket === bucket) return names.map(([, name]) => name);
    }
  }
  for (const [region, name] of names) {
    try {
      await deleteBucket(context, region, { bucket: name, account: key.account }, (tags) => isMadeFor(tags, key.stack));
    } catch (error) {
      if (!isCliError(error) || error.kind !== 'refused') throw error;
      kept.push(name);
    }
  }
  return kept;
}
