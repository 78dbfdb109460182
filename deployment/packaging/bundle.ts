import { build } from 'esbuild';
import { zipSync } from 'fflate';

/** The oldest time that a zip can hold, in the local time that zips are written in: the same bytes at any time and place. */
const zipEpoch = (): Date => new Date(1980, 0, 1);
/** Regular file, readable by all: Lambda runs it as another user. */
const UNIX_FILE_0644 = 0o100644 << 16;
const UNIX = 3;

/**
 * A Lambda deployment package: a zip with one file, `index.js`, the function and only what it imports. CommonJS, since a
 * zip without package.json is that to Node; byte for byte the same for the same sources.
 */
export async function bundleFunction(root: string, path: string): Promise<Uint8Array> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [path],
    bundle: true,
    write: false,
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
  return zipSync({ 'index.js': [code.contents, { level: 9, mtime: zipEpoch(), os: UNIX, attrs: UNIX_FILE_0644 }] });
}
