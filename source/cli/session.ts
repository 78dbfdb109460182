import { callersAccount } from '../adapters/operator/caller.ts';
import { describeStacks } from '../adapters/operator/stacks.ts';
import { counted } from '../domain/counted.ts';
import {
  installationOf,
  installationOfInstance,
  isInstanceStack,
  isMainStack,
  unusableStatus,
} from '../domain/operator/installation.ts';
import type { Installation, StackFacts } from '../domain/operator/installation.ts';
import { CliError } from './cli-error.ts';
import type { CliContext } from './context.ts';
import { explained, isUnreachable } from './explain.ts';
import { assertStackName } from './given.ts';
import type { TypedPlace } from './program.ts';

/** Where a command works: the installation, and the main stack where its Region answered. */
export interface Session {
  readonly installation: Installation;
  readonly stack?: StackFacts;
}

/** What the command line said about the place. */
export type Place = TypedPlace;

/** What a command needs of the place. */
export interface Needs {
  /** A Region in which the installation may be found by its StackSet's stack while the main stack's Region does not answer. */
  readonly otherRegion?: string;
  /** Starts something: not on a stack that is being changed, and not on one that was never launched. */
  readonly settled?: boolean;
}

const REGION = /^[a-z]{2,}(-[a-z]+)+-\d{1,2}$/;

/** The Region that was typed, or else that of the environment or profile. @throws CliError */
export async function chosenRegion(
  { defaultRegion }: Pick<CliContext, 'defaultRegion'>,
  { region }: Place,
): Promise<string> {
  const chosen = region ?? (await defaultRegion());
  if (chosen === undefined)
    throw new CliError('usage', {
      thing: '--region',
      found: 'no Region was given, and neither AWS_REGION nor the profile names one',
      next: 'Give --region with the Region of the user pool, such as --region us-east-1.',
    });
  if (!REGION.test(chosen))
    throw new CliError('usage', {
      thing: '--region',
      found: `"${chosen}" is no Region name`,
      next: 'Give a Region such as us-east-1.',
    });
  return chosen;
}

/**
 * Finds the installation by its main stack in the chosen Region, or by its StackSet's stack where that is the backup Region
 * or the only one that answers.
 * @throws CliError: no such stack, several, one that cannot be used, or a Region that does not answer
 */
export async function openSession(context: CliContext, place: Place, needs: Needs = {}): Promise<Session> {
  assertStackName(place.stack);
  const region = await chosenRegion(context, place);
  try {
    return await sessionIn(context, region, place.stack, needs);
  } catch (error) {
    const { otherRegion } = needs;
    if (!isUnreachable(error) || otherRegion === undefined || otherRegion === region)
      throw explained(`CloudFormation in ${region}`, error);
    context.output.status({ text: `${region} does not answer; looking in ${otherRegion}.`, lasting: true });
    try {
      return await sessionIn(context, otherRegion, place.stack, needs);
    } catch (other) {
      throw explained(`CloudFormation in ${otherRegion}`, other);
    }
  }
}

async function sessionIn(
  context: CliContext,
  region: string,
  stackName: string | undefined,
  needs: Needs,
): Promise<Session> {
  const stacks = await stacksOf(context, region, stackName);
  const main = stacks.filter(isMainStack);
  if (main.length > 0) return fromMain(oneOf(main, region), region, needs);
  const instances = stacks.filter(isInstanceStack);
  if (instances.length > 0) return fromInstance(context, instances, needs, region);
  throw await noSuchStack(context, region, stackName, stacks);
}

/** The stack that was named, whether it is the main stack or the one of the StackSet; else all of the Region. */
async function stacksOf(
  { clients }: CliContext,
  region: string,
  name: string | undefined,
): Promise<readonly StackFacts[]> {
  const cloudFormation = clients.cloudFormation(region);
  if (name === undefined) return describeStacks(cloudFormation);
  const named = await describeStacks(cloudFormation, name);
  if (named.length > 0) return named;
  // In the backup Region there is no stack of that name, but one that belongs to it.
  return (await describeStacks(cloudFormation)).filter(({ outputs }) => outputs.MainStackName === name);
}

function oneOf(stacks: readonly StackFacts[], region: string): StackFacts {
  const [only, ...more] = stacks;
  if (only !== undefined && more.length === 0) return only;
  throw new CliError('usage', {
    thing: `Stacks in ${region}`,
    found: `${counted(stacks.length, 'launch')} of this product: ${stacks.map(({ name }) => name).join(', ')}`,
    next: 'Say which one is meant: --stack and its name.',
  });
}

function fromMain(stack: StackFacts, region: string, { settled = false }: Needs): Session {
  const unusable = unusableStatus(stack.status);
  const installation = installationOf(stack);
  if (installation !== undefined && (unusable === undefined || !settled)) return { installation, stack };
  const { found, next } = unusable ?? {
    found: `it is in ${stack.status} and has no outputs of this product`,
    next: 'Look at the stack in the CloudFormation console; update or launch it again with deploy.',
  };
  throw new CliError('refused', { thing: `Stack ${stack.name} in ${region}`, found, next });
}

async function fromInstance(
  context: CliContext,
  instances: readonly StackFacts[],
  needs: Needs,
  region: string,
): Promise<Session> {
  const [instance, ...more] = instances;
  if (instance === undefined || more.length > 0)
    throw new CliError('usage', {
      thing: `Stacks in ${region}`,
      found: `parts of ${counted(instances.length, 'launch')}: ${instances.map(({ outputs, name }) => outputs.MainStackName ?? name).join(', ')}`,
      next: 'Say which launch is meant: --stack and the name of its main stack.',
    });
  const found = installationOfInstance(instance);
  const unusable = unusableStatus(instance.status);
  if (found === undefined || (unusable !== undefined && needs.settled === true))
    throw new CliError('refused', {
      thing: `Stack ${instance.name} in ${region}`,
      found:
        unusable?.found ?? 'it has no outputs that name its main stack and table (it was made by an earlier version)',
      next: unusable?.next ?? `Use the Region of the main stack: --region ${instance.parameters.PrimaryRegion ?? ''}.`,
    });
  if (found.primaryRegion === region) return { installation: found };
  try {
    const main = await describeStacks(context.clients.cloudFormation(found.primaryRegion), found.stackName);
    const [stack] = main.filter(isMainStack);
    const installation = stack === undefined ? undefined : installationOf(stack);
    if (stack !== undefined && installation !== undefined) return { installation, stack };
  } catch (error) {
    if (!isUnreachable(error)) throw error;
    context.output.status({
      text: `${found.primaryRegion} does not answer; working with ${region} alone.`,
      lasting: true,
    });
  }
  return { installation: found };
}

async function noSuchStack(
  context: CliContext,
  region: string,
  stackName: string | undefined,
  stacks: readonly StackFacts[],
): Promise<CliError> {
  const account = await callersAccount(context.clients.sts(region)).catch(() => undefined);
  const where = `${region}${account === undefined ? '' : ` of the account ${account}`}`;
  const found =
    stackName === undefined
      ? `no launch of this product in ${where}`
      : stacks.length > 0
        ? `the stack ${stackName} is no launch of this product`
        : `there is no stack ${stackName} in ${where}`;
  return new CliError('notFound', {
    thing: stackName === undefined ? `Stacks in ${region}` : `Stack ${stackName}`,
    found,
    next: 'Check --region (that of the user pool), --profile and --stack; or launch with deploy.',
  });
}
