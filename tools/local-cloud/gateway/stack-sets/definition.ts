import { AwsError } from '../aws-error.ts';
import { subtree, queryText, queryTexts, trees } from '../query-params.ts';
import type { QueryTree } from '../query-params.ts';
import { elements, elementTexts } from '../xml.ts';
import type { StackSetServices } from './deps.ts';
import type { Definition, StackParameter, Preferences } from './model.ts';
import type { Scope } from './store.ts';

const MAX_TEMPLATE_BYTES = 1_000_000;
const MAX_INLINE_BYTES = 51_200;

/**
 * The definition that a CreateStackSet or UpdateStackSet request asks for.
 *
 * @param previous the definition so far, for UsePreviousTemplate and UsePreviousValue
 * @throws AwsError ValidationError, InsufficientCapabilitiesException
 */
export async function readDefinition(
  request: QueryTree,
  scope: Scope,
  previous: Definition | undefined,
  deps: StackSetServices,
): Promise<Definition> {
  const templateBody = await readTemplate(request, scope, previous, deps);
  const template = await describeTemplate(templateBody, scope, deps);
  const capabilities = queryTexts(request, 'Capabilities') ?? [];
  checkCapabilities(template.capabilities, capabilities);
  return {
    templateBody,
    parameters: readParameters(trees(request, 'Parameters') ?? [], template.parameters, previous?.parameters ?? []),
    capabilities,
    tags: (trees(request, 'Tags') ?? previous?.tags.map((tag) => ({ ...tag })) ?? []).map((tag) => ({
      Key: queryText(tag, 'Key') ?? '',
      Value: queryText(tag, 'Value') ?? '',
    })),
    description: queryText(request, 'Description') ?? previous?.description,
    administrationRoleArn:
      queryText(request, 'AdministrationRoleARN') ??
      `arn:aws:iam::${scope.account}:role/AWSCloudFormationStackSetAdministrationRole`,
    executionRoleName:
      queryText(request, 'ExecutionRoleName') ??
      previous?.executionRoleName ??
      'AWSCloudFormationStackSetExecutionRole',
  };
}

async function readTemplate(
  request: QueryTree,
  scope: Scope,
  previous: Definition | undefined,
  deps: StackSetServices,
): Promise<string> {
  const body = queryText(request, 'TemplateBody');
  const url = queryText(request, 'TemplateURL');
  if (body !== undefined && url === undefined) {
    if (Buffer.byteLength(body) > MAX_INLINE_BYTES)
      throw new AwsError(
        'ValidationError',
        `1 validation error detected: Value at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to ${MAX_INLINE_BYTES}`,
      );
    return body;
  }
  if (url !== undefined && body === undefined) return fetchTemplate(url, scope, deps);
  if (previous !== undefined && body === undefined && queryText(request, 'UsePreviousTemplate') === 'true')
    return previous.templateBody;
  throw new AwsError(
    'ValidationError',
    'You must specify exactly one of the following: TemplateBody, TemplateURL' +
      (previous === undefined ? '.' : ', UsePreviousTemplate=true.'),
  );
}

async function fetchTemplate(url: string, scope: Scope, deps: StackSetServices): Promise<string> {
  const { protocol, hostname, pathname } = new URL(url);
  const virtualHost = /^(.+)\.s3(?:[.-][a-z0-9-]+)?\.amazonaws\.com(?:\.cn)?$/.exec(hostname);
  const pathStyle =
    /^s3(?:[.-][a-z0-9-]+)?\.amazonaws\.com(?:\.cn)?$/.test(hostname) ||
    hostname === '127.0.0.1' ||
    hostname === 'localhost';
  if ((protocol !== 'https:' && !pathStyle) || (virtualHost === null && !pathStyle))
    throw new AwsError('ValidationError', 'TemplateURL must be a supported URL.');
  const path = virtualHost === null ? pathname : `/${virtualHost[1] ?? ''}${pathname}`;
  const response = await deps.backend.raw(
    's3',
    scope.region,
    'GET',
    path,
    {},
    Buffer.alloc(0),
    deps.rootOf(scope.account),
  );
  if (response.status !== 200)
    throw new AwsError(
      'ValidationError',
      `S3 error: ${response.status === 404 ? 'The specified key or bucket does not exist' : 'Access Denied'}. For more information check http://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html`,
    );
  if (response.body.length > MAX_TEMPLATE_BYTES)
    throw new AwsError('ValidationError', `Template may not exceed ${MAX_TEMPLATE_BYTES} bytes in size.`);
  return response.body.toString('utf8');
}

