import type { Context } from 'aws-lambda';
import { Fault, Halt } from '../domain/errors.ts';
import { withoutPersonalData } from './log.ts';
import { errorNameOf } from './service-errors.ts';

/**
 * What a function may throw: Lambda writes it to the function's log and Step Functions to the execution's history. The
 * product's own errors are made without personal data and keep their message; of any other error the name and the stack's
 * places stay, since its message can quote what was being worked on (a JSON parser's does, Cognito's does).
 */
export function shownError(error: unknown): Error {
  if (error instanceof Halt || error instanceof Fault) return error;
  const shown = new Error(
    'An unexpected error; its stack tells where. Its message is not shown, since it could hold personal data.',
  );
  shown.name = errorNameOf(error);
  shown.stack = withoutPersonalData([`${shown.name}: ${shown.message}`, ...placesOf(error)].join('\n'));
  return shown;
}

/** The lines of the stack below the message, which may have lines of its own. */
function placesOf(error: unknown): string[] {
  const { stack = '', message } = error instanceof Error ? error : new Error('');
  return stack
    .slice(stack.indexOf(message) + message.length)
    .split('\n')
    .filter((line) => /^\s+at .+:\d+:\d+\)?$/.test(line));
}

/** A function's handler of which no foreign error message leaves the function. */
export const guarded =
  <E, R>(handler: (event: E, context: Context) => Promise<R>) =>
  async (event: E, context: Context): Promise<R> => {
    try {
      return await handler(event, context);
    } catch (error) {
      throw shownError(error);
    }
  };
