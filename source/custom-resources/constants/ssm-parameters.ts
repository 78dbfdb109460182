/** ParameterStore on Systems Manager. */
import {
  AddTagsToResourceCommand,
  DeleteParameterCommand,
  GetParameterCommand,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { clientOptions } from '../../adapters/client-options.ts';
import type { AdapterOptions } from '../../adapters/client-options.ts';
import { valueUnless } from '../framework/aws.ts';
import type { StackTags } from '../framework/stack-tags.ts';
import type { ParameterStore } from './parameter.ts';

/**
 * Parameters of type String in the function's own Region. AWS errors other than those that ParameterStore answers for
 * are thrown.
 */
export function ssmParameters(options: AdapterOptions): ParameterStore {
  const client = new SSMClient(clientOptions(options));
  const tagList = (tags: StackTags) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  // SSM takes tags only with a parameter that is new.
  const put = (name: string, value: string, description: string, overwrite: boolean, tags: StackTags = {}) =>
    client.send(
      new PutParameterCommand({
        Name: name,
        Value: value,
        Description: description,
        Type: 'String',
        Overwrite: overwrite,
        ...(Object.keys(tags).length === 0 ? {} : { Tags: tagList(tags) }),
      }),
    );
  return {
    get: async (name) =>
      (await valueUnless('ParameterNotFound', client.send(new GetParameterCommand({ Name: name }))))?.Parameter?.Value,
    put: async (name, value, description) => {
      await put(name, value, description, true);
    },
    putIfAbsent: async (name, value, description, tags) =>
      (await valueUnless('ParameterAlreadyExists', put(name, value, description, false, tags))) !== undefined,
    tag: async (name, tags) => {
      await client.send(
        new AddTagsToResourceCommand({ ResourceType: 'Parameter', ResourceId: name, Tags: tagList(tags) }),
      );
    },
    remove: async (name) => {
      await valueUnless('ParameterNotFound', client.send(new DeleteParameterCommand({ Name: name })));
    },
  };
}
