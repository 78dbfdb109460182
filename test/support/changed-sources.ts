import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BuildArguments } from '../../source/domain/operator/build/build-arguments.ts';
import { buildAssets } from '../../deployment/packaging/assets.ts';
import type { FilledBuild } from '../../source/domain/operator/build/fill-build.ts';
import { root } from './templates.ts';

/** A build of this checkout in which one function's code and one workflow's comment are other than here. */
export async function buildWithChanges(
  build: BuildArguments,
  { functionFile, workflowFile, comment }: { functionFile: string; workflowFile: string; comment: string },
): Promise<FilledBuild> {
  const copy = mkdtempSync(join(tmpdir(), 'changed-sources-'));
  try {
    for (const folder of ['source', 'templates']) cpSync(join(root, folder), join(copy, folder), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
    appendFileSync(join(copy, functionFile), `\nexport const changed = ${JSON.stringify(comment)};\n`);
    const workflow = join(copy, workflowFile);
    writeFileSync(
      workflow,
      JSON.stringify({ ...(JSON.parse(readFileSync(workflow, 'utf8')) as object), Comment: comment }),
    );
    return await buildAssets(copy, build);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}
