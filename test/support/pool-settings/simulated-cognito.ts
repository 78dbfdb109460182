import { join } from 'node:path';
import type { PoolCalls } from '../../../source/adapters/operator/pool-calls.ts';
import type { SettingsReader } from '../../../source/domain/ports.ts';
import { CheckerCompiler } from '../../../tools/local-cloud/gateway/validation/checker.ts';
import { readServiceModel } from '../../../tools/local-cloud/gateway/validation/model.ts';
import type { SimulatedUserPools } from '../../../tools/simulation/cognito/configuration/user-pools.ts';
import { CognitoException } from '../../../tools/simulation/cognito/exception.ts';
import { awsError } from '../cli/fake-clients.ts';
import { root } from '../templates.ts';

/**
 * The operations that make a pool, of the model of cognito-idp in botocore 1.43.106 (the local cloud's), with their
 * constraints and without their texts.
 */
const MODEL = readServiceModel(join(root, 'test', 'fixtures'), 'cognito-model');
const compiler = new CheckerCompiler(MODEL);

/** As it travels: bytes as base64. */
const asSent = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_, one: unknown) => {
      const { type, data } = (one ?? {}) as { readonly type?: unknown; readonly data?: unknown };
      return type === 'Buffer' && Array.isArray(data) ? Buffer.from(data as number[]).toString('base64') : one;
    }),
  );

/** Refuses what the service model or the rules of the simulation refuse, with errors as the SDK throws them. */
export function callSimulated(pools: SimulatedUserPools, operation: string, input: Readonly<Record<string, unknown>>) {
  const sent = asSent(input) as Readonly<Record<string, unknown>>;
  const shape = MODEL.operations[operation]?.input?.shape;
  const [problem] = shape === undefined ? [] : (compiler.checker(shape)(sent) ?? []);
  const refused = (name: string, message: string): Error =>
    awsError(name, message, { $metadata: { httpStatusCode: 400 } });
  if (problem !== undefined) throw refused('InvalidParameterException', `${problem.path}: ${problem.text}`);
  try {
    return pools.call(operation, sent);
  } catch (error) {
    if (error instanceof CognitoException) throw refused(error.code, error.message);
    throw error;
  }
}

export const simulatedCalls =
  (pools: SimulatedUserPools): PoolCalls =>
  async (operation, input) =>
    Promise.resolve(callSimulated(pools, operation, input));

export const simulatedReader = (pools: SimulatedUserPools): SettingsReader => ({
  ask: async (operation, input) => {
    try {
      const answer = callSimulated(pools, operation, input);
      return await Promise.resolve({ answer: JSON.parse(JSON.stringify(answer)) as Record<string, unknown> });
    } catch (error) {
      return { refused: (error as Error).name };
    }
  },
});
