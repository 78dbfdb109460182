import type { Making } from '../../domain/pool-settings/recreate/known-omissions.ts';
import type { KeptSettings } from '../../domain/pool-settings/shape.ts';
import type { Attempts } from './attempts.ts';

/** A pool to which parts are added. */
export interface PartsWork {
  readonly making: Making;
  /** The pool as it was before. */
  readonly made: KeptSettings;
  readonly attempts: Attempts;
  readonly tell: (text: string) => void;
  readonly randomHex: (bytes: number) => string;
}
