import * as v from 'valibot';
import { group } from './shapes/parts.ts';
import { excludedUser, heldMembership, planningState, restoreUser, spoolLine, updateOp } from './shapes/restores.ts';
import type { Shape } from './shape.ts';

export { adviceFor } from './advice.ts';

/** Shapes by key, of objects whose readers give none; the first pattern that fits counts. */
const SHAPES: readonly (readonly [pattern: RegExp, shape: (match: RegExpExecArray) => Shape])[] = [
  [/^restores\/[^/]+\/[^/]+\/groups\.json$/, () => v.object({ ...group.entries, members: v.number() })],
  [/\/planning\/groups\.json$/, () => group],
  [/\/planning\/losers\.json$/, () => v.string()],
  [/\/planning\/state\.json$/, () => planningState],
  [/^restores\/.*\/chunks\//, () => restoreUser],
  [/^restores\/.*\/(batches|rescue)\//, () => updateOp],
  [/^restores\/.*\/spool\/[^/]*-held-/, () => heldMembership],
  [/^restores\/.*\/spool\//, () => spoolLine],
  [/^restores\/.*\/excluded\.ndjson$/, () => excludedUser],
];

/** The shape of the object, of one of its lines or items, or of a checkpoint's state. */
export function shapeOf<T>(key: string): Shape<T> {
  for (const [pattern, shape] of SHAPES) {
    const match = pattern.exec(key);
    if (match !== null) return shape(match) as Shape<T>;
  }
  return v.unknown() as Shape as Shape<T>;
}
