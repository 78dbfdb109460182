import { join } from 'node:path';
import { build } from 'esbuild';
import { zipSync } from 'fflate';
import type { ZipOptions } from 'fflate';
import { NOTICE } from '../../source/domain/operator/build/fill-build.ts';
import { noticeText } from './licences/notice.ts';
import { packageFolders, readPackage } from './licences/shipped-packages.ts';
import type { ShippedPackage } from './licences/shipped-packages.ts';

/** The oldest time that a zip can hold, in the local time that zips are written in: the same bytes at any time and place. */
const zipEpoch = (): Date => new Date(1980, 0, 1);
/** Regular file, readable by all: Lambda runs it as another user. */
const UNIX_FILE_0644 = 0o100644 << 16;
const UNIX = 3;

export interface FunctionBundle {
  readonly zip: Uint8Array;
  /** Of which it holds code. */
  readonly packages: readonly ShippedPackage[];
}

/**
 * A Lambda deployment package: a zip with `index.js`, the function and only what it imports, and `NOTICE.txt`, the licences
 * of that: a zip is a copy of its own, and most licences ask to be in each. CommonJS, since a zip without package.json is
 * that to Node; byte for byte the same for the same sources.
 * @throws Error of esbuild, or naming a package whose licence is missing or not allowed
 */
export async function bundleFunction(root: string, path: string): Promise<FunctionBundle> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: [path],
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    // ES modules first: only those can be shaken, and the SDK's bundles shrink to a third.
    mainFields: ['module', 'main'],
    legalComments: 'none',
    logLevel: 'silent',
  });
  const [code] = outputFiles;
  if (code === undefined) throw new Error(`esbuild gave no output for ${path}`);
  const packages = packageFolders(metafile).map((folder) => readPackage(join(root, folder)));
  const options: ZipOptions = { level: 9, mtime: zipEpoch(), os: UNIX, attrs: UNIX_FILE_0644 };
  return {
    zip: zipSync({ 'index.js': [code.contents, options], [NOTICE]: [Buffer.from(noticeText(packages)), options] }),
    packages,
  };
}
