/** Physical ids and names that are the same in every request of a launch. */

/** Id of a resource whose Create was refused before anything was made: its Delete has nothing to do. */
export const NOTHING_MADE = 'nothing-made';

/**
 * Twelve hex digits that name one launch: the first of the uuid that ends a stack's ARN. The same in every request of
 * that stack, another one when a stack of the same name is launched again, and easy to recognise beside the stack's id.
 */
export function launchIdOf(stackId: string): string {
  const digits = (stackId.split('/').at(-1) ?? '').replaceAll('-', '').toLowerCase();
  if (!/^[0-9a-f]{12,}$/.test(digits)) throw new Error(`The stack id does not end with a uuid: "${stackId}".`);
  return digits.slice(0, 12);
}
