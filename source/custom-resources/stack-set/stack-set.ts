/** StackSetCustomResource: the StackSet and its instances in the primary and the backup Region. */
import * as v from 'valibot';
import { launchIdOf } from '../framework/identity.ts';
import type { ReadStackTags, StackTags } from '../framework/stack-tags.ts';
import { parseProperties, region, nonEmptyText, textMap } from '../framework/properties.ts';
import { done, handOver } from '../framework/types.ts';
import type { CustomResource } from '../framework/types.ts';
import { startFirstExport } from './first-export.ts';
import type { FirstExportDeps } from './first-export.ts';
import { removeFailedInstances, withLeftBuckets } from './failed-instances.ts';
import { handoverOf, operationsOf, runStackSetOperation, whileRolesAreUnknown } from './operations.ts';
import type { OperationDeps, Operations } from './operations.ts';
import { readOutputs } from './outputs.ts';
import { removeStackSet } from './removal.ts';
import type { StackSetDefinition } from './stack-sets.ts';

const schema = v.object({
  StackSetTemplateUrl: nonEmptyText,
  AdministrationRoleArn: nonEmptyText,
  ExecutionRoleName: nonEmptyText,
  PrimaryRegion: region,
  SecondaryRegion: region,
  AccountId: nonEmptyText,
  Parameters: textMap,
  Tags: v.optional(textMap, {}),
});
type Properties = v.InferOutput<typeof schema>;

const NAME_PREFIX = 'CognitoUserProfilesExport-';
const OWN_NAME = /^CognitoUserProfilesExport-[0-9a-f]{12}$/;

/** What the StackSet resource needs. */
export interface StackSetResourceDeps extends OperationDeps {
  readonly firstExport: FirstExportDeps;
  readonly stackTags: ReadStackTags;
}

/** Carries a part of the stack's id: another launch under the same stack name gets another StackSet. */
export const stackSetNameOf = (stackId: string): string => NAME_PREFIX + launchIdOf(stackId);

/**
 * Each operation looks at what there is and does what is missing, so that it can be repeated at any point. A create that
 * fails leaves the removal to the Delete of the rollback. Physical id: the StackSet's name.
 */
export function stackSet(deps: StackSetResourceDeps): CustomResource<Properties> {
  return {
    parse: (properties) => parseProperties(schema, properties),
    identify: (_properties, stackId) => stackSetNameOf(stackId),
    create: async (properties, work) => {
      const operations = operationsOf(deps, work.physicalId, work, rolesOf(properties));
      const tags = await deps.stackTags(work.stackId);
      const waitingFor = await orWithLeftBuckets(
        operations,
        async () =>
          (await ensureStackSet(operations, properties, tags)) ??
          (await clearFailed(operations)) ??
          (await ensureInstances(operations, properties)),
      );
      if (waitingFor !== undefined) return handOver(waitingFor, handoverOf(operations));
      const { attributes, exportWorkflowArn, messageBroker } = await readOutputs(
        deps.sets,
        work.physicalId,
        properties.PrimaryRegion,
        properties.SecondaryRegion,
      );
      await startFirstExport(deps.firstExport, {
        stateMachineArn: exportWorkflowArn,
        launchId: launchIdOf(work.stackId),
        messageBroker,
      });
      return done(attributes);
    },
    update: async (properties, work) => {
      const operations = operationsOf(deps, work.physicalId, work, rolesOf(properties));
      const tags = await deps.stackTags(work.stackId);
      const waitingFor =
        (await ensureStackSet(operations, properties, tags)) ??
        (await clearFailed(operations)) ??
        (await bringUpToDate(operations, properties, tags)) ??
        (await ensureInstances(operations, properties));
      if (waitingFor !== undefined) return handOver(waitingFor, handoverOf(operations));
      return done(
        (await readOutputs(deps.sets, work.physicalId, properties.PrimaryRegion, properties.SecondaryRegion))
          .attributes,
      );
    },
    // CloudFormation makes up an id when Create was never answered: a StackSet may exist all the same.
    remove: (work) =>
      removeStackSet(
        operationsOf(deps, OWN_NAME.test(work.physicalId) ? work.physicalId : stackSetNameOf(work.stackId), work),
      ),
    retained: () => 'The backup table, its replica and the buckets that the instances had made are retained.',
  };
}

