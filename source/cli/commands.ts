import type { CommandDeclaration } from './command.ts';
import { deployDeclaration } from './deploy.ts';
import { uninstallDeclaration } from './uninstall.ts';

/** In the order in which the help lists them. */
export const COMMANDS: readonly CommandDeclaration[] = [deployDeclaration, uninstallDeclaration];
