/** What the permissions of a launch gain by an update: change sets show neither the roles of a StackSet nor what a policy grants. */
import { rolesOf } from './roles.ts';
import type { Statement, TrustStatement } from './roles.ts';
import { list, resourcesOf } from './template.ts';
import type { Resource, Template } from './template.ts';
import { conditionWords, namedOrRaw } from './words.ts';

/** Who gains what: the logical id of a role, or of the resource whose own policy it is. */
export interface Gain {
  readonly holder: string;
  readonly gained: readonly string[];
}

/** Types that hold a policy of their own beside the roles. */
const RESOURCE_POLICIES = ['AWS::S3::BucketPolicy', 'AWS::SQS::QueuePolicy', 'AWS::SNS::TopicPolicy'];
const FUNCTION_PERMISSION = 'AWS::Lambda::Permission';

/** What the templates of `next` allow and those of `deployed` do not, in the order of the templates. */
export function permissionGains(deployed: readonly Template[], next: readonly Template[]): readonly Gain[] {
  const before = new Map<string, ReadonlySet<string>>();
  for (const [holder, texts] of deployed.flatMap(permissionsOf))
    before.set(holder, new Set([...(before.get(holder) ?? []), ...texts]));
  return next.flatMap(permissionsOf).flatMap(([holder, texts]) => {
    const gained = [...new Set(texts)].filter((text) => !(before.get(holder)?.has(text) ?? false));
    const noLongerDenied = [...(before.get(holder) ?? [])]
      .filter((text) => text.startsWith(DENIED) && !texts.includes(text))
      .map((text) => `no longer: ${text}`);
    return gained.filter((text) => !text.startsWith(DENIED)).length + noLongerDenied.length === 0
      ? []
      : [{ holder, gained: [...gained.filter((text) => !text.startsWith(DENIED)), ...noLongerDenied] }];
  });
}

const DENIED = 'denied ';

/** Each holder of permissions with everything that it may, one text for each action, resource and condition. */
function permissionsOf(template: Template): (readonly [string, readonly string[]])[] {
  const roles = rolesOf(template).map(
    ({ id, statements, trust }) => [id, [...trust.flatMap(trusted), ...statements.flatMap(granted)]] as const,
  );
  const policies = RESOURCE_POLICIES.flatMap((type) => resourcesOf(template, type)).map(
    ([id, { Properties }]) => [id, statementsIn(Properties['PolicyDocument']).flatMap(granted)] as const,
  );
  const functions = resourcesOf(template, FUNCTION_PERMISSION).map(
    ([id, resource]) => [id, invoking(resource)] as const,
  );
  return [...roles, ...policies, ...functions];
}

type AnyStatement = Statement & Partial<Pick<TrustStatement, 'Principal'>>;
const statementsIn = (document: unknown): readonly AnyStatement[] =>
  (document as { readonly Statement: readonly AnyStatement[] }).Statement;

const plain = (text: string): string => text;
const condition = ({ Condition }: Pick<AnyStatement, 'Condition'>): string =>
  Condition === undefined ? '' : ` if ${conditionWords(Condition, plain, namedOrRaw)}`;
const principals = (principal: unknown): string =>
  typeof principal === 'string'
    ? principal
    : Object.values(principal as Readonly<Record<string, unknown>>)
        .flatMap(list)
        .map(namedOrRaw)
        .join(', ');

function granted(statement: AnyStatement): string[] {
  const { Effect, Action, Resource, Principal } = statement;
  const who = Principal === undefined ? '' : ` by ${principals(Principal)}`;
  return list(Action).flatMap((action) =>
    list(Resource).map(
      (resource) =>
        `${Effect === 'Deny' ? DENIED : ''}${action} on ${namedOrRaw(resource)}${who}${condition(statement)}`,
    ),
  );
}

const trusted = (statement: TrustStatement): string[] => [
  `taken by ${principals(statement.Principal)}${condition(statement)}`,
];

const invoking = ({ Properties }: Resource): string[] => [
  `${namedOrRaw(Properties['Action'])} by ${namedOrRaw(Properties['Principal'])}${
    Properties['SourceArn'] === undefined ? '' : ` for ${namedOrRaw(Properties['SourceArn'])}`
  }`,
];
