import type { SelectionRequest } from '../../domain/import/selection/request.ts';
import type { PoolChangeGiven } from './selection-options.ts';

/** What is to be done in a living pool. */
export interface PoolChange {
  readonly request: SelectionRequest;
  readonly given: PoolChangeGiven;
  /** Subs of users to whom the pool sends no code of "forgot password". */
  readonly withoutRecovery: ReadonlySet<string>;
  /** Members of the groups who are gone from the pool are created, too. */
  readonly withMembers?: boolean;
}

/** What the workflow is started with, one after the other; `id` of a request that is stored already. */
export interface SelectionPart {
  readonly id?: string;
  readonly request: SelectionRequest;
}
