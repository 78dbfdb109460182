import {
  changeSetsOf,
  changeSetState,
  createChangeSet,
  deleteChangeSet,
  resourceChanges,
  startDeletion,
} from '../../adapters/operator/stack-changes.ts';
import type { StackChange } from '../../adapters/operator/stack-changes.ts';
import { describeStacks } from '../../adapters/operator/stacks.ts';
import { isWithoutChanges } from '../../domain/operator/deploy/resource-changes.ts';
import type { ResourceChange } from '../../domain/operator/deploy/resource-changes.ts';
import { situationOf } from '../../domain/operator/deploy/situation.ts';
import { CliError } from '../cli-error.ts';
import type { CliContext } from '../context.ts';

/** Change sets of this command; one that was killed has left its own. */
const NAME_PREFIX = 'deploy-';
const POLL_MS = 2_000;
const ENDED = ['CREATE_COMPLETE', 'FAILED'];

/** A change set that waits to be executed. */
export interface Proposal {
  readonly changeSetId: string;
  readonly stackId: string;
  readonly changes: readonly ResourceChange[];
}

/** Has CloudFormation work out what would change. 'nothing' when nothing would. @throws CliError when it refuses */
export async function proposeChange(
  { clients, clock, output, randomHex }: Pick<CliContext, 'clients' | 'clock' | 'output' | 'randomHex'>,
  region: string,
  change: Omit<StackChange, 'changeSetName'>,
): Promise<Proposal | 'nothing'> {
  const client = clients.cloudFormation(region);
  output.status({ text: 'CloudFormation works out what would change.' });
  const ids = await createChangeSet(client, { ...change, changeSetName: `${NAME_PREFIX}${randomHex(8)}` });
  let state = await changeSetState(client, ids);
  while (!ENDED.includes(state.status)) {
    await clock.sleep(POLL_MS);
    state = await changeSetState(client, ids);
  }
  if (state.status === 'CREATE_COMPLETE') return { ...ids, changes: await resourceChanges(client, ids) };
  await withdraw({ clients }, region, ids);
  if (isWithoutChanges(state.reason)) return 'nothing';
  throw new CliError('refused', {
    thing: `Stack ${change.stackName} in ${region}`,
    found: `CloudFormation refuses the change: ${state.reason}`,
    next: 'Nothing was changed. Correct what it says and start the command again.',
  });
}

/** Takes the change set back, those that killed commands have left too, and a stack that was only made for them. */
export async function withdraw(
  { clients }: Pick<CliContext, 'clients'>,
  region: string,
  { changeSetId, stackId }: Pick<Proposal, 'changeSetId' | 'stackId'>,
): Promise<void> {
  const client = clients.cloudFormation(region);
  await deleteChangeSet(client, { changeSetId, stackId });
  await withdrawLeft({ clients }, region, stackId);
  const [stack] = await describeStacks(client, stackId);
  if (situationOf(stack?.status) !== 'proposed') return;
  if ((await changeSetsOf(client, stackId)).size === 0) await startDeletion(client, stackId);
}

/** Takes back the change sets that killed commands have left on a stack. */
export async function withdrawLeft(
  { clients }: Pick<CliContext, 'clients'>,
  region: string,
  stackId: string,
): Promise<void> {
  const client = clients.cloudFormation(region);
  for (const [name, id] of await changeSetsOf(client, stackId))
    if (name.startsWith(NAME_PREFIX)) await deleteChangeSet(client, { changeSetId: id, stackId });
}
