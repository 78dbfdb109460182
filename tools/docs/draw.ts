import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { costsOf } from '../bench/cost.ts';
import { readmeCosts } from '../bench/report/readme-costs.ts';
import type { BenchResults } from '../bench/results.ts';
import { keyPolicy } from '../../source/domain/operator/permissions/key-policy.ts';
import { operatorPolicyText } from '../least-privilege/policies/operator-policy.ts';
import { readTemplates } from '../least-privilege/policies/template.ts';
import { dashboardPicture } from './dashboard-picture.ts';
import type { RecordedMetrics } from './dashboard-picture.ts';
import { formatted } from './formatted.ts';
import { limitsTable, readLimits } from './limits-table.ts';
import { withPart } from './marked-part.ts';
import { regionsPicture } from './regions-picture.ts';
import type { Resources } from './regions-picture.ts';
import { roleTable } from './role-table.ts';
import { workflowPicture } from './workflow-picture.ts';
import type { WorkflowDefinition } from './workflow.ts';

const fromRoot = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const text = (path: string): string => readFileSync(fromRoot(path), 'utf8');
const resources = (path: string): Resources =>
  (parse(text(path), { logLevel: 'silent' }) as { Resources: Resources }).Resources;
const workflow = (path: string): WorkflowDefinition => JSON.parse(text(path)) as WorkflowDefinition;

/** Every picture that is drawn from the sources: file name in docs/images to its SVG. */
export const drawPictures = (): ReadonlyMap<string, string> =>
  new Map([
    [
      'export-workflow.svg',
      workflowPicture('ExportWorkflow', workflow('source/state-machines/export-workflow.asl.json')),
    ],
    [
      'import-workflow.svg',
      workflowPicture('ImportWorkflow', workflow('source/state-machines/import-workflow.asl.json')),
    ],
    [
      'verify-workflow.svg',
      workflowPicture('VerifyWorkflow', workflow('source/state-machines/verify-workflow.asl.json')),
    ],
    ['drill-workflow.svg', workflowPicture('DrillWorkflow', workflow('source/state-machines/drill-workflow.asl.json'))],
    [
      'regions.svg',
      regionsPicture(
        resources('templates/cognito-user-profiles-export-reference-architecture.yaml'),
        resources('templates/stack-set-template.yaml'),
      ),
    ],
    [
      'dashboard.svg',
      dashboardPicture(
        readTemplates(fromRoot('.')).stackSet,
        JSON.parse(text('tools/docs/dashboard-metrics.json')) as RecordedMetrics,
      ),
    ],
  ]);

/** Documents of which a part is written from the sources: path to the whole text with that part as it must be. */
export async function drawDocuments(): Promise<ReadonlyMap<string, string>> {
  const { main, stackSet } = readTemplates(fromRoot('.'));
  const roles = roleTable([
    { title: 'Main stack', template: main },
    { title: 'Stack of each Region', template: stackSet },
  ]);
  const { cells } = JSON.parse(text('tools/bench/results.json')) as BenchResults;
  const documents = [
    [
      'docs/security.md',
      withPart(
        withPart(withPart(text('docs/security.md'), 'roles', roles), 'operator policies', operatorPolicyText(main)),
        'key policy',
        documentedKeyPolicy(),
      ),
    ],
    ['docs/limits.md', withPart(text('docs/limits.md'), 'limits', limitsTable(readLimits(text('test/limits.yaml'))))],
    ['README.md', withPart(text('README.md'), 'costs', readmeCosts(costsOf(cells)))],
  ] as const;
  return new Map(
    await Promise.all(documents.map(async ([path, written]) => [path, await formatted(path, written)] as const)),
  );
}

/** With names in capitals for what the reader fills in. */
function documentedKeyPolicy(): string {
  const policy = keyPolicy({
    partition: 'aws',
    account: 'ACCOUNT',
    primaryRegion: 'PRIMARY_REGION',
    secondaryRegion: 'BACKUP_REGION',
    stackName: 'STACK_NAME',
  });
  return `\`\`\`json\n${JSON.stringify(policy, undefined, 2)}\n\`\`\``;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [name, svg] of drawPictures()) {
    writeFileSync(fromRoot(`docs/images/${name}`), svg);
    console.log(`docs/images/${name}`);
  }
  for (const [path, document] of await drawDocuments()) {
    writeFileSync(fromRoot(path), document);
    console.log(path);
  }
}
