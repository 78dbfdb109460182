/** checkov's findings against the list of those that we accept, in both directions. */
import { parse } from 'yaml';
import * as v from 'valibot';

export interface Finding {
  /** For instance `CKV_AWS_27`. */
  readonly check: string;
  readonly name: string;
  /** Logical id. */
  readonly resource: string;
  readonly file: string;
}

const text = v.pipe(v.string(), v.trim(), v.nonEmpty());
const acceptedSchema = v.array(
  v.strictObject({
    check: text,
    asks: text,
    resources: v.union([v.literal('*'), v.pipe(v.array(text), v.nonEmpty())]),
    reason: v.pipe(text, v.minLength(40)),
  }),
);
export type Accepted = v.InferOutput<typeof acceptedSchema>[number];

/** @throws ValiError when an entry lacks a part, for instance its reason */
export const readAccepted = (yaml: string): Accepted[] => v.parse(acceptedSchema, parse(yaml));

const reportSchema = v.object({
  results: v.object({
    failed_checks: v.array(
      v.object({ check_id: v.string(), check_name: v.string(), resource: v.string(), file_path: v.string() }),
    ),
  }),
  summary: v.object({
    passed: v.number(),
    failed: v.number(),
    parsing_errors: v.number(),
    resource_count: v.number(),
    checkov_version: v.string(),
  }),
});
export interface Report {
  readonly findings: readonly Finding[];
  readonly resources: number;
  readonly passed: number;
  readonly version: string;
}

/**
 * Reads the JSON that checkov prints for one framework.
 * @throws Error when it understood nothing, which must not pass for "no findings"
 */
export function readReport(json: string): Report {
  const { results, summary } = v.parse(reportSchema, JSON.parse(json));
  if (summary.parsing_errors > 0 || summary.resource_count === 0)
    throw new Error(
      `checkov could not read the templates: ${summary.parsing_errors} parsing errors, ${summary.resource_count} resources.`,
    );
  const findings = results.failed_checks.map(({ check_id, check_name, resource, file_path }) => ({
    check: check_id,
    name: check_name,
    resource: resource.split('.').at(-1) ?? resource,
    file: file_path,
  }));
  return { findings, resources: summary.resource_count, passed: summary.passed, version: summary.checkov_version };
}

/** Complaints, one line each; none when every finding is accepted and every accepted one is found. */
export function judge(findings: readonly Finding[], accepted: readonly Accepted[]): string[] {
  const covers = ({ check, resources }: Accepted, finding: Finding): boolean =>
    check === finding.check && (resources === '*' || resources.includes(finding.resource));
  const complaints = findings
    .filter((finding) => !accepted.some((entry) => covers(entry, finding)))
    .map(({ check, name, resource, file }) => `${check} ${resource} (${file}): ${name}`);
  const stale = accepted.flatMap(({ check, resources }) => {
    const found = findings.filter((finding) => finding.check === check).map(({ resource }) => resource);
    if (resources === '*') return found.length > 0 ? [] : [`${check} *`];
    return resources.filter((resource) => !found.includes(resource)).map((resource) => `${check} ${resource}`);
  });
  return [
    ...complaints,
    ...stale.map(
      (entry) => `${entry} is accepted in checkov-accepted.yaml, but checkov does not find it any more: take it out.`,
    ),
  ];
}
