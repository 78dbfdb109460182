/**
 * `tsx tools/least-privilege/policies/check-unused.ts [file]`: lists every action that a role is granted and that no run on the local cloud
 * used, by what the local clouds wrote to the file of LOCAL_CLOUD_PERMISSIONS. Fails for one without a reason in
 * unused-reasons.yaml.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../../deployment/setup/project-root.ts';
import { grantsOf, rolesOf } from '../../../source/domain/operator/permissions/roles.ts';
import { readTemplates } from './template.ts';
import { judgeGrants, readReasons, readUsed } from './unused.ts';

const file = process.argv[2] ?? process.env['LOCAL_CLOUD_PERMISSIONS'];
if (file === undefined) {
  console.error(
    'usage: tsx tools/least-privilege/policies/check-unused.ts <file that LOCAL_CLOUD_PERMISSIONS named while the local cloud ran>',
  );
  process.exit(1);
}
const { main, stackSet } = readTemplates(projectRoot);
const grants = grantsOf([...rolesOf(main), ...rolesOf(stackSet)]);
const reasons = readReasons(readFileSync(join(import.meta.dirname, 'unused-reasons.yaml'), 'utf8'));
const { unexplained, explained, stale, used } = judgeGrants(grants, readUsed(readFileSync(file, 'utf8')), reasons);

for (const reason of new Set(explained.map((entry) => entry.reason))) {
  console.log(`\nNot used: ${reason}`);
  const its = explained.filter((entry) => entry.reason === reason).map(({ grant }) => grant);
  for (const role of new Set(its.map((grant) => grant.role)))
    console.log(
      `  ${role}: ${its
        .filter((grant) => grant.role === role)
        .map(({ action, sid }) => `${action} (${sid})`)
        .join(', ')}`,
    );
}
for (const { role, sid, action } of unexplained)
  console.log(
    `\n${role} is granted ${action} (${sid}), and no test used it: take it out of the template, test it, or give the reason in tools/least-privilege/policies/unused-reasons.yaml.`,
  );
for (const { roles, sids, actions } of stale)
  console.log(
    `\ntools/least-privilege/policies/unused-reasons.yaml explains what no role is granted any more: ${[roles, sids, actions].map((part) => [part].flat().join('|')).join(' ')}. Take it out.`,
  );
console.log(
  `\n${grants.length} grants: ${used} used, ${explained.length} not used with a reason, ${unexplained.length} not used without one.`,
);
process.exit(unexplained.length + stale.length === 0 ? 0 : 1);
