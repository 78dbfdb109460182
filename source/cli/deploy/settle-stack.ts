import { describeStacks } from '../../adapters/operator/stacks.ts';
import { startDeletion, stackEvents } from '../../adapters/operator/stack-changes.ts';
import { situationOf } from '../../domain/operator/deploy/situation.ts';
import { stackFailure } from '../../domain/operator/deploy/stack-events.ts';
import { isMainStack } from '../../domain/operator/installation.ts';
import type { StackFacts } from '../../domain/operator/installation.ts';
import { CliError } from '../cli-error.ts';
import type { CliContext } from '../context.ts';
import { eventsBefore, followStack } from './follow-stack.ts';

/** A stack that takes a change set: none yet, or one that is there. */
export interface SettledStack {
  readonly kind: 'CREATE' | 'UPDATE';
  readonly stack?: StackFacts;
}

/**
 * Brings the stack of this name to where it can be launched or updated: waits for what is under way, offers to delete what
 * a failed launch has left.
 * @param yes whether questions count as answered with yes
 * @throws CliError when it stays where nothing can be done
 */
export async function settleStack(
  context: CliContext,
  region: string,
  name: string,
  yes: boolean,
): Promise<SettledStack | 'detached'> {
  const client = context.clients.cloudFormation(region);
  for (;;) {
    const [stack] = await describeStacks(client, name);
    const thing = `Stack ${name} in ${region}`;
    switch (situationOf(stack?.status)) {
      case 'absent':
        return { kind: 'CREATE' };
      case 'proposed':
        return { kind: 'CREATE', ...(stack === undefined ? {} : { stack }) };
      case 'ready':
        if (stack !== undefined && !isMainStack(stack))
          throw new CliError('refused', {
            thing,
            found: 'it is no launch of this product',
            next: 'Give another name with --stack.',
          });
        return { kind: 'UPDATE', ...(stack === undefined ? {} : { stack }) };
      case 'busy': {
        const { id = name, status = '' } = stack ?? {};
        context.output.status({ text: `${thing} is in ${status}; waiting until that has ended.`, lasting: true });
        if ((await followStack(context, { region, stackId: id })) === 'detached') return 'detached';
        break;
      }
      case 'failedRollback':
        throw new CliError('refused', {
          thing,
          found: `it is in ${stack?.status ?? ''}: the rollback of an update failed${await because(context, region, stack)}`,
          next: `Remove the cause, then: aws cloudformation continue-update-rollback --stack-name ${name} --region ${region}. After that deploy again.`,
        });
      case 'failedLaunch':
      case 'failedDeletion':
        if (!(await deleted(context, region, stack, yes))) return 'detached';
    }
  }
}

async function because({ clients }: CliContext, region: string, stack: StackFacts | undefined): Promise<string> {
  if (stack === undefined) return '';
  const failure = stackFailure(await stackEvents(clients.cloudFormation(region), stack.id));
  return failure === undefined ? '' : ` (${failure.logicalId}: ${failure.reason})`;
}

/** Deletes what a failed launch or an unfinished deletion has left; false when detached from it. */
async function deleted(
  context: CliContext,
  region: string,
  stack: StackFacts | undefined,
  yes: boolean,
): Promise<boolean> {
  if (stack === undefined) return true;
  const thing = `Stack ${stack.name} in ${region}`;
  const found = `it is in ${stack.status}${await because(context, region, stack)}; it keeps its name until it is deleted`;
  const { output, prompts, clients } = context;
  output.status({ text: `${thing}: ${found}.`, lasting: true });
  const agreed = yes || (output.interactive && (await prompts.confirm(`Delete the stack ${stack.name}, and go on?`)));
  if (!agreed)
    throw new CliError('refused', {
      thing,
      found,
      next: 'Agree to its deletion (--yes), or launch under another name: --stack.',
    });
  const followed = { region, stackId: stack.id };
  const before = await eventsBefore(context, followed);
  await startDeletion(clients.cloudFormation(region), stack.id);
  const end = await followStack(context, { ...followed, before });
  if (end === 'detached') return false;
  if (end.status !== 'DELETE_COMPLETE')
    throw new CliError('failed', {
      thing,
      found: `its deletion ended as ${end.status}${end.failure === undefined ? '' : `: ${end.failure.logicalId}: ${end.failure.reason}`}`,
      next: 'Remove the cause and start the command again.',
    });
  return true;
}
