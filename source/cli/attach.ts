import type { CommandDeclaration } from './command.ts';

/** `attach`: follows an execution that was started before. */
export const attachDeclaration: CommandDeclaration = {
  name: 'attach',
  summary: 'follow an execution that runs, or tell how it ended',
  description: [
    'Without an execution: the one that runs. The exit code is that of the execution: 0 complete, 3 partial, 4 refused, 5 failed.',
  ],
  configure: (command) => {
    command.argument('[execution]', 'ARN or name of the execution; - reads it from standard input');
  },
  examples: [
    ['attach', 'Whatever runs'],
    ['attach cli-5d2c1e0a-1b2c-4d3e-8f90-a1b2c3d4e5f6', 'The execution of this name'],
  ],
  load: async () => (await import('./executions/run-attach.ts')).runAttach,
};
