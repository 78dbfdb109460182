/**
 * `npm audit` over all packages: of those that are shipped any known vulnerability fails, of the tools one of level high or
 * critical: they see only this checkout. Says so and passes where the registry gives no report.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { verdictOf } from './audit-verdict.ts';
import type { AuditRun, Verdict } from './audit-verdict.ts';
import { shippedPackageNames } from './shipped.ts';
import { skipLine } from './step.ts';

const PATIENCE_MS = 45_000;
/** One try and a short wait: a registry that cannot be reached must not hold up every test run. */
const NPM_OPTIONS = ['audit', '--json', '--fetch-retries=0', '--fetch-timeout=20000'];

const ROOT = join(import.meta.dirname, '..', '..');
const shipped = shippedPackageNames(ROOT);
const AUDITS = [
  {
    what: 'what is shipped and of the tools',
    folder: ROOT,
    from: (name: string) => (shipped.has(name) ? ('info' as const) : ('high' as const)),
  },
  {
    what: "the local cloud's Node",
    folder: join(ROOT, 'tools', 'local-cloud', 'runtime'),
    from: () => 'high' as const,
  },
] as const;

function npmAudit(folder: string): Promise<AuditRun> {
  return new Promise((resolve) => {
    const child = spawn('npm', NPM_OPTIONS, {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: PATIENCE_MS,
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.on('error', (error) =>
      resolve({ exitCode: 1, stdout: '', stderr: `npm could not be started: ${error.message}` }),
    );
    child.on('close', (code) => resolve({ exitCode: child.killed ? undefined : (code ?? 1), stdout, stderr }));
  });
}

function tell(what: string, verdict: Verdict): void {
  switch (verdict.kind) {
    case 'passed':
      return console.log(`npm audit of ${what}: no known vulnerability that counts.`);
    case 'skipped':
      return console.log(skipLine(`npm audit of ${what}: ${verdict.reason}`));
    case 'failed':
      console.error(`npm audit of ${what} found:\n${verdict.reasons.join('\n')}`);
      process.exitCode = 1;
  }
}

await Promise.all(AUDITS.map(async ({ what, folder, from }) => tell(what, verdictOf(await npmAudit(folder), from))));
