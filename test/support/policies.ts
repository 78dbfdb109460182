import { list, resourcesOf, statementsOf } from './templates.ts';
import type { Statement, Template } from './templates.ts';

/** Ids of the roles of a template. */
export const roles = (template: Template): string[] => resourcesOf(template, 'AWS::IAM::Role').map(([id]) => id);

/** Every statement of every role of a template. */
export const granted = (template: Template): { role: string; statement: Statement }[] =>
  roles(template).flatMap((role) => statementsOf(template, role).map((statement) => ({ role, statement })));

/** What a role may do, over all of its statements. */
export const actionsOf = (template: Template, role: string): string[] =>
  statementsOf(template, role).flatMap(({ Action }) => list(Action));

/** The resources of a statement as text, references included. */
export const resourcesText = (statement: Statement): string => JSON.stringify(statement.Resource);
