import { restoreFolder, restoreIdOfSelection, restorePrefix } from './plan-model.ts';

/** `<yyyymmddThhmmssZ>-<8 hex>`, as of export runs and restores. */
const SELECTION_ID = /^\d{8}T\d{6}Z-[0-9a-f]{8}$/;
const REQUEST = 'request.json';

/** Whether this is the id of a selection. */
export const isSelectionId = (id: string): boolean => SELECTION_ID.test(id);

/** All selections for one pool lie below this prefix. */
export const selectionsPrefix = (poolId: string): string => `${restorePrefix(poolId)}selections/`;
/** Everything of one selection lies below this prefix. */
export const selectionFolder = (poolId: string, selectionId: string): string =>
  restoreFolder(poolId, restoreIdOfSelection(selectionId));

/** Where the objects of one selection lie that others read. */
export interface SelectionKeys {
  /** What was asked for; whoever starts the workflow writes it. */
  readonly request: string;
  /** What a selection would change, or is going to; written before its first write to the pool. */
  readonly differences: string;
  /** What was overwritten, and what was written in its place. */
  readonly undo: string;
  /** What became of each user, group and membership. */
  readonly results: string;
  /** Old and new `sub` of the users that were created. */
  readonly subMap: string;
  /** The outcome and counts; written last. */
  readonly report: string;
}

/** Keys of a selection. */
export function selectionKeys(poolId: string, selectionId: string): SelectionKeys {
  const folder = selectionFolder(poolId, selectionId);
  return {
    request: `${folder}${REQUEST}`,
    differences: `${folder}differences.csv`,
    undo: `${folder}undo.json`,
    results: `${folder}results.csv`,
    subMap: `${folder}sub-map.csv`,
    report: `${folder}report.json`,
  };
}

/** The selection whose request has this key; undefined where it is no key of a selection for this pool. */
export function selectionOf(requestKey: string, poolId: string): string | undefined {
  const prefix = selectionsPrefix(poolId);
  const suffix = `/${REQUEST}`;
  if (!requestKey.startsWith(prefix) || !requestKey.endsWith(suffix)) return undefined;
  const id = requestKey.slice(prefix.length, -suffix.length);
  return isSelectionId(id) ? id : undefined;
}
