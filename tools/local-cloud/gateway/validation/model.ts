import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** A shape of a botocore service model, as far as requests are checked. */
export interface ModelShape {
  readonly type: string;
  readonly members?: Readonly<Record<string, { readonly shape: string }>>;
  readonly required?: readonly string[];
  readonly member?: { readonly shape: string };
  readonly key?: { readonly shape: string };
  readonly value?: { readonly shape: string };
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly min?: number;
  readonly max?: number;
  readonly union?: boolean;
  readonly document?: boolean;
}

/** A botocore service model (`service-2.json`), as far as requests are checked. */
export interface ServiceModel {
  readonly metadata: { readonly targetPrefix?: string; readonly protocol: string };
  readonly operations: Readonly<Record<string, { readonly input?: { readonly shape: string } }>>;
  readonly shapes: Readonly<Record<string, ModelShape>>;
}

/**
 * Reads the newest API version of a service from botocore's data folder, plain or gzipped.
 *
 * @param modelsDir `.../site-packages/botocore/data`
 * @param folder botocore's name of the service: `stepfunctions`, not `states`
 * @throws Error when the folder holds no model
 */
export function readServiceModel(modelsDir: string, folder: string): ServiceModel {
  const versions = existsSync(join(modelsDir, folder)) ? readdirSync(join(modelsDir, folder)).sort().reverse() : [];
  for (const version of versions) {
    const plain = join(modelsDir, folder, version, 'service-2.json');
    if (existsSync(plain)) return JSON.parse(readFileSync(plain, 'utf8')) as ServiceModel;
    if (existsSync(`${plain}.gz`))
      return JSON.parse(gunzipSync(readFileSync(`${plain}.gz`)).toString('utf8')) as ServiceModel;
  }
  throw new Error(
    `No service model of ${folder} in ${modelsDir}: install the local cloud's Python requirements, botocore brings the models.`,
  );
}
