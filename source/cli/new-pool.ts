import type { CommandDeclaration } from './command.ts';

/** `new-pool`: a user pool like the one that was backed up. */
export const newPoolDeclaration: CommandDeclaration = {
  name: 'new-pool',
  summary: 'make a user pool from the settings that the backup keeps',
  description: [
    'Makes a user pool with the schema, policies, MFA, resource servers and identity providers that a sealed run has kept, with --with-clients also app clients and what belongs to them; then compares every setting, and prints each that differs, why, and what has to be done by hand. The pool is empty: import restores the users into it. It lies in the Region of --region, one of the two of the backup; what lies in the other one (functions, SES identities, keys) is left out and told.',
    'A command that was stopped goes on when it is started again: it knows its pool by name and tag, makes what is missing, and changes nothing that is there.',
  ],
  configure: (command) => {
    command
      .requiredOption('--like-backup', 'from the settings in the backup (the only source)')
      .option(
        '--run <run>',
        'the settings that this run has kept, by the beginning of its id; else the last sealed one',
      )
      .option('--name <name>', "name of the new pool; else the old one's, with the run")
      .option('--with-clients', 'also make the app clients, and write which stands for which')
      .option('--clients-file <file>', 'where to write old and new client ids', 'clients.csv')
      .option('--save <file>', 'also write the kept settings, as JSON')
      .option('--dry-run', 'only tell what would be made and what not');
  },
  examples: [
    ['new-pool --like-backup --dry-run', 'What would be made'],
    ['new-pool --like-backup --with-clients', 'The pool was deleted: make one like it'],
    ['new-pool --like-backup --region eu-west-1', 'The Region is down: make it in the backup Region'],
  ],
  load: async () => (await import('./new-pool/run-new-pool.ts')).runNewPool,
};
