import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { noticeText } from './licences/notice.ts';
import { packageFolders, readPackage } from './licences/shipped-packages.ts';
import { NOTICE } from '../../source/domain/operator/build/fill-build.ts';

const ENTRY = 'source/cli/main.ts';
/** Packages written for CommonJS ask for Node's modules by `require`, which an ES module does not have. */
const REQUIRE = `import { createRequire as makeRequire } from 'node:module';const require = makeRequire(import.meta.url);`;

/**
 * The command line with everything that it imports, in pieces that are loaded when a command needs them: file name to
 * content, `main.js` and NOTICE.txt among them. Nothing else has to be installed.
 * @throws Error of esbuild, or naming a package whose licence is missing or not allowed
 */
export async function bundleCommandLine(root: string): Promise<ReadonlyMap<string, Uint8Array>> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: [ENTRY],
    outdir: 'dist/cli',
    bundle: true,
    splitting: true,
    write: false,
    metafile: true,
    minify: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    mainFields: ['module', 'main'],
    banner: { js: REQUIRE },
    legalComments: 'none',
    logLevel: 'silent',
  });
  const packages = packageFolders(metafile).map((folder) => readPackage(join(root, folder)));
  return new Map([
    ...outputFiles.map(({ path, contents }): [string, Uint8Array] => [basename(path), contents]),
    [NOTICE, Buffer.from(noticeText(packages))],
  ]);
}
