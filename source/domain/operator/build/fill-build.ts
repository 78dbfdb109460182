import { createHash } from 'node:crypto';
import { assetKey } from './build-arguments.ts';
import type { BuildArguments } from './build-arguments.ts';
import { fill } from './placeholders.ts';

/** Names of the two templates; their sources end in `.yaml`, what is uploaded in `.template`. */
export const MAIN_TEMPLATE = 'cognito-user-profiles-export-reference-architecture';
export const STACK_SET_TEMPLATE = 'stack-set-template';
/** Name of the file with the licences, in each bundle and, for all of them together, beside the templates. */
export const NOTICE = 'NOTICE.txt';

/** A build whose placeholders are not filled in yet: the same bytes for everybody, and what the npm package carries. */
export interface OpenBuild {
  /** The two templates as they are written. */
  readonly mainTemplate: string;
  readonly stackSetTemplate: string;
  /** Asset as the templates name it (`sync-users.zip`, `export-workflow.asl.json`) to its content. */
  readonly assets: ReadonlyMap<string, Uint8Array>;
  /** The licences of all bundles. */
  readonly notice: string;
}

/** What is uploaded: file name to content, by the two folders of a build. */
export interface FilledBuild {
  /** Under plain names what a person launches or reads: the templates, and NOTICE.txt with the licences of all bundles. */
  readonly global: ReadonlyMap<string, Uint8Array>;
  /** What the templates refer to, under content-hashed names; must lie in the Region that uses it. */
  readonly regional: ReadonlyMap<string, Uint8Array>;
}

/**
 * Fills the bucket, the names and the keys of the assets into a build.
 * @throws Error naming an asset of a template that the build lacks, or a placeholder that is not known
 */
export function fillBuild(
  { mainTemplate, stackSetTemplate, assets, notice }: OpenBuild,
  build: BuildArguments,
): FilledBuild {
  const regional = new Map<string, Uint8Array>();
  const assetKeys = new Map<string, string>();
  const filling = { ...build, assetKeys };
  const add = (asset: string, content: Uint8Array): void => {
    const fileName = hashedName(asset, content);
    regional.set(fileName, content);
    assetKeys.set(asset, assetKey(build, fileName));
  };
  const stackSetAsset = `${STACK_SET_TEMPLATE}.template`;
  for (const [asset, content] of assets) add(asset, content);
  const stackSet = Buffer.from(fill(stackSetTemplate, filling));
  add(stackSetAsset, stackSet);
  const main = Buffer.from(fill(mainTemplate, filling));
  return {
    regional,
    global: new Map([
      [`${MAIN_TEMPLATE}.template`, main],
      [stackSetAsset, stackSet],
      [NOTICE, Buffer.from(notice)],
    ]),
  };
}

/** `sync-users.zip` -> `sync-users-0123456789abcdef.zip`: another content is another key, so that CloudFormation sees it. */
function hashedName(asset: string, content: Uint8Array): string {
  const dot = asset.indexOf('.');
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 16);
  return `${asset.slice(0, dot)}-${hash}${asset.slice(dot)}`;
}