interface TemplateSummary {
  readonly parameters: readonly string[];
  readonly capabilities: readonly string[];
}

async function describeTemplate(templateBody: string, scope: Scope, deps: StackSetServices): Promise<TemplateSummary> {
  const staged = await deps.backend.raw(
    'cloudformation',
    scope.region,
    'POST',
    '/_local/template',
    { 'content-type': 'application/json' },
    Buffer.from(JSON.stringify({ template: templateBody })),
  );
  const { url } = JSON.parse(staged.body.toString('utf8')) as { url: string };
  const answer = await deps.backend.query(
    'cloudformation',
    'ValidateTemplate',
    scope.region,
    { TemplateURL: url },
    deps.rootOf(scope.account),
  );
  return {
    parameters: elementTexts(answer, 'ParameterKey'),
    capabilities: elements(answer, 'Capabilities').flatMap((list) => elementTexts(list, 'member')),
  };
}

function checkCapabilities(needed: readonly string[], given: readonly string[]): void {
  const missing = needed.filter(
    (capability) =>
      !given.includes(capability) && !(capability === 'CAPABILITY_IAM' && given.includes('CAPABILITY_NAMED_IAM')),
  );
  if (missing.length > 0)
    throw new AwsError('InsufficientCapabilitiesException', `Requires capabilities : [${missing.join(', ')}]`);
}

/** Parameters of the request, UsePreviousValue resolved; one that is left out falls back to the template's default. */
function readParameters(
  given: readonly QueryTree[],
  known: readonly string[],
  previous: readonly StackParameter[],
): StackParameter[] {
  const unknown = given
    .map((parameter) => queryText(parameter, 'ParameterKey') ?? '')
    .filter((key) => !known.includes(key));
  if (unknown.length > 0)
    throw new AwsError('ValidationError', `Parameters: [${unknown.join(', ')}] do not exist in the template`);
  return given.flatMap((parameter) => {
    const ParameterKey = queryText(parameter, 'ParameterKey') ?? '';
    if (queryText(parameter, 'UsePreviousValue') !== 'true')
      return [{ ParameterKey, ParameterValue: queryText(parameter, 'ParameterValue') ?? '' }];
    const value = previous.find((old) => old.ParameterKey === ParameterKey)?.ParameterValue;
    // Without an earlier value the template's default goes on to count.
    return value === undefined ? [] : [{ ParameterKey, ParameterValue: value }];
  });
}

/** ParameterOverrides of an instances request; undefined when it has none (they then stay as they are). */
export function readOverrides(request: QueryTree): StackParameter[] | undefined {
  return trees(request, 'ParameterOverrides')
    ?.filter((parameter) => queryText(parameter, 'UsePreviousValue') !== 'true')
    .map((parameter) => ({
      ParameterKey: queryText(parameter, 'ParameterKey') ?? '',
      ParameterValue: queryText(parameter, 'ParameterValue') ?? '',
    }));
}

/** OperationPreferences; the defaults are no tolerance and one Region after the other. */
export function readPreferences(request: QueryTree, targetsPerRegion: number): Preferences {
  const preferences = subtree(request, 'OperationPreferences');
  const percentage = queryText(preferences, 'FailureTolerancePercentage');
  return {
    regionOrder: queryTexts(preferences, 'RegionOrder'),
    parallelRegions: queryText(preferences, 'RegionConcurrencyType') === 'PARALLEL',
    failureTolerance:
      percentage === undefined
        ? Number(queryText(preferences, 'FailureToleranceCount') ?? 0)
        : Math.floor((Number(percentage) / 100) * targetsPerRegion),
  };
}
