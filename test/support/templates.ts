import { join } from 'node:path';
import { readTemplates } from '../../tools/least-privilege/policies/template.ts';
import type { Resource } from '../../source/domain/operator/permissions/template.ts';

export {
  list,
  nodes,
  references,
  resourcesOf,
  type TemplateParameter as Parameter,
  type Resource,
  type Template,
} from '../../source/domain/operator/permissions/template.ts';
export { statementsOf, type Statement } from '../../source/domain/operator/permissions/roles.ts';

export const root = join(import.meta.dirname, '..', '..');

const { main, stackSet } = readTemplates(root);
export const mainTemplate = main;
export const stackSetTemplate = stackSet;
export const templates = [mainTemplate, stackSetTemplate];

/** What becomes of a resource when it leaves the stack, by its deletion and by its replacement. */
export const retained = (resource: Resource | undefined): (string | undefined)[] => [
  resource?.DeletionPolicy,
  resource?.UpdateReplacePolicy,
];
