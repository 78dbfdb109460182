import { Option } from 'commander';
import type { CommandDeclaration } from './command.ts';
import { atOption } from './given.ts';

/** `show`: what the backup holds of one user. */
export const showDeclaration: CommandDeclaration = {
  name: 'show',
  summary: 'show what the backup holds of one user',
  description: [
    'Shows attributes, status and groups of a user as a kept run holds them: the newest sealed one that has the user, also of somebody who is gone from the pool, or the one that --run or --at names. A user is known by sub, username, e-mail address, phone number and preferred username.',
    'Personal data, on your own terminal; nothing is stored.',
  ],
  configure: (command) => {
    command
      .argument('<user>', 'sub, username, e-mail address or phone number; - reads it from standard input')
      .addOption(
        new Option('--run <id>', 'id of a run, or its beginning, such as 20261127; also of a refused one').conflicts(
          'at',
        ),
      )
      .addOption(atOption('the last run that was complete'));
  },
  examples: [
    ['show ana@example.com', 'As the newest run holds her'],
    ['show ana@example.com --at 2026-11-27T12:00Z', 'As she was on 27 November at noon'],
    ['show - < name.txt', 'So that the name stands in no shell history'],
  ],
  load: async () => (await import('./history/run-show.ts')).runShow,
};
