/**
 * What the hand-written templates leave open. The bucket's placeholder is a legal bucket name, so that cfn-lint can check
 * the templates as they are; the others stand between double percent signs.
 */
const BUCKET = 'bucket-name-placeholder';
const ASSET = /%%ASSET:([a-z0-9.-]+)%%/g;

export interface Filling {
  /** Bucket name without its Region suffix. */
  readonly bucket: string;
  readonly solutionName: string;
  readonly version: string;
  /** Asset (`sync-users.zip`) to its S3 key. */
  readonly assetKeys: ReadonlyMap<string, string>;
}

/** The assets that a template names, each once, sorted. */
export const assetsNamedIn = (template: string): readonly string[] =>
  [...new Set([...template.matchAll(ASSET)].map(([, name = '']) => name))].sort();

/**
 * The template with every placeholder replaced.
 * @throws Error naming an asset without a key, or a placeholder that is not known
 */
export function fill(template: string, { bucket, solutionName, version, assetKeys }: Filling): string {
  const filled = template
    .replaceAll(ASSET, (_, name: string) => {
      const key = assetKeys.get(name);
      if (key === undefined) throw new Error(`The template names the asset ${name}, which the build does not make.`);
      return key;
    })
    .replaceAll(BUCKET, bucket)
    .replaceAll('%%SOLUTION_NAME%%', solutionName)
    .replaceAll('%%VERSION%%', version);
  const [unknown] = /%%[^%\n]*%%/.exec(filled) ?? [];
  if (unknown !== undefined)
    throw new Error(`The template holds the placeholder ${unknown}, which the build does not know.`);
  return filled;
}