const rolesOf = ({ AdministrationRoleArn, ExecutionRoleName }: Properties): readonly string[] => [
  AdministrationRoleArn.split('/').at(-1) ?? '',
  ExecutionRoleName,
];

async function orWithLeftBuckets<T>(operations: Operations, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw await withLeftBuckets(operations, error);
  }
}

/** The main stack in words; older templates gave no tags. */
const named = ({ Tags: { MainStack } }: Properties): string => (MainStack === undefined ? '' : ` ${MainStack}`);

const definitionOf = (properties: Properties, name: string, tags: StackTags): StackSetDefinition => ({
  name,
  description: `Cognito User Profiles Export: workflows of one Region. Managed by its main stack${named(properties)}: do not change it by hand.`,
  templateUrl: properties.StackSetTemplateUrl,
  parameters: properties.Parameters,
  // The template's own say whose everything is, also when the stack is gone: no tag of the stack takes their place.
  tags: { ...tags, ...properties.Tags },
  administrationRoleArn: properties.AdministrationRoleArn,
  executionRoleName: properties.ExecutionRoleName,
});

/** Each step gives undefined when it is complete, else what the next invocation has to wait for. */
async function ensureStackSet(
  operations: Operations,
  properties: Properties,
  tags: StackTags,
): Promise<string | undefined> {
  const { sets, name } = operations;
  if (await sets.exists(name)) return undefined;
  await whileRolesAreUnknown(operations, 'define', async () => {
    await sets.create(definitionOf(properties, name, tags));
    return 'succeeded';
  });
  return undefined;
}

/** Of an earlier request. An operation of this one that has begun already must be joined, not cleared. */
async function clearFailed(operations: Operations): Promise<string | undefined> {
  if ('create' in operations.tries || 'update' in operations.tries) return undefined;
  const ended = await removeFailedInstances(operations, 0);
  return ended === 'timeUp' ? `the removal of failed instances of StackSet ${operations.name}` : undefined;
}

async function bringUpToDate(
  operations: Operations,
  properties: Properties,
  tags: StackTags,
): Promise<string | undefined> {
  const { sets, name } = operations;
  const order = [properties.PrimaryRegion, properties.SecondaryRegion];
  const ended = await runStackSetOperation(operations, 'update', (id) =>
    sets.startUpdate(definitionOf(properties, name, tags), order, id),
  );
  return ended === 'timeUp' ? `the update of the instances of StackSet ${name}` : undefined;
}

async function ensureInstances(operations: Operations, properties: Properties): Promise<string | undefined> {
  const { sets, name } = operations;
  let missing = await missingRegions(operations, properties);
  if (missing.length === 0) return undefined;
  const ended = await runStackSetOperation(
    operations,
    'create',
    (id) => sets.startAdding(name, properties.AccountId, missing, id),
    async (attempt) => {
      const cleared = await removeFailedInstances(operations, attempt);
      missing = await missingRegions(operations, properties);
      return cleared;
    },
  );
  return ended === 'timeUp' ? `the instances of StackSet ${name} in ${missing.join(' and ')}` : undefined;
}

async function missingRegions({ sets, name }: Operations, properties: Properties): Promise<readonly string[]> {
  const complete = (await sets.instances(name))
    .filter(({ status, stackId }) => status === 'CURRENT' && stackId !== undefined)
    .map((instance) => instance.region);
  return [properties.PrimaryRegion, properties.SecondaryRegion].filter((wanted) => !complete.includes(wanted));
}
