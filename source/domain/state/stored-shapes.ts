import * as v from 'valibot';
import { Fault } from '../errors.ts';
import { EXPORT_STEPS, exportHead, keyList, runFacts } from './shapes/exports.ts';
import { group, manifest, texts, type Shape } from './shapes/parts.ts';
import {
  classifiedUser,
  excludedUser,
  failure,
  heldMembership,
  jobsState,
  plannedGroups,
  planningState,
  planShape,
  restoreHead,
  restoreUser,
  rowResults,
  spoolLine,
  updateOp,
  updatesState,
} from './shapes/restores.ts';

/**
 * What the objects that steer a run look like. They lie for hours or days in a bucket where an administrator can change
 * them by hand: whatever reads one asks here first, so that a damaged object ends the run with its name instead of
 * being half understood.
 */

/** Shapes by key; the first pattern that fits counts. */
const SHAPES: readonly (readonly [pattern: RegExp, shape: (match: RegExpExecArray) => Shape])[] = [
  [/^exports\/current\.json$/, () => exportHead],
  [/^exports\/([^/]+)\/run\.json$/, ([, id = '']) => runFacts(id)],
  [/^exports\/[^/]+\/groups\.json$/, () => v.array(group)],
  [/^exports\/[^/]+\/(gone|delete\/planned)\//, () => keyList],
  [/^exports\/[^/]+\/progress\/([^/]+)\.json$/, ([, step = '']) => EXPORT_STEPS[step] ?? v.unknown()],
  [/^restores\/[^/]+\/current\.json$/, () => restoreHead],
  [/^(restores\/[^/]+\/[^/]+\/)plan\.json$/, ([, folder = '']) => planShape(folder)],
  [/^restores\/[^/]+\/[^/]+\/groups\.json$/, () => plannedGroups],
  [/\/planning\/losers\.json$/, () => texts],
  [/\/planning\/progress\.json$/, () => planningState],
  [/\/state\/import-users\.json$/, () => jobsState],
  [/\/state\/update-users\.json$/, () => updatesState],
  [/^restores\/.*\/results\//, () => rowResults],
  [/^restores\/.*\/blocked\//, () => texts],
  [/^restores\/.*\/chunks\//, () => restoreUser],
  [/^restores\/.*\/(batches|rescue)\//, () => updateOp],
  [/^restores\/.*\/spool\/read\/[^/]*-held-/, () => heldMembership],
  [/^restores\/.*\/spool\/read\//, () => spoolLine],
  [/^restores\/.*\/spool\/(classified|ordered)\//, () => classifiedUser],
  [/^restores\/.*\/excluded\.ndjson$/, () => excludedUser],
  [/^restores\/.*\/failures\//, () => failure],
];

const ADVICE = {
  exports: 'Delete it and start ExportWorkflow again: a run that cannot go on lists the pool anew.',
  restores: "Bring the object's older version back and start ImportWorkflow again, or restore into another new pool.",
  verifications: 'Start VerifyWorkflow again.',
} as const;

export const adviceFor = (key: string): string =>
  ADVICE[key.split('/')[0] as keyof typeof ADVICE] ?? 'Start the workflow again.';

/** The shape of the object, or of one of its lines; for a checkpoint that of its state. Undefined where none is set. */
export function shapeOf(key: string): Shape | undefined {
  for (const [pattern, shape] of SHAPES) {
    const match = pattern.exec(key);
    if (match !== null) return shape(match);
  }
  return undefined;
}

/** A check of values of one shape, for many lines of one object. `undefined`: nothing is wrong; else the first thing that is. */
export const checkFor =
  (shape: Shape | undefined) =>
  (value: unknown): string | undefined => {
    if (shape === undefined) return undefined;
    const { issues } = v.safeParse(shape, value, { abortEarly: true });
    return issues === undefined ? undefined : problemOf(issues[0]);
  };

/** The object as JSON; Fault BadState when it is none. The parser's own message is not shown: it quotes what it read. */
export function parsed(key: string, body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8')) as unknown;
  } catch {
    throw new Fault('BadState', `The object ${key} is damaged: it is no JSON. ${adviceFor(key)}`);
  }
}

/** The value, as what its key says it is. Fault BadState names the object, the member, and what it should be; no values. */
export function shaped<T>(key: string, value: unknown): T {
  const problem = checkFor(shapeOf(key))(value);
  if (problem !== undefined) throw new Fault('BadState', `The object ${key} is damaged: ${problem}. ${adviceFor(key)}`);
  return value as T;
}

function problemOf(issue: v.BaseIssue<unknown>): string {
  const path =
    v
      .getDotPath(issue)
      ?.split('.')
      .map((part) => (/^\w{1,40}$/.test(part) ? part : '?'))
      .join('.') ?? '';
  if (issue.input === undefined && path !== '') return `${path} is missing`;
  const expected = issue.kind === 'schema' && issue.expected !== null ? issue.expected.slice(0, 80) : 'a valid value';
  return `${path === '' ? 'it' : path} should be ${expected}, but is ${kindOf(issue.input)}`;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : typeof value === 'string' ? 'other text' : `another ${typeof value}`;
}

/** What is wrong with the manifest of a sealed run; undefined when nothing is. */
export const manifestProblem = checkFor(manifest);
