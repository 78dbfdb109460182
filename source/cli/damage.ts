import { InvalidArgumentError } from 'commander';
import { MASS_PERCENT } from '../domain/history/damage.ts';
import type { CommandDeclaration } from './command.ts';
import { momentAtThe } from './given.ts';

/** `damage`: when a mass of the content changed or vanished. */
export const damageDeclaration: CommandDeclaration = {
  name: 'damage',
  summary: 'find between which exports a mass of users or memberships changed or vanished',
  description: [
    "Reads the manifests of all kept runs, and names the intervals in which more than a share of the users or memberships, and more than ten, were deleted or changed, in one export or added up over a day, or a group was deleted (changes of nothing but what UncountedAttributes names are ordinary); for each whether Cognito's own point-in-time recovery reaches back before it, and which run a restore would take.",
    'Then it reads the two snapshots around each of the newest intervals, and names the attributes and groups. Whom one interval concerns is printed with --users; --save writes their subs, one per line, as restore-user --from-file takes them, into a file that only you can read.',
  ],
  configure: (command) => {
    command
      .option('--percent <number>', 'the share that is a mass, above 0 and up to 100', percent, MASS_PERCENT)
      .option(
        '--since <time>',
        'only what can have happened after it: a day, or a time such as 2026-11-27T12:00Z',
        momentAtThe('start'),
      )
      .option('--until <time>', 'only what can have happened before it', momentAtThe('end'))
      .option('--users', 'print whom the interval concerns: personal data')
      .option('--save <file>', 'write the subs of whom the interval concerns to a file: personal data');
  },
  examples: [
    ['damage', 'Intervals in which more than 5 % changed or vanished'],
    ['damage --percent 0.5', 'Look more closely'],
    ['damage --since 2026-11-26 --until 2026-11-27 --save victims.txt', 'Whom it concerned, for restore-user'],
  ],
  load: async () => (await import('./history/run-damage.ts')).runDamage,
};

function percent(value: string): number {
  const number = Number(value);
  if (!/^\d+(\.\d+)?$/.test(value) || number <= 0 || number > 100)
    throw new InvalidArgumentError('It must be a number above 0 and up to 100.');
  return number;
}
