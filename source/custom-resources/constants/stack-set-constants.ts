/** StackSetConstants: gives the constants of the launch to an instance, in whichever Region it is. */
import * as v from 'valibot';
import { parseProperties, region, nonEmptyText } from '../framework/properties.ts';
import { done } from '../framework/types.ts';
import type { CustomResource, ResourceOutcome } from '../framework/types.ts';
import { readConstants } from './parameter.ts';
import type { ParameterStore } from './parameter.ts';

const schema = v.object({ ConstantsParameterName: nonEmptyText, PrimaryRegion: region });
type Properties = v.InferOutput<typeof schema>;

/** Attributes: InstanceId, SolutionUuid, BackupTableName, MainStackName. Holds nothing, so Delete asks for nothing. */
export function stackSetConstants(
  parametersOf: (region: string) => Pick<ParameterStore, 'get'>,
): CustomResource<Properties> {
  const read = async ({ ConstantsParameterName: name, PrimaryRegion }: Properties): Promise<ResourceOutcome> => {
    const value = await parametersOf(PrimaryRegion).get(name);
    if (value === undefined) {
      throw new Error(
        `The SSM parameter ${name} does not exist in ${PrimaryRegion}. SolutionConstants of the main stack makes it: launch that stack, not this template by itself.`,
      );
    }
    const constants = readConstants(name, value);
    return done({
      InstanceId: constants.instanceId,
      SolutionUuid: constants.uuid,
      BackupTableName: constants.backupTableName,
      MainStackName: constants.mainStackName,
    });
  };
  return {
    parse: (properties) => parseProperties(schema, properties),
    identify: ({ ConstantsParameterName }) => ConstantsParameterName,
    create: read,
    update: read,
    remove: () => Promise.resolve(done()),
  };
}
