import { Halt } from '../../errors.ts';
import type { Clock, Log, ObjectStore } from '../../ports.ts';
import { parseJson } from '../../state/json-object.ts';
import { restoreIdOfSelection } from '../plan/plan-model.ts';
import { headKeyOf, restoreHeadShape } from '../plan/restore-head.ts';
import type { RestoreHead } from '../plan/restore-head.ts';
import { selectionKeys } from '../plan/selection-keys.ts';
import { requestProblem } from './request.ts';
import type { SelectionRequest } from './request.ts';

/** What the look at a selection needs. */
export interface OpenSelectionDeps {
  readonly objects: Pick<ObjectStore, 'get' | 'put'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
}

/**
 * What was asked for. Halt InvalidInput where the object that the input names does not exist, or is no request: whoever
 * starts the workflow writes it.
 */
export async function readRequest(
  objects: Pick<ObjectStore, 'get'>,
  newUserPoolId: string,
  selectionId: string,
): Promise<SelectionRequest> {
  const key = selectionKeys(newUserPoolId, selectionId).request;
  const stored = await objects.get(key);
  if (stored === undefined)
    throw new Halt(
      'InvalidInput',
      `Selection names ${key}, and the mapping-file bucket of this Region has no such object: it may have been written in another Region, or have expired. Write the request there (docs/data-format.md, "Selections"), then start the workflow again.`,
    );
  const request = asJson(stored.body);
  const problem = request === undefined ? 'it is no JSON in UTF-8' : requestProblem(request.json);
  if (problem !== undefined)
    throw new Halt(
      'InvalidInput',
      `The object ${key} is no request: ${problem}. Correct it (docs/data-format.md, "Selections"), then start the workflow again.`,
    );
  return request?.json as SelectionRequest;
}

/** Undefined where it is none; the parser's own message is not shown, since it quotes what it read. Some editors put a mark first. */
function asJson(body: Uint8Array): { readonly json: unknown } | undefined {
  try {
    return {
      json: JSON.parse(
        Buffer.from(body)
          .toString('utf8')
          .replace(/^\ufeff/, ''),
      ) as unknown,
    };
  } catch {
    return undefined;
  }
}

/**
 * Opens the selection, or finds that it has begun. Halt AlreadyRestored once it is complete; one that ended partial goes
 * on. The head of the pool itself stays as it is: a selection disturbs no restore of the whole pool.
 */
export async function openSelection(
  newUserPoolId: string,
  selectionId: string,
  { objects, clock, log }: OpenSelectionDeps,
): Promise<RestoreHead> {
  await readRequest(objects, newUserPoolId, selectionId);
  const restoreId = restoreIdOfSelection(selectionId);
  const key = headKeyOf({ newUserPoolId, restoreId });
  const stored = await objects.get(key);
  const head = stored === undefined ? undefined : parseJson(key, stored.body, restoreHeadShape);
  if (head?.phase === 'complete')
    throw new Halt(
      'AlreadyRestored',
      `The selection ${selectionId} for ${newUserPoolId} is complete; its report is ${selectionKeys(newUserPoolId, selectionId).report} in the mapping-file bucket. To restore once more, write another request under another id.`,
    );
  if (head !== undefined && head.phase !== 'planning') return head;
  const opened: RestoreHead = { restoreId, phase: 'planning', updatedAt: new Date(clock.now()).toISOString() };
  await objects.put(key, JSON.stringify(opened), stored === undefined ? { absent: true } : { etag: stored.etag });
  log.info('Selection opened', { selectionId });
  return opened;
}
