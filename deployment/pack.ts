/** `npm pack` runs it first: writes `dist`, which is what the npm package holds besides its documents. */
import { join } from 'node:path';
import { writePackageFolder } from './packaging/package-folder.ts';

const root = join(import.meta.dirname, '..');
await writePackageFolder(root, join(root, 'dist'));
