import type { CommandDeclaration } from './command.ts';

/** In the order in which the help lists them. */
export const COMMANDS: readonly CommandDeclaration[] = [];
