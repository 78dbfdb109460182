import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildAssets } from '../packaging/assets.ts';

/** Builds the templates into a folder for as long as `work` takes; it gets their paths. */
export async function withBuiltTemplates<T>(root: string, work: (paths: readonly string[]) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'built-templates-'));
  try {
    const { global } = await buildAssets(root, {
      bucket: 'example-assets',
      solutionName: 'cognito-user-profiles-export',
      version: 'v0.0.0',
    });
    const templates = [...global].filter(([name]) => name.endsWith('.template'));
    return await work(
      templates.map(([name, content]) => {
        const path = join(folder, name);
        writeFileSync(path, content);
        return path;
      }),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
