import { InvalidArgumentError } from 'commander';
import type { CommandDeclaration } from './command.ts';

/** `damage`: when a mass of the content changed or vanished. */
export const damageDeclaration: CommandDeclaration = {
  name: 'damage',
  summary: 'find between which exports a mass of users or memberships changed or vanished',
  description: [
    "Reads the manifests of all kept runs, and names the intervals in which more than a share of the users or memberships, and more than ten, were deleted or changed, or a group was deleted; for each whether Cognito's own point-in-time recovery reaches back before it, and which run a restore would take. diff then tells who is concerned.",
  ],
  configure: (command) => {
    command.option('--percent <number>', 'the share that is a mass, above 0 and up to 100', percent, 5);
  },
  examples: [
    ['damage', 'Intervals in which more than 5 % changed or vanished'],
    ['damage --percent 0.5', 'Look more closely'],
  ],
  load: async () => (await import('./history/run-damage.ts')).runDamage,
};

function percent(value: string): number {
  const number = Number(value);
  if (!/^\d+(\.\d+)?$/.test(value) || number <= 0 || number > 100)
    throw new InvalidArgumentError('It must be a number above 0 and up to 100.');
  return number;
}
