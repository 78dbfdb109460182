/** ParameterStore on Systems Manager. */
import { DeleteParameterCommand, GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { clientOptions } from '../../adapters/client-options.ts';
import type { AdapterOptions } from '../../adapters/client-options.ts';
import { valueUnless } from '../framework/aws.ts';
import type { ParameterStore } from './parameter.ts';

/**
 * Parameters of type String in the function's own Region. AWS errors other than those that ParameterStore answers for
 * are thrown.
 */
export function ssmParameters(options: AdapterOptions): ParameterStore {
  const client = new SSMClient(clientOptions(options));
  const put = (name: string, value: string, description: string, overwrite: boolean) =>
    client.send(
      new PutParameterCommand({
        Name: name,
        Value: value,
        Description: description,
        Type: 'String',
        Overwrite: overwrite,
      }),
    );
  return {
    get: async (name) =>
      (await valueUnless('ParameterNotFound', client.send(new GetParameterCommand({ Name: name }))))?.Parameter?.Value,
    put: async (name, value, description) => {
      await put(name, value, description, true);
    },
    putIfAbsent: async (name, value, description) =>
      (await valueUnless('ParameterAlreadyExists', put(name, value, description, false))) !== undefined,
    remove: async (name) => {
      await valueUnless('ParameterNotFound', client.send(new DeleteParameterCommand({ Name: name })));
    },
  };
}
