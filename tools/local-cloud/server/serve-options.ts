import type { FunctionNode } from '../../../deployment/setup/function-node.ts';
import type { LocalCloudOptions } from '../options.ts';

/** What the server process is started with. */
export interface ServeOptions extends LocalCloudOptions {
  /** Python of the virtual environment. */
  readonly python: string;
  /** What the functions run on. */
  readonly node: FunctionNode;
  readonly stateFolder: string;
  /** Remove the state folder at the end. */
  readonly removeState: boolean;
}

/** The starter's word that the server shall outlive it. */
export const DETACH = 'detach\n';
