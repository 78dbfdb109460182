import * as v from 'valibot';
import { timeShape } from '../state/shape.ts';
import type { Stored } from '../state/shape.ts';

export const exportStartsShape = v.object({
  /** The rule that starts exports, and what EventBridge says of it. */
  rule: v.string(),
  state: v.picklist(['enabled', 'disabled', 'gone', 'unknown']),
  /** The newest execution of ExportWorkflow, with the name of its error where it failed. */
  newest: v.exactOptional(v.object({ status: v.string(), startedAt: timeShape, error: v.exactOptional(v.string()) })),
  /** Calls that were not answered, with the names of their errors. */
  unanswered: v.array(v.string()),
});
/** Whether exports start, and how the last one ended. */
export type ExportStarts = Stored<typeof exportStartsShape>;

/** Asks for them; what is not answered is told in `unanswered`, never thrown. */
export type LookAtExports = () => Promise<ExportStarts>;
