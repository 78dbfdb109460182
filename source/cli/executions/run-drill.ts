import { counted } from '../../domain/counted.ts';
import { SAMPLE_USERS } from '../../domain/drill/drill-event.ts';
import { CliError } from '../cli-error.ts';
import type { CliContext, CommandAction } from '../context.ts';
import { chosenRegion, openSession } from '../session.ts';
import { machineIn, runExecution } from './run-execution.ts';

interface DrillGiven {
  readonly users?: number;
  readonly everybody?: true;
  readonly cleanUp?: true;
  readonly tps?: number;
  readonly yes?: true;
}

/** Starts a drill and follows it. */
export const runDrill: CommandAction = async (context, { options }) => {
  const given = options as DrillGiven;
  assertOneOf(given);
  const { installation } = await openSession(context, options, { settled: true });
  const region = await chosenRegion(context, options);
  machineIn(installation, 'DrillWorkflow', region);
  if (given.cleanUp !== true) await tellCost(context, given);
  const input = {
    ...(given.users === undefined ? {} : { Users: given.users }),
    ...(given.everybody === true ? { Everybody: true } : {}),
    ...(given.cleanUp === true ? { CleanUp: true } : {}),
    ...(given.tps === undefined ? {} : { CognitoTPS: given.tps }),
  };
  return runExecution(context, { installation, place: options }, { workflow: 'DrillWorkflow', region, input });
};

function assertOneOf({ users, everybody, cleanUp }: DrillGiven): void {
  const named = [
    ...(users === undefined ? [] : ['--users']),
    ...(everybody === true ? ['--everybody'] : []),
    ...(cleanUp === true ? ['--clean-up'] : []),
  ];
  if (named.length > 1)
    throw new CliError('usage', {
      thing: named.join(' and '),
      found: 'they exclude each other',
      next: 'Give one of them, or none for a sample.',
    });
}

/** Memberships, and users created by an administrator, make a user count as active in that month; rows of an import job do not. */
async function tellCost(
  { output, prompts }: CliContext,
  { users = SAMPLE_USERS, everybody, yes }: DrillGiven,
): Promise<void> {
  const who = everybody === true ? 'Up to all users of the backup' : `At most ${counted(users, 'user')}`;
  const cost = `${who} may count as active this month because of the drill: those with memberships, disabled ones and those whom no import job can carry.`;
  output.status({
    text: cost,
    data: { most_active_users: everybody === true ? 'everybody' : users },
    lasting: true,
  });
  if (everybody !== true || yes === true) return;
  if (output.interactive && (await prompts.confirm('Restore everybody into the pool of the drill?'))) return;
  throw new CliError('refused', {
    thing: 'drill --everybody',
    found: 'it was not agreed to',
    next: 'Nothing was started. Give --yes to go on without a question.',
  });
}
