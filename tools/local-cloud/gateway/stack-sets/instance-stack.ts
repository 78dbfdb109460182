import { AwsError } from '../aws-error.ts';
import type { AwsCredentials } from '../types.ts';
import { elements, elementText } from '../xml.ts';
import { POLL_MS } from './deps.ts';
import type { StackSetServices } from './deps.ts';
import type { Definition, StackParameter, StackInstance, StackSet } from './model.ts';

/** A stack of an instance did not end well; the message is the result's StatusReason. */
export class StackFailed extends Error {
  override readonly name = 'StackFailed';
}

/** Where an instance's stack lives and who works on it. */
interface Place {
  readonly region: string;
  readonly credentials: AwsCredentials;
  readonly deps: StackSetServices;
}

/** Status of a stack that CloudFormation can neither update nor create again. */
const ONLY_TO_BE_DELETED = new Set(['CREATE_FAILED', 'ROLLBACK_COMPLETE', 'ROLLBACK_FAILED', 'DELETE_FAILED']);

/**
 * Brings the instance's stack to the definition: creates or updates it and waits for the end. A stack that never came
 * into being (ROLLBACK_COMPLETE after a failed create) is refused: who wants it again must delete the instance first.
 *
 * @throws StackFailed with the reason of the first resource that failed
 */
export async function deployStack(
  set: StackSet,
  instance: StackInstance,
  definition: Definition,
  credentials: AwsCredentials,
  deps: StackSetServices,
): Promise<void> {
  const place = { region: instance.region, credentials, deps };
  const status = instance.stackId === undefined ? undefined : await stackStatus(instance.stackId, place);
  if (status !== undefined && ONLY_TO_BE_DELETED.has(status))
    throw new StackFailed(`Stack:${instance.stackId ?? ''} is in ${status} state and can not be updated.`);
  const inputs = await stackInputs(definition, instance.overrides, deps);
  if (instance.stackId === undefined || status === undefined || status === 'DELETE_COMPLETE') {
    const stackName = `StackSet-${set.name}-${deps.newId()}`;
    const answer = await call('CreateStack', { StackName: stackName, ...inputs }, place);
    instance.stackId = elementText(answer, 'StackId') ?? stackName;
    await expectStatus(instance.stackId, 'CREATE_COMPLETE', place);
    return;
  }
  try {
    await call('UpdateStack', { StackName: instance.stackId, ...inputs }, place);
  } catch (error) {
    if (error instanceof StackFailed && error.message.includes('No updates are to be performed')) return;
    throw error;
  }
  await expectStatus(instance.stackId, 'UPDATE_COMPLETE', place);
}

/** Deletes the instance's stack and waits. @throws StackFailed */
export async function deleteInstanceStack(
  instance: StackInstance,
  credentials: AwsCredentials,
  deps: StackSetServices,
): Promise<void> {
  if (instance.stackId === undefined) return;
  const place = { region: instance.region, credentials, deps };
  await call('DeleteStack', { StackName: instance.stackId }, place);
  await expectStatus(instance.stackId, 'DELETE_COMPLETE', place);
}

/** Inline templates end at 51,200 bytes, StackSets' own at 1 MB; so the stack gets its template by a URL. */
async function stackInputs(
  definition: Definition,
  overrides: readonly StackParameter[],
  deps: StackSetServices,
): Promise<Record<string, string>> {
  const answer = await deps.backend.raw(
    'cloudformation',
    'us-east-1',
    'POST',
    '/_local/template',
    { 'content-type': 'application/json' },
    Buffer.from(JSON.stringify({ template: definition.templateBody })),
  );
  const { url } = JSON.parse(answer.body.toString('utf8')) as { url: string };
  const values = new Map(
    [...definition.parameters, ...overrides].map((parameter) => [parameter.ParameterKey, parameter.ParameterValue]),
  );
  const flat: Record<string, string> = { TemplateURL: url };
  [...values].forEach(([key, value], index) => {
    flat[`Parameters.member.${index + 1}.ParameterKey`] = key;
    flat[`Parameters.member.${index + 1}.ParameterValue`] = value;
  });
  definition.capabilities.forEach((capability, index) => {
    flat[`Capabilities.member.${index + 1}`] = capability;
  });
  definition.tags.forEach((tag, index) => {
    flat[`Tags.member.${index + 1}.Key`] = tag.Key;
    flat[`Tags.member.${index + 1}.Value`] = tag.Value;
  });
  return flat;
}

async function call(
  action: string,
  params: Record<string, string>,
  { region, credentials, deps }: Place,
): Promise<string> {
  try {
    return await deps.backend.query('cloudformation', action, region, params, credentials);
  } catch (error) {
    if (error instanceof AwsError) throw new StackFailed(error.message);
    throw error;
  }
}

async function stackStatus(stackId: string, { region, credentials, deps }: Place): Promise<string | undefined> {
  try {
    return elementText(
      await deps.backend.query('cloudformation', 'DescribeStacks', region, { StackName: stackId }, credentials),
      'StackStatus',
    );
  } catch (error) {
    if (error instanceof AwsError && error.message.includes('does not exist')) return undefined;
    if (error instanceof AwsError) throw new StackFailed(error.message);
    throw error;
  }
}

async function settled(stackId: string, place: Place): Promise<string> {
  for (;;) {
    const status = (await stackStatus(stackId, place)) ?? 'DELETE_COMPLETE';
    if (!status.endsWith('_IN_PROGRESS')) return status;
    await place.deps.sleep(POLL_MS);
  }
}

async function expectStatus(stackId: string, wanted: string, place: Place): Promise<void> {
  const status = await settled(stackId, place);
  if (status !== wanted) throw new StackFailed(await failureReason(stackId, status, place));
}

/** The first failed resource of the stack's last operation, in the form that StackSets reports. */
async function failureReason(stackId: string, status: string, { region, credentials, deps }: Place): Promise<string> {
  const events = await deps.backend.query(
    'cloudformation',
    'DescribeStackEvents',
    region,
    { StackName: stackId },
    credentials,
  );
  // Newest first: the last operation begins at the newest event of the stack itself that started something by the user.
  const members = elements(events, 'member');
  const begin = members.findIndex(
    (event) =>
      elementText(event, 'ResourceType') === 'AWS::CloudFormation::Stack' &&
      /^(CREATE|UPDATE|DELETE)_IN_PROGRESS$/.test(elementText(event, 'ResourceStatus') ?? ''),
  );
  const failed = (begin < 0 ? members : members.slice(0, begin))
    .filter((event) => (elementText(event, 'ResourceStatus') ?? '').endsWith('_FAILED'))
    .filter((event) => elementText(event, 'ResourceType') !== 'AWS::CloudFormation::Stack')
    .at(-1);
  if (failed === undefined) return `Stack ended in ${status}.`;
  return `ResourceLogicalId:${elementText(failed, 'LogicalResourceId') ?? ''}, ResourceType:${elementText(failed, 'ResourceType') ?? ''}, ResourceStatusReason:${elementText(failed, 'ResourceStatusReason') ?? status}.`;
}
