import type { ExpectedUser } from '../../comparison/expected-records.ts';

/** Where the plan holds a user whom the new pool should have. */
export interface PlaceInPlan {
  /** Index of the chunk whose file holds the user, or null for a user created one by one. */
  readonly chunk: number | null;
  /** With a chunk: data row of the CSV and line of the chunk file, from 1. Without: index of the batch with its `create`. */
  readonly line: number;
}

const ONE_BY_ONE = -1;
/** Beside the line, which is far smaller; plans of version 2.0.0 never have it. */
const DISABLED = 2 ** 31;

/** The own numbers of the user's record: the place, and whether the user is to be disabled. */
export const ownOf = ({ chunk, line }: PlaceInPlan, enabled: boolean): ExpectedUser['own'] => [
  chunk ?? ONE_BY_ONE,
  enabled ? line : line + DISABLED,
];

/** The place in `ownOf`. */
export const placeOf = ({ own: [chunk, line] }: Pick<ExpectedUser, 'own'>): PlaceInPlan => ({
  chunk: chunk === ONE_BY_ONE ? null : chunk,
  line: line % DISABLED,
});

/** The flag in `ownOf`. */
export const isToBeDisabled = ({ own: [, line] }: Pick<ExpectedUser, 'own'>): boolean => line >= DISABLED;
