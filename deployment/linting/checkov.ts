import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setUpPython } from '../setup/python-packages.ts';
import { skipLine } from '../testing/step.ts';
import { judge, readAccepted, readReport } from './checkov-findings.ts';

/** checkov's pins contradict those of cfn-lint and MiniStack. */
const VENV = '.venv-checkov';

/**
 * Runs checkov over built templates and prints what it found; skipped, with the reason, where it cannot be installed.
 * @returns whether nothing is left that is not accepted
 */
export async function checkov(templates: readonly string[]): Promise<boolean> {
  let python: string;
  try {
    python = await setUpPython(join(import.meta.dirname, '..', 'requirements-checkov.txt'), undefined, VENV);
  } catch (error) {
    console.log(
      skipLine(`checkov could not be installed: ${(error as Error).message.replaceAll(/\s+/g, ' ').slice(0, 300)}`),
    );
    return true;
  }
  const { stdout, stderr, error } = spawnSync(
    python,
    [
      join(dirname(python), 'checkov'),
      '--framework',
      'cloudformation',
      '--skip-download',
      '--compact',
      '--quiet',
      '--output',
      'json',
      ...templates.flatMap((path) => ['--file', path]),
    ],
    { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  if (error) throw error;
  let report;
  try {
    report = readReport(stdout);
  } catch (cause) {
    throw new Error(`checkov gave no report that can be read.\n${stderr.trim().slice(-2000)}`, { cause });
  }
  const accepted = readAccepted(readFileSync(join(import.meta.dirname, 'checkov-accepted.yaml'), 'utf8'));
  const complaints = judge(report.findings, accepted);
  for (const complaint of complaints) console.log(complaint);
  const checks = new Set(report.findings.map(({ check }) => check));
  console.log(
    `checkov ${report.version}: ${report.resources} resources, ${report.passed} checks passed, ${report.findings.length} findings of ${checks.size} kinds, ${complaints.length} of them without a written reason.`,
  );
  return complaints.length === 0;
}
