/** The roles of a template with what they allow and who may take them: shared by the checks, the role table and the least-privilege run. */
import { list, references, resourcesOf } from './template.ts';
import type { Template } from './template.ts';

export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Condition of the template under which the role has it. */
  readonly onlyIf?: string;
}
export interface TrustStatement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal: Readonly<Record<string, unknown>>;
  readonly Action: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}
export interface Role {
  /** Logical id, for instance `SyncUsersRole`. */
  readonly id: string;
  readonly template: Template;
  readonly description: string;
  /** Condition of the template under which it exists. */
  readonly condition?: string;
  readonly trust: readonly TrustStatement[];
  readonly statements: readonly Statement[];
  /** Logical ids of the Lambda functions that run with it. */
  readonly functions: readonly string[];
}
interface Document<S> {
  readonly Statement: readonly S[];
}
/** A statement as a template writes it: `!If [condition, statement, AWS::NoValue]` where a role has it only sometimes. */
type Written = Statement | { readonly 'Fn::If': readonly [string, Statement, unknown] };

/** All roles of a template, in its order. */
export const rolesOf = (template: Template): Role[] =>
  resourcesOf(template, 'AWS::IAM::Role').map(([id, { Properties, Condition }]) => ({
    id,
    template,
    description: (Properties['Description'] as string | undefined) ?? '',
    ...(Condition === undefined ? {} : { condition: Condition }),
    trust: (Properties['AssumeRolePolicyDocument'] as Document<TrustStatement>).Statement,
    statements: statementsOf(template, id),
    functions: resourcesOf(template, 'AWS::Lambda::Function')
      .filter(([, resource]) => references(resource.Properties['Role']).some(({ target }) => target === id))
      .map(([name]) => name),
  }));

/** Statements of the policies of a role: those inside it and those of AWS::IAM::Policy resources that name it. */
export function statementsOf(template: Template, roleId: string): Statement[] {
  const inline = (template.Resources[roleId]?.Properties['Policies'] ?? []) as {
    PolicyDocument: Document<Written>;
  }[];
  const attached = resourcesOf(template, 'AWS::IAM::Policy')
    .map(([, { Properties }]) => Properties as { Roles: unknown; PolicyDocument: Document<Written> })
    .filter(({ Roles }) => references(Roles).some(({ target }) => target === roleId));
  return [...inline, ...attached].flatMap(({ PolicyDocument }) => PolicyDocument.Statement.map(asStatement));
}

function asStatement(written: Written): Statement {
  if (!('Fn::If' in written)) return written;
  const [onlyIf, statement] = written['Fn::If'];
  return { ...statement, onlyIf };
}

/** One action that a statement grants to a role. */
export interface Grant {
  readonly role: string;
  readonly sid: string;
  readonly action: string;
}
export const grantsOf = (roles: readonly Role[]): Grant[] =>
  roles.flatMap(({ id, statements }) =>
    statements
      .filter(({ Effect }) => Effect === 'Allow')
      .flatMap(({ Sid = '', Action }) => list(Action).map((action) => ({ role: id, sid: Sid, action }))),
  );
