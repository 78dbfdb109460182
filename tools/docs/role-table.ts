import { rolesOf } from '../../source/domain/operator/permissions/roles.ts';
import type { Role, Statement, TrustStatement } from '../../source/domain/operator/permissions/roles.ts';
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
  const on = listed(Resource)
    .map((resource) => code(named(resource)))
    .join('<br>');
  return Condition === undefined ? on : `${on}<br>if ${conditions(Condition)}`;
}

function trustedBy({ Principal, Condition }: TrustStatement): string {
  const who = Object.values(Principal)
    .flatMap(listed)
    .map((principal) => code(named(principal)))
    .join(', ');
  return Condition === undefined ? who : `${who} if ${conditions(Condition)}`;
}

const conditions = (condition: NonNullable<Statement['Condition']>): string =>
  Object.entries(condition)
    .flatMap(([operator, keys]) =>
      Object.entries(keys).map(
        ([key, value]) =>
          `${operator} ${code(key)} ${listed(value)
            .map((one) => code(named(one)))
            .join(' or ')}`,
      ),
    )
    .join(' and ');

const listed = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

/** A resource, principal or value in a form that a reader takes in: references as `<name>`, without the part that all ARNs share. */
function named(value: unknown): string {
  if (typeof value === 'string') return value;
  const {
    Ref,
    'Fn::GetAtt': getAtt,
    'Fn::Sub': sub,
    'Fn::If': either,
  } = value as {
    Ref?: string;
    'Fn::GetAtt'?: readonly string[];
    'Fn::Sub'?: string | readonly [string, unknown];
    'Fn::If'?: readonly [string, unknown, unknown];
  };
  if (Ref !== undefined) return `<${Ref.replace('AWS::', '')}>`;
  if (getAtt !== undefined) return `<${getAtt[0]}${getAtt[1] === 'Arn' ? '' : `.${getAtt.slice(1).join('.')}`}>`;
  if (either !== undefined)
    return (
      [either[1], either[2]]
        .map(named)
        .filter((one) => one !== '<NoValue>')
        .join(' or ') + ` (${either[0]})`
    );
  const text = typeof sub === 'string' ? sub : sub?.[0];
  if (text === undefined)
    throw new Error(`A policy holds ${JSON.stringify(value)}, which the table of roles cannot show.`);
  return text
    .replaceAll(/^arn:\$\{AWS::Partition\}:/g, '')
    .replaceAll(/\$\{(?:AWS::)?([^}]+)\}/g, (_, name: string) => `<${name.replace(/\.Arn$/, '')}>`)
    .replaceAll('bucket-name-placeholder', '<asset bucket>')
    .replaceAll('%%SOLUTION_NAME%%', '<solution name>');
}
