import type { PoolCalls } from '../../adapters/operator/pool-calls.ts';
import type { Making } from '../../domain/pool-settings/recreate/known-omissions.ts';
import { membersOf } from '../../domain/pool-settings/recreate/omissions.ts';
import type { RecreateOptions } from '../../domain/pool-settings/recreate/omissions.ts';
import { poolRequest } from '../../domain/pool-settings/recreate/pool-request.ts';
import { CliError } from '../cli-error.ts';
import { explained, isRefusedCall } from '../explain.ts';
import { isRefusal, wordsOfRefusal } from './attempts.ts';

/** Whether Cognito means the texts of mails, which it may take only with an SES identity (see decision 0016). */
const MAIL_TEXTS = /Email(Message|Subject|SendingAccount)|e-?mail (message|subject|template)/i;

/** Creates the pool itself; where Cognito refuses the texts of mails, without them. @throws CliError */
export async function createLikePool(calls: PoolCalls, { settings, options }: Making): Promise<string> {
  const create = async (how: RecreateOptions): Promise<string> => {
    const { UserPool } = await calls('CreateUserPool', poolRequest(settings, how).request);
    return String(membersOf(UserPool)['Id']);
  };
  try {
    return await create(options);
  } catch (error) {
    if (!isRefusal(error) || !MAIL_TEXTS.test(wordsOfRefusal(error))) throw aboutCreation(options, error);
  }
  try {
    return await create({ ...options, withoutMailTexts: true });
  } catch (error) {
    throw aboutCreation(options, error);
  }
}

const aboutCreation = ({ name }: RecreateOptions, error: unknown): CliError =>
  isRefusal(error) && !isRefusedCall(error)
    ? new CliError(
        'refused',
        {
          thing: `User pool ${name}`,
          found: `Cognito does not create it (${wordsOfRefusal(error)})`,
          next: 'Nothing was made. Put right what it names, or make the pool by hand from the settings that --save with --dry-run writes.',
        },
        { cause: error },
      )
    : explained(`Creating the user pool ${name}`, error);
