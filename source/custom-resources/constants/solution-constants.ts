/** SolutionConstants: makes the ids of a launch and keeps them where the instances of both Regions can read them. */
import * as v from 'valibot';
import { launchIdOf } from '../framework/identity.ts';
import type { ReadStackTags } from '../framework/stack-tags.ts';
import { parseProperties, region, nonEmptyText } from '../framework/properties.ts';
import { done } from '../framework/types.ts';
import type { CustomResource, ResourceOutcome } from '../framework/types.ts';
import { tableStays } from '../replica/retained.ts';
import { constantsParameterName, readConstants } from './parameter.ts';
import type { Constants, ParameterStore } from './parameter.ts';

const schema = v.object({
  BackupTableName: nonEmptyText,
  MainStackName: nonEmptyText,
  PrimaryRegion: region,
  SecondaryRegion: region,
  PrimaryUserPoolId: nonEmptyText,
});
type Properties = v.InferOutput<typeof schema>;

const DESCRIPTION = 'Constants of a launch of Cognito User Profiles Export; made and removed by its main stack.';
const OWN_NAME = /^\/cognito-user-profiles-export\/[0-9a-f]{12}\/constants$/;

/** What the resource SolutionConstants needs. */
export interface SolutionConstantsDeps {
  readonly parameters: ParameterStore;
  readonly newUuid: () => string;
  readonly stackTags: ReadStackTags;
}

/**
 * The instance id follows from the stack's id, so that it is known again after a lost answer and differs in every
 * launch. The uuid is random; the first one written to the parameter holds, whoever delivers the request again.
 * Physical id: the parameter's name. Attributes: InstanceId, SolutionUuid, ConstantsParameterName.
 */
export function solutionConstants({
  parameters,
  newUuid,
  stackTags,
}: SolutionConstantsDeps): CustomResource<Properties> {
  const write = async (properties: Properties, stackId: string): Promise<ResourceOutcome> => {
    const instanceId = launchIdOf(stackId);
    const name = constantsParameterName(instanceId);
    const wanted = (uuid: string): Constants => ({
      instanceId,
      uuid,
      backupTableName: properties.BackupTableName,
      mainStackName: properties.MainStackName,
      primaryRegion: properties.PrimaryRegion,
      secondaryRegion: properties.SecondaryRegion,
      primaryUserPoolId: properties.PrimaryUserPoolId,
    });
    const fresh = wanted(newUuid());
    const tags = await stackTags(stackId);
    if (await parameters.putIfAbsent(name, JSON.stringify(fresh), DESCRIPTION, tags)) return attributes(fresh, name);
    const stored = await parameters.get(name);
    const constants = stored === undefined ? fresh : wanted(readUuid(name, stored) ?? fresh.uuid);
    if (stored !== JSON.stringify(constants)) await parameters.put(name, JSON.stringify(constants), DESCRIPTION);
    if (Object.keys(tags).length > 0) await parameters.tag(name, tags);
    return attributes(constants, name);
  };
  return {
    parse: (properties) => parseProperties(schema, properties),
    identify: (_properties, stackId) => constantsParameterName(launchIdOf(stackId)),
    create: (properties, { stackId }) => write(properties, stackId),
    update: (properties, { stackId }) => write(properties, stackId),
    // CloudFormation makes up an id when Create was never answered: the parameter may exist all the same.
    remove: async ({ physicalId, stackId }) => {
      await parameters.remove(OWN_NAME.test(physicalId) ? physicalId : constantsParameterName(launchIdOf(stackId)));
      return done();
    },
    retained: ({ BackupTableName, SecondaryRegion }) => tableStays(BackupTableName, SecondaryRegion),
  };
}

const attributes = ({ instanceId, uuid }: Constants, name: string): ResourceOutcome =>
  done({ InstanceId: instanceId, SolutionUuid: uuid, ConstantsParameterName: name });

/** A value that someone has damaged is written again, with a new uuid. */
function readUuid(name: string, stored: string): string | undefined {
  try {
    return readConstants(name, stored).uuid;
  } catch {
    return undefined;
  }
}
