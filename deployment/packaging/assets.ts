import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BuildArguments } from '../../source/domain/operator/build/build-arguments.ts';
import { fillBuild, MAIN_TEMPLATE, STACK_SET_TEMPLATE } from '../../source/domain/operator/build/fill-build.ts';
import type { FilledBuild, OpenBuild } from '../../source/domain/operator/build/fill-build.ts';
import { assetsNamedIn } from '../../source/domain/operator/build/placeholders.ts';
import { bundleFunction } from './bundle.ts';
import { noticeText } from './licences/notice.ts';
import type { ShippedPackage } from './licences/shipped-packages.ts';
import { functionSources, workflowSources } from './sources.ts';

/**
 * Builds everything but the names of buckets and assets. Pure but for reading the sources: nothing is written.
 * @throws Error naming the asset that a template refers to and that has no source, or what esbuild found, or a package without a licence
 */
export async function openBuild(root: string): Promise<OpenBuild> {
  const template = (name: string): string => readFileSync(join(root, 'templates', `${name}.yaml`), 'utf8');
  const mainTemplate = template(MAIN_TEMPLATE);
  const stackSetTemplate = template(STACK_SET_TEMPLATE);
  const functions = functionSources(root);
  const workflows = workflowSources(root);

  const assets = new Map<string, Uint8Array>();
  const packages: ShippedPackage[] = [];
  const named = [...assetsNamedIn(mainTemplate), ...assetsNamedIn(stackSetTemplate)].filter(
    (asset) => asset !== `${STACK_SET_TEMPLATE}.template`,
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
      assets.set(asset, bundle.zip);
    } else assets.set(asset, readFileSync(join(root, source)));
  }
  return { mainTemplate, stackSetTemplate, assets, notice: noticeText(packages) };
}

/** Builds everything that is uploaded; throws as openBuild and fillBuild do. */
export const buildAssets = async (root: string, build: BuildArguments): Promise<FilledBuild> =>
  fillBuild(await openBuild(root), build);
