import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './templates.ts';

/** Where the runbooks lie. */
export const RUNBOOKS = join(root, 'docs', 'runbooks');

/** The blocks of a runbook in which commands are typed, in their order. */
export const blocksOf = (name: string): readonly string[] =>
  [...readFileSync(join(RUNBOOKS, name), 'utf8').matchAll(/^```bash\n([^]*?)^```$/gmu)].map(([, block = '']) => block);
