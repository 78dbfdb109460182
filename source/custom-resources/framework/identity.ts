/** Physical ids and names that are the same in every request of a launch. */
import { createHash } from 'node:crypto';

/** Id of a resource whose Create was refused before anything was made: its Delete has nothing to do. */
export const NOTHING_MADE = 'nothing-made';

/**
 * Twelve hex digits that name one launch: the first of the uuid that ends a stack's ARN. The same in every request of
 * that stack, another one when a stack of the same name is launched again, and easy to recognise beside the stack's id.
 * Of an id that ends otherwise (emulators make such ones) the first digits of its SHA-256.
 */
export function launchIdOf(stackId: string): string {
  const digits = (stackId.split('/').at(-1) ?? '').replaceAll('-', '').toLowerCase();
  return (/^[0-9a-f]{12,}$/.test(digits) ? digits : createHash('sha256').update(stackId).digest('hex')).slice(0, 12);
}
