import { adoptDeclaration } from './adopt.ts';
import { attachDeclaration } from './attach.ts';
import type { CommandDeclaration } from './command.ts';
import { damageDeclaration } from './damage.ts';
import { deployDeclaration } from './deploy.ts';
import { diffDeclaration } from './diff.ts';
import { drillDeclaration } from './drill.ts';
import { exportDeclaration } from './export.ts';
import { historyDeclaration } from './history.ts';
import { importDeclaration } from './import.ts';
import { newPoolDeclaration } from './new-pool.ts';
import { reportDeclaration } from './report.ts';
import { restoreGroupDeclaration } from './restore-group.ts';
import { restoreUserDeclaration } from './restore-user.ts';
import { runsDeclaration } from './runs.ts';
import { showDeclaration } from './show.ts';
import { statusDeclaration } from './status.ts';
import { undoDeclaration } from './undo.ts';
import { uninstallDeclaration } from './uninstall.ts';
import { verifyDeclaration } from './verify.ts';

/** In the order in which the help lists them. */
export const COMMANDS: readonly CommandDeclaration[] = [
  deployDeclaration,
  statusDeclaration,
  exportDeclaration,
  newPoolDeclaration,
  importDeclaration,
  restoreUserDeclaration,
  restoreGroupDeclaration,
  undoDeclaration,
  verifyDeclaration,
  drillDeclaration,
  attachDeclaration,
  reportDeclaration,
  runsDeclaration,
  diffDeclaration,
  showDeclaration,
  historyDeclaration,
  damageDeclaration,
  adoptDeclaration,
  uninstallDeclaration,
];
