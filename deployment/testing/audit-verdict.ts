/** What came of one `npm audit --json`. */
export interface AuditRun {
  /** Undefined when it was ended because it took too long. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export type Verdict =
  | { readonly kind: 'passed' }
  | { readonly kind: 'failed'; readonly reasons: readonly string[] }
  /** The registry did not answer; nothing is known. */
  | { readonly kind: 'skipped'; readonly reason: string };

const SEVERITIES = ['info', 'low', 'moderate', 'high', 'critical'] as const;
type Severity = (typeof SEVERITIES)[number];

interface Advisory {
  readonly title?: string;
  readonly url?: string;
}
interface Vulnerability {
  readonly name: string;
  readonly severity: Severity;
  readonly range?: string;
  /** Advisories of the package itself, and names of packages that it has its vulnerability from. */
  readonly via?: readonly (Advisory | string)[];
}
/** The parts of npm's report (version 2, npm 7 and newer) and of its error that are read. */
interface Report {
  readonly auditReportVersion?: number;
  readonly vulnerabilities?: Readonly<Record<string, Vulnerability>>;
  readonly message?: string;
  readonly statusCode?: number;
  readonly error?: { readonly code?: string; readonly summary?: string };
}

/** Node's and npm's codes for a registry that cannot be reached, or that answers without a report. */
const REGISTRY_IS_SILENT =
  /\b(ENOTFOUND|EAI_AGAIN|EAI_FAIL|ECONNREFUSED|ECONNRESET|ECONNABORTED|ETIMEDOUT|ESOCKETTIMEDOUT|EHOSTUNREACH|ENETUNREACH|EPIPE|ERR_SOCKET_TIMEOUT|ENOAUDIT|E4\d\d|E5\d\d|FETCH_ERROR|UNABLE_TO_GET_ISSUER_CERT_LOCALLY|SELF_SIGNED_CERT_IN_CHAIN)\b|audit endpoint returned an error|network timeout/;

/**
 * Holds a report against a level. Only a registry without an answer is a reason to skip: what npm itself cannot do (no lock
 * file, an unreadable report) fails, or a broken check would look like a clean one for ever.
 * @param from the lowest severity that fails, by the name of the package
 */
export function verdictOf({ exitCode, stdout, stderr }: AuditRun, from: (name: string) => Severity): Verdict {
  if (exitCode === undefined) return { kind: 'skipped', reason: 'the registry gave no answer in time' };
  const report = parsed(stdout);
  if (report?.auditReportVersion === undefined || report.vulnerabilities === undefined) {
    const message = report?.message ?? report?.error?.summary ?? '';
    const said = [message || stderr.trim().split('\n').at(-1) || 'nothing'].join('').slice(0, 300);
    const silent =
      (report?.statusCode ?? 0) >= 400 || REGISTRY_IS_SILENT.test(`${report?.error?.code ?? ''} ${message} ${stderr}`);
    return silent
      ? { kind: 'skipped', reason: `the registry gave no report: ${said}` }
      : { kind: 'failed', reasons: [`npm audit ended with exit code ${exitCode} and no report: ${said}`] };
  }
  const reasons = Object.values(report.vulnerabilities)
    .filter(
      ({ name, severity }) =>
        SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(from(name)) || !SEVERITIES.includes(severity),
    )
    .map(line)
    .sort();
  return reasons.length === 0 ? { kind: 'passed' } : { kind: 'failed', reasons };
}

function parsed(stdout: string): Report | undefined {
  try {
    const report: unknown = JSON.parse(stdout);
    return typeof report === 'object' && report !== null ? report : undefined;
  } catch {
    return undefined;
  }
}

const line = ({ name, severity, range, via = [] }: Vulnerability): string =>
  `${name} ${range ?? ''} (${severity}): ${via.map((cause) => (typeof cause === 'string' ? `by its dependency ${cause}` : [cause.title, cause.url].filter(Boolean).join(' '))).join('; ')}`;
