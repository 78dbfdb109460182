import { callersAccount } from '../../adapters/operator/caller.ts';
import { executeChangeSet } from '../../adapters/operator/stack-changes.ts';
import { describeStacks } from '../../adapters/operator/stacks.ts';
import type { BuildArguments } from '../../domain/operator/build/build-arguments.ts';
import { fillBuild, MAIN_TEMPLATE, STACK_SET_TEMPLATE } from '../../domain/operator/build/fill-build.ts';
import type { FilledBuild } from '../../domain/operator/build/fill-build.ts';
import { mainTemplateUrl } from '../../domain/operator/build/launch-link.ts';
import type { RememberedLaunch } from '../../domain/operator/deploy/answers.ts';
import { launchParameters } from '../../domain/operator/deploy/parameters.ts';
import { changedSettings, previewOf } from '../../domain/operator/deploy/preview.ts';
import { tagsRevision } from '../../domain/operator/deploy/tags.ts';
import { permissionGains } from '../../domain/operator/permissions/gains.ts';
import { parseTemplate } from '../../domain/operator/permissions/template.ts';
import type { Template } from '../../domain/operator/permissions/template.ts';
import { CliError } from '../cli-error.ts';
import type { CliContext, CommandAction } from '../context.ts';
import type { ExitKind } from '../exit-codes.ts';
import { explained } from '../explain.ts';
import { PROGRAM } from '../program.ts';
import { chosenRegion } from '../session.ts';
import manifest from '../../../package.json' with { type: 'json' };
import { chooseParameters } from './choose-parameters.ts';
import { deployOptions } from './deploy-options.ts';
import type { DeployOptions } from './deploy-options.ts';
import { deployedLaunch } from './deployed-launch.ts';
import type { DeployedLaunch } from './deployed-launch.ts';
import { eventsBefore, followStack } from './follow-stack.ts';
import { knownLaunches } from './known-launches.ts';
import { launchMemory } from './launch-memory.ts';
import type { LaunchMemory } from './launch-memory.ts';
import { launchedSummary } from './launched.ts';
import type { PackageFiles } from './package-files.ts';
import { proposeChange, withdraw } from './propose-change.ts';
import type { Proposal } from './propose-change.ts';
import { ensureAssetBuckets, newBucketName, ownsAssetBuckets, uploadBuild } from './publish-build.ts';
import type { AssetOwner } from './publish-build.ts';
import { settleStack } from './settle-stack.ts';
import type { SettledStack } from './settle-stack.ts';
import { showPreview } from './show-preview.ts';

/** First folder in the asset buckets, and the version below it. */
const SOLUTION = { solutionName: 'cognito-user-profiles-export', version: `v${manifest.version}` };
const DEFAULT_STACK = 'CognitoUserProfilesExport';

/** Where a launch is, or is to be. */
interface LaunchPlace {
  readonly account: string;
  readonly region: string;
  readonly stack: string;
}

/** `deploy` with the files of a package. Each step can be repeated: a command that was killed is started again. */
export const deployAction =
  (files: PackageFiles): CommandAction =>
  async (context, given) => {
    const open = files.openBuild();
    const source = files.parameters();
    if (source === undefined) throw new Error('A build holds the parameters of its main template.');
    const options = deployOptions(given, source);
    const region = await chosenRegion(context, options);
    try {
      const memory = await launchMemory(context, options.answers);
      const place = await placeOf(context, region, options, memory);
      const settled = await settleStack(context, region, place.stack, options.yes);
      if (settled === 'detached') return detached(context, place);
      const deployed = settled.kind === 'UPDATE' && settled.stack !== undefined ? settled.stack : undefined;
      const before = deployed === undefined ? undefined : await deployedLaunch(context, region, deployed);
      const remembered = memory.of(place);
      const parameters = await chooseParameters(context, launchParameters(source), {
        given: options.parameters,
        deployed: deployed?.parameters,
        remembered: remembered?.parameters ?? {},
      });
      const oldTags = deployed?.tags ?? remembered?.tags ?? {};
      const tags = options.tags ?? oldTags;
      const values =
        deployed === undefined || 'TagsRevision' in options.parameters
          ? parameters
          : { ...parameters, TagsRevision: tagsRevision(parameters.TagsRevision ?? '', oldTags, tags) };
      const owner = { ...place, regions: [region, values.SecondaryRegion ?? ''] };
      const bucket = await bucketFor(context, options, before, remembered, owner);
      await memory.remember({ ...place, bucket, parameters: values, tags });
      const build = { ...SOLUTION, bucket };
      const filled = fillBuild(open, build);
      await ensureAssetBuckets(context, bucket, owner);
      await uploadBuild(context, build, filled, owner);
      return await change(context, { place, settled, before, values, tags, build, filled, yes: options.yes });
    } catch (error) {
      throw explained(`Deployment in ${region}`, error);
    }
  };

