import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BuildArguments } from './arguments.ts';
import { bundleFunction, NOTICE } from './bundle.ts';
import { noticeText } from './licences/notice.ts';
import type { ShippedPackage } from './licences/shipped-packages.ts';
import { assetsNamedIn, fill } from './placeholders.ts';
import { functionSources, workflowSources } from './sources.ts';

export const MAIN_TEMPLATE = 'cognito-user-profiles-export-reference-architecture';
export const STACK_SET_TEMPLATE = 'stack-set-template';

/** File name to content, for the two output folders. */
export interface Assets {
  /** Under plain names what a person launches or reads: the templates, and NOTICE.txt with the licences of all bundles. */
  readonly global: ReadonlyMap<string, Uint8Array>;
  /** What the templates refer to, under content-hashed names; must lie in the Region that uses it. */
  readonly regional: ReadonlyMap<string, Uint8Array>;
}

/**
 * Builds everything that is uploaded. Pure but for reading the sources: nothing is written.
 * @throws Error naming the asset that a template refers to and that has no source, or what esbuild found, or a package without a licence
 */
export async function buildAssets(root: string, { bucket, solutionName, version }: BuildArguments): Promise<Assets> {
  const template = (name: string): string => readFileSync(join(root, 'templates', `${name}.yaml`), 'utf8');
  const mainSource = template(MAIN_TEMPLATE);
  const stackSetSource = template(STACK_SET_TEMPLATE);
  const functions = functionSources(root);
  const workflows = workflowSources(root);

  const regional = new Map<string, Uint8Array>();
  const assetKeys = new Map<string, string>();
  const packages: ShippedPackage[] = [];
  const filling = { bucket, solutionName, version, assetKeys };
  const add = (asset: string, content: Uint8Array): void => {
    const fileName = hashedName(asset, content);
    regional.set(fileName, content);
    assetKeys.set(asset, `${solutionName}/${version}/${fileName}`);
  };

  const stackSetAsset = `${STACK_SET_TEMPLATE}.template`;
  const named = [...assetsNamedIn(mainSource), ...assetsNamedIn(stackSetSource)].filter(
    (asset) => asset !== stackSetAsset,
  );
  for (const asset of new Set(named)) {
    const source = asset.endsWith('.zip') ? functions.get(asset.slice(0, -'.zip'.length)) : workflows.get(asset);
    if (source === undefined)
      throw new Error(
        `A template names the asset ${asset}, but there is no source for it in source/lambda, source/custom-resources or source/state-machines.`,
      );
    if (asset.endsWith('.zip')) {
      const bundle = await bundleFunction(root, source);
      packages.push(...bundle.packages);
      add(asset, bundle.zip);
    } else add(asset, readFileSync(join(root, source)));
  }
  const stackSet = Buffer.from(fill(stackSetSource, filling));
  add(stackSetAsset, stackSet);
  const main = Buffer.from(fill(mainSource, filling));
  return {
    regional,
    global: new Map([
      [`${MAIN_TEMPLATE}.template`, main],
      [stackSetAsset, stackSet],
      [NOTICE, Buffer.from(noticeText(packages))],
    ]),
  };
}

/** `sync-users.zip` -> `sync-users-0123456789abcdef.zip`: another content is another key, so that CloudFormation sees it. */
function hashedName(asset: string, content: Uint8Array): string {
  const dot = asset.indexOf('.');
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 16);
  return `${asset.slice(0, dot)}-${hash}${asset.slice(dot)}`;
}
