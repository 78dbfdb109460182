/** StackSetConstants: gives the constants of the launch to an instance, in whichever Region it is. */
import * as v from 'valibot';
import { parseProperties, region, nonEmptyText } from '../framework/properties.ts';
import { done } from '../framework/types.ts';
import type { CustomResource, ResourceOutcome } from '../framework/types.ts';
import { readConstants } from './parameter.ts';
import type { Constants, ParameterStore } from './parameter.ts';
import type { Measure } from '../../domain/watch/metrics.ts';

const schema = v.object({ ConstantsParameterName: nonEmptyText, PrimaryRegion: region });
type Properties = v.InferOutput<typeof schema>;

/**
 * Attributes: InstanceId, SolutionUuid, BackupTableName, MainStackName. Holds nothing, so Delete asks for nothing. Create
 * also emits the age of a backup that is due from now on: without data the alarm would go off before the first look.
 */
export function stackSetConstants(
  parametersOf: (region: string) => Pick<ParameterStore, 'get'>,
  metricsOf: (mainStackName: string) => Measure,
): CustomResource<Properties> {
  const read = async ({ ConstantsParameterName: name, PrimaryRegion }: Properties): Promise<Constants> => {
    const value = await parametersOf(PrimaryRegion).get(name);
    if (value === undefined) {
      throw new Error(
        `The SSM parameter ${name} does not exist in ${PrimaryRegion}. SolutionConstants of the main stack makes it: launch that stack, not this template by itself.`,
      );
    }
    return readConstants(name, value);
  };
  return {
    parse: (properties) => parseProperties(schema, properties),
    identify: ({ ConstantsParameterName }) => ConstantsParameterName,
    create: async (properties) => {
      const constants = await read(properties);
      metricsOf(constants.mainStackName)({ BackupAgeRatio: 0 });
      return attributes(constants);
    },
    update: async (properties) => attributes(await read(properties)),
    remove: () => Promise.resolve(done()),
  };
}

const attributes = ({ instanceId, uuid, backupTableName, mainStackName }: Constants): ResourceOutcome =>
  done({
    InstanceId: instanceId,
    SolutionUuid: uuid,
    BackupTableName: backupTableName,
    MainStackName: mainStackName,
  });
