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

/** A part of a template as CloudFormation has it where that condition holds or does not; other conditions stay as they are. */
export function where<T>(condition: string, holds: boolean, value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  const branches = (value as { 'Fn::If'?: readonly [string, unknown, unknown] })['Fn::If'];
  if (branches?.[0] === condition) return where(condition, holds, branches[holds ? 1 : 2]) as T;
  if (branches !== undefined)
    return { 'Fn::If': branches.map((branch) => where(condition, holds, branch)) } as unknown as T;
  const kept = (child: unknown): boolean => JSON.stringify(child) !== '{"Ref":"AWS::NoValue"}';
  if (Array.isArray(value))
    return value.map((child: unknown) => where(condition, holds, child)).filter(kept) as unknown as T;
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, child]: [string, unknown]) => [name, where(condition, holds, child)] as const)
      .filter(([, child]) => kept(child)),
  ) as T;
}

/** What becomes of a resource when it leaves the stack, by its deletion and by its replacement. */
export const retained = (resource: Resource | undefined): (string | undefined)[] => [
  resource?.DeletionPolicy,
  resource?.UpdateReplacePolicy,
];
