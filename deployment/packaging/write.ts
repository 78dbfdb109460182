import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FilledBuild } from '../../source/domain/operator/build/fill-build.ts';

export const GLOBAL_FOLDER = 'global-s3-assets';
export const REGIONAL_FOLDER = 'regional-s3-assets';
/** Beside the two folders, and uploaded nowhere. */
export const LAUNCH_DOCUMENT = 'launch.md';

/** Replaces the two output folders and the launch document below `folder`; the old ones stay until the new ones are complete. */
export function writeAssets(folder: string, assets: FilledBuild, launchDocument: string): void {
  const outputs = [
    [GLOBAL_FOLDER, assets.global],
    [REGIONAL_FOLDER, assets.regional],
  ] as const;
  const workFolder = join(folder, 'build', String(process.pid));
  const unfinished = (name: string): string => join(workFolder, name);
  try {
    for (const [name, files] of outputs) {
      mkdirSync(unfinished(name), { recursive: true });
      for (const [fileName, content] of files) writeFileSync(join(unfinished(name), fileName), content);
    }
    for (const [name] of outputs) {
      const target = join(folder, name);
      if (existsSync(target)) rmSync(target, { recursive: true });
      renameSync(unfinished(name), target);
    }
    writeFileSync(join(folder, LAUNCH_DOCUMENT), launchDocument);
  } finally {
    rmSync(workFolder, { recursive: true, force: true });
  }
}
