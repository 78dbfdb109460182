import { EXPORT_ACCEPTANCES } from '../domain/operator/inputs.ts';
import type { CommandDeclaration } from './command.ts';
import { withAcceptances } from './given.ts';

/** `export`: backs the pool up now. */
export const exportDeclaration: CommandDeclaration = {
  name: 'export',
  summary: 'back up the user pool now, and follow it',
  description: [
    'Starts ExportWorkflow and follows it. Ctrl-C lets go of it: the export goes on, and attach follows it again.',
  ],
  configure: (command) => {
    withAcceptances(command, EXPORT_ACCEPTANCES);
  },
  examples: [
    ['export', 'Back up now'],
    ['export --accept mass-delete', 'After a refusal, when so much was deleted on purpose'],
  ],
  load: async () => (await import('./executions/run-export.ts')).runExport,
};
