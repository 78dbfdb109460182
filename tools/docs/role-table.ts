import { rolesOf } from '../../source/domain/operator/permissions/roles.ts';
import type { Role, Statement, TrustStatement } from '../../source/domain/operator/permissions/roles.ts';
import { conditionWords, resourceWords } from '../../source/domain/operator/permissions/words.ts';
import { list } from '../../source/domain/operator/permissions/template.ts';
import type { Template } from '../../source/domain/operator/permissions/template.ts';

/** Every role of the templates with everything that it allows: one heading per role, one row per statement. Markdown. */
export function roleTable(templates: readonly { readonly title: string; readonly template: Template }[]): string {
  return templates
    .map(({ title, template }) => [`### ${title}`, ...rolesOf(template).map(roleSection)].join('\n\n'))
    .join('\n\n');
}

function roleSection(role: Role): string {
  const rows = role.statements.map(
    (statement) => `| ${nameOf(statement)} | ${actions(statement)} | ${resources(statement)} |`,
  );
  const where = role.condition === undefined ? '' : ` Only where \`${role.condition}\`.`;
  return [
    `**${role.id}**: ${role.description}. Taken by ${role.trust.map(trustedBy).join('; ')}.${where}`,
    ['| statement | may | on |', '|---|---|---|', ...rows].join('\n'),
  ].join('\n\n');
}

const nameOf = ({ Sid = '', onlyIf }: Statement): string =>
  onlyIf === undefined ? Sid : `${Sid}, where ${code(onlyIf)}`;

const code = (text: string): string => `\`${text}\``;

function actions({ Effect, Action }: Statement): string {
  const names = list(Action);
  const services = [...new Set(names.map((action) => action.split(':')[0] ?? ''))];
  const shown = services
    .map(
      (service) =>
        `${service}: ${names
          .filter((action) => action.startsWith(`${service}:`))
          .map((action) => code(action.slice(service.length + 1)))
          .join(' ')}`,
    )
    .join('<br>');
  return Effect === 'Deny' ? `**nobody may** ${shown}` : shown;
}

function resources({ Resource, Condition }: Statement): string {
  const on = list(Resource)
    .map((resource) => code(resourceWords(resource)))
    .join('<br>');
  return Condition === undefined ? on : `${on}<br>if ${conditionWords(Condition, code)}`;
}

function trustedBy({ Principal, Condition }: TrustStatement): string {
  const who = Object.values(Principal)
    .flatMap(list)
    .map((principal) => code(resourceWords(principal)))
    .join(', ');
  return Condition === undefined ? who : `${who} if ${conditionWords(Condition, code)}`;
}
