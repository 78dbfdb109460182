import type { SolutionWorkflow } from '../workflow/lease.ts';
import { EXPORT_ACCEPTANCES, IMPORT_ACCEPTANCES, IMPORT_VALUES } from './inputs.ts';

/** What is typed in place of a key of a workflow's input; what is accepted beforehand has words of its own. */
const OPTIONS: ReadonlyMap<string, string> = new Map([
  ...IMPORT_VALUES.map(([option, key]) => [key, option] as const),
  ['DryRun', '--dry-run'],
  ['GroupRoleMap', '--group-roles'],
  ['UserPoolId', '--pool'],
]);
const ACCEPTED: ReadonlyMap<string, string> = new Map(
  [...IMPORT_ACCEPTANCES, ...EXPORT_ACCEPTANCES].map(({ key, word }) => [key, word]),
);

/** A whole input as JSON, `"ExportRun": "20260301T..."`, `"ExportRun"`, and ExportRun; not `<ExportRun>`, a part of a key of S3. */
const INPUTS = /(\{"[^{}]*\})|"(\w+)": (?:true|"([^"]*)")|"(\w+)"|(?<!<)\b([A-Z]\w+)\b/g;

/**
 * A sentence of a workflow for whoever reads it at the command line: keys of the workflow's input, which the console takes,
 * are named by what is typed here. An export goes by the stack's parameter CognitoTPS, which stays.
 */
export function inOptions(workflow: SolutionWorkflow, sentence: string): string {
  const typed = (inputs: readonly (readonly [key: string, value?: unknown])[]): string | undefined => {
    const words = inputs.flatMap(([key]) => ACCEPTED.get(key) ?? []);
    const others = inputs.filter(([key]) => !ACCEPTED.has(key));
    const options = others.map(([key, value]) =>
      key === 'CognitoTPS' && workflow === 'ExportWorkflow' ? undefined : withValue(OPTIONS.get(key), value),
    );
    if (options.includes(undefined)) return undefined;
    return [...options, ...(words.length === 0 ? [] : [`--accept ${words.join(',')}`])].join(' ');
  };
  return sentence.replaceAll(
    INPUTS,
    (found, input?: string, key?: string, value?: string, quoted?: string, bare?: string) =>
      typed(input === undefined ? [[key ?? quoted ?? bare ?? '', value]] : membersIn(input)) ?? found,
  );
}

const withValue = (option: string | undefined, value: unknown): string | undefined =>
  option === undefined || (typeof value !== 'string' && typeof value !== 'number') ? option : `${option} ${value}`;

/** A text between braces that is no JSON is no input: it is left as it is. */
function membersIn(input: string): readonly (readonly [string, unknown])[] {
  try {
    return Object.entries(JSON.parse(input) as object);
  } catch {
    return [['', undefined]];
  }
}