/** The stack that is meant: what was typed, the only one that is remembered or launched here, else the usual name. */
async function placeOf(
  context: CliContext,
  region: string,
  { stack }: DeployOptions,
  memory: LaunchMemory,
): Promise<LaunchPlace> {
  const account = (await callersAccount(context.clients.sts(region))) ?? '';
  if (stack !== undefined) return { account, region, stack };
  const names = await knownLaunches(context, { account, region }, memory);
  if (names.length > 1)
    throw new CliError('usage', {
      thing: `Stacks in ${region}`,
      found: `several launches: ${names.join(', ')}`,
      next: 'Say which one is meant, or give a new name: --stack.',
    });
  return { account, region, stack: names[0] ?? DEFAULT_STACK };
}

/** Buckets that are named or remembered must be the account's own; those of the stack are taken only if they are. */
async function bucketFor(
  context: CliContext,
  { bucket }: DeployOptions,
  before: DeployedLaunch | undefined,
  remembered: RememberedLaunch | undefined,
  owner: AssetOwner,
): Promise<string> {
  const known = bucket ?? remembered?.bucket;
  if (known !== undefined) return known;
  const used = before?.build?.bucket;
  if (used !== undefined && (await ownsAssetBuckets(context, used, owner))) return used;
  return newBucketName(owner.account, context.randomHex);
}

/** All that one change is made of. */
interface LaunchChange {
  readonly place: LaunchPlace;
  readonly settled: SettledStack;
  readonly before: DeployedLaunch | undefined;
  readonly values: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly build: BuildArguments;
  readonly filled: FilledBuild;
  readonly yes: boolean;
}

async function change(context: CliContext, launch: LaunchChange): Promise<ExitKind> {
  const { place, settled, values, tags, build, yes } = launch;
  const { region, stack } = place;
  const proposal = await proposeChange(context, region, {
    stackName: stack,
    kind: settled.kind,
    templateUrl: mainTemplateUrl(build, region),
    parameters: values,
    tags,
  });
  if (proposal === 'nothing') {
    context.output.status({ text: `Nothing to change: ${stack} is as it is asked for.`, lasting: true });
    return finish(context, launch);
  }
  show(context, launch, proposal);
  if (!yes) await orWithdraw(context, region, settled, proposal);
  const followed = { region, stackId: proposal.stackId, resources: proposal.changes.length };
  const before = await eventsBefore(context, followed);
  await executeChangeSet(context.clients.cloudFormation(region), proposal);
  const end = await followStack(context, { ...followed, before });
  if (end === 'detached') return detached(context, place);
  if (['CREATE_COMPLETE', 'UPDATE_COMPLETE'].includes(end.status)) return finish(context, launch);
  throw new CliError('failed', {
    thing: `Stack ${stack} in ${region}`,
    found: `it ended as ${end.status}${end.failure === undefined ? '' : `: ${end.failure.logicalId}: ${end.failure.reason}`}`,
    next: `Remove the cause, then type ${PROGRAM} deploy again${settled.kind === 'CREATE' ? ': it offers to delete what this launch has left' : ''}.`,
  });
}

function show(
  context: CliContext,
  { place, settled, before, values, tags, filled }: LaunchChange,
  { changes }: Proposal,
): void {
  const next = [MAIN_TEMPLATE, STACK_SET_TEMPLATE].map((name) => templateIn(filled, name));
  const { parameters = {}, tags: oldTags = {} } = settled.kind === 'UPDATE' ? (settled.stack ?? {}) : {};
  const settings = [...changedSettings(parameters, values), ...changedSettings(prefixed(oldTags), prefixed(tags))];
  showPreview(context.output, place, previewOf(settings, changes, permissionGains(before?.templates ?? [], next)));
}

const prefixed = (tags: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(tags).map(([key, value]) => [`Tag ${key}`, value]));

const templateIn = ({ global }: FilledBuild, name: string): Template =>
  parseTemplate(name, Buffer.from(global.get(`${name}.template`) ?? []).toString());

/** Asks; without a yes everything that was proposed is taken back. */
async function orWithdraw(
  context: CliContext,
  region: string,
  { kind }: SettledStack,
  proposal: Proposal,
): Promise<void> {
  const { output, prompts } = context;
  const agreed =
    output.interactive && (await prompts.confirm(kind === 'CREATE' ? 'Launch it?' : 'Make these changes?'));
  if (agreed) return;
  await withdraw(context, region, proposal);
  throw new CliError('refused', {
    thing: 'deploy',
    found: output.interactive ? 'it was not agreed to' : 'nobody can be asked here, and --yes was not given',
    next: `Nothing was ${kind === 'CREATE' ? 'launched' : 'changed'}; the files stay in the asset buckets. Give --yes to go on without a question.`,
  });
}

function detached({ output }: CliContext, { region, stack }: LaunchPlace): ExitKind {
  output.summary({
    blocks: [{ lines: [`CloudFormation goes on with the stack ${stack} in ${region}.`] }],
    data: { stack, region, detached: true },
    next: [`${PROGRAM} deploy --region ${region} --stack ${stack}`],
  });
  return 'detached';
}

async function finish(context: CliContext, { place, build, values }: LaunchChange): Promise<ExitKind> {
  const [stack] = await describeStacks(context.clients.cloudFormation(place.region), place.stack);
  context.output.summary(launchedSummary(place, stack?.outputs ?? {}, values, build));
  return 'complete';
}
