import type { Backend } from '../types.ts';
import type { ImportJobSettings } from '../../../simulation/import-jobs/options.ts';

/** What the import jobs need of the gateway. */
export interface ImportJobsDeps {
  readonly backend: Backend;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Resolves after that many milliseconds of the same clock. */
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** A new UUID. */
  readonly newId: () => string;
  /** The gateway's own base URL without a trailing slash, for upload URLs: `http://127.0.0.1:4566`. */
  readonly baseUrl: () => string;
  /** Read whenever it matters, so that a running gateway can be told otherwise. */
  readonly options: () => ImportJobSettings;
}

/** Credentials of an account's root, which MiniStack does not check against policies. */
export function rootOf(account: string): { accessKeyId: string; secretAccessKey: string } {
  return { accessKeyId: account, secretAccessKey: account };
}
