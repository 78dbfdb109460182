import { describeStacks } from '../../adapters/operator/stacks.ts';
import type { LaunchKey } from '../../domain/operator/deploy/answers.ts';
import { isMainStack } from '../../domain/operator/installation.ts';
import type { CliContext } from '../context.ts';
import type { LaunchMemory } from './launch-memory.ts';

/** Names of the main stacks of an account and Region: those that are there, and those that are remembered. */
export async function knownLaunches(
  { clients }: Pick<CliContext, 'clients'>,
  { account, region }: Omit<LaunchKey, 'stack'>,
  memory: LaunchMemory,
): Promise<readonly string[]> {
  const launched = (await describeStacks(clients.cloudFormation(region))).filter(isMainStack);
  const remembered = memory.all().filter((one) => one.account === account && one.region === region);
  return [...new Set([...launched.map(({ name }) => name), ...remembered.map(({ stack }) => stack)])];
}
