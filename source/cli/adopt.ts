import type { CommandDeclaration } from './command.ts';

/** `adopt`: makes a snapshot of a table of the retired solution. */
export const adoptDeclaration: CommandDeclaration = {
  name: 'adopt',
  summary: 'make a snapshot of a backup table of the retired solution (1.x), to be restored from',
  description: [
    'Reads the table with your credentials, says what it holds, asks, and writes it as a snapshot below adopted/ in the mapping-file bucket of the launch in that Region. import --snapshot restores from it, diff compares it with an export. Nothing in the table is changed, and the same content is written once, however often the command is started.',
    'Taken is what the last complete export confirmed, or a later one. What is older was left over by a clean-up that did not end: --with-older takes it, too, but for users whose sign-in name somebody else has by now.',
  ],
  configure: (command) => {
    command
      .requiredOption('--table <name>', 'backup table of the retired solution, in this Region')
      .option('--with-older', 'also what the last complete export did not confirm')
      .option('--dry-run', 'say what the table holds, and write nothing; needs no launch')
      .option('--save <file>', 'write who is remarkable, and why, to a CSV file: personal data')
      .option('--yes', 'do not ask before the snapshot is written');
  },
  examples: [
    ['adopt --table old-BackupTable-0A1B2C3D4E5F --dry-run', 'What it holds'],
    ['adopt --table old-BackupTable-0A1B2C3D4E5F', 'Make a snapshot of it'],
  ],
  load: async () => (await import('./adopt/run-adopt.ts')).runAdopt,
};
