import * as v from 'valibot';
import { Fault } from '../errors.ts';

/**
 * What a state machine handed to a function, in the shape that the function needs; its options were checked at the start.
 * @throws Fault BadState that names the first member that is missing
 */
export function workflowState<S extends v.GenericSchema>(shape: S, event: unknown): v.InferOutput<S> {
  const result = v.safeParse(shape, event ?? {});
  if (result.success) return result.output;
  throw new Fault(
    'BadState',
    `The state machine's event has no ${v.getDotPath(result.issues[0]) ?? 'members'}: the workflow's definition and its functions do not belong together.`,
  );
}
