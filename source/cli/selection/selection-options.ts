import { Option } from 'commander';
import type { Command } from 'commander';
import type { Existing } from '../../domain/import/selection/request.ts';
import { SELECTION_ACCEPTANCES } from '../../domain/operator/inputs.ts';
import { atOption, snapshotOption, wholeNumberBetween, withAcceptances } from '../given.ts';

/** What the commands that change a living pool all take. */
export interface PoolChangeGiven {
  readonly to?: string;
  readonly dryRun?: true;
  readonly yes?: true;
  readonly tps?: number;
  /** No option of restore-user, which makes no group and sets nothing of one. */
  readonly groupRoles?: true;
  /** Neither is an option of undo. */
  readonly accept?: unknown;
  readonly snapshot?: string;
}

/** What restore-user and restore-group take. */
export interface SelectionGiven extends PoolChangeGiven {
  readonly to: string;
  readonly fromFile?: string;
  readonly existing: Existing;
  readonly run?: string;
  readonly at?: number;
}

/** Adds the options of every command that changes a living pool. */
export const withPoolChangeOptions = (command: Command): Command =>
  command
    .option('--dry-run', 'show the differences, and write nothing to the pool')
    .option('--yes', 'do not ask before the pool is written')
    .option('--tps <number>', 'calls to Cognito per second, 1 to 25', wholeNumberBetween(1, 25));

/** Adds the option of the commands that write groups. */
export const withGroupRolesOption = (command: Command): Command =>
  command.option(
    '--group-roles',
    'give groups the IAM roles of restores/<pool>/group-roles.json, and keep those it names (GroupRoles is MAP)',
  );

/** Adds the options by which users or groups are restored. */
export function withSelectionOptions(command: Command, things: 'users' | 'groups'): Command {
  command
    .requiredOption('--to <pool>', 'id of the living user pool; - reads it from standard input')
    .option('--from-file <file>', `also the ${things} of this file, one per line; - reads standard input`)
    .addOption(
      new Option(
        '--existing <what>',
        `${things} that the pool has: skip leaves them, update overwrites them, fail halts before the first write`,
      )
        .choices(['skip', 'update', 'fail'])
        .default('skip'),
    )
    .addOption(new Option('--run <id>', 'as this export run has them, or the beginning of its id').conflicts('at'))
    .addOption(atOption('as they were'))
    .addOption(snapshotOption(['at']));
  withPoolChangeOptions(command);
  withAcceptances(command, SELECTION_ACCEPTANCES);
  return command;
}
