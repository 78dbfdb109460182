import { isMap, isSeq, parseDocument } from 'yaml';
import type { YAMLMap, YAMLSeq } from 'yaml';
import { list, references, resourcesOf } from '../../../source/domain/operator/permissions/template.ts';
import type { Template } from '../../../source/domain/operator/permissions/template.ts';

/**
 * The template's text without one statement of a role, comments and tags kept; a policy that is then empty goes with it.
 * @throws Error when the role has no statement of that Sid
 */
export function withoutStatement(template: Template, roleId: string, sid: string): string {
  // The short tags are unknown to the YAML parser, which keeps them as they are.
  const document = parseDocument(template.text, { logLevel: 'silent' });
  const attached = resourcesOf(template, 'AWS::IAM::Policy')
    .filter(([, { Properties }]) => references(Properties['Roles']).some(({ target }) => target === roleId))
    .map(([id]) => id);
  for (const id of attached) {
    const properties = document.getIn(['Resources', id, 'Properties']);
    if (isMap(properties) && removeFrom(properties, sid)) {
      if (isEmpty(properties)) removeResource(document.get('Resources') as YAMLMap, id);
      return document.toString({ lineWidth: 0 });
    }
  }
  const policies = document.getIn(['Resources', roleId, 'Properties', 'Policies']);
  for (const policy of isSeq(policies) ? policies.items.filter(isMap) : []) {
    if (!removeFrom(policy, sid)) continue;
    if (isEmpty(policy)) (policies as YAMLSeq).items.splice((policies as YAMLSeq).items.indexOf(policy), 1);
    return document.toString({ lineWidth: 0 });
  }
  throw new Error(`The role ${roleId} of ${template.name} has no statement ${sid}.`);
}

const statementsIn = (policy: YAMLMap): YAMLSeq => policy.getIn(['PolicyDocument', 'Statement']) as YAMLSeq;
const isEmpty = (policy: YAMLMap): boolean => statementsIn(policy).items.length === 0;

function removeFrom(policy: YAMLMap, sid: string): boolean {
  const { items } = statementsIn(policy);
  const index = items.findIndex((statement) => hasSid(statement, sid));
  if (index >= 0) items.splice(index, 1);
  return index >= 0;
}

/** A statement, or `!If [condition, statement, AWS::NoValue]`. */
const hasSid = (written: unknown, sid: string): boolean =>
  isSeq(written) ? hasSid(written.items[1], sid) : isMap(written) && written.get('Sid') === sid;

/** A resource, and its name in every DependsOn. */
function removeResource(resources: YAMLMap, id: string): void {
  resources.delete(id);
  for (const { value } of resources.items) {
    const dependsOn = isMap(value) ? value.get('DependsOn') : undefined;
    if (dependsOn === id) (value as YAMLMap).delete('DependsOn');
    if (isSeq(dependsOn)) dependsOn.items = dependsOn.items.filter((item) => !list(String(item)).includes(id));
  }
}
