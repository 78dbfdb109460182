import { isThrottle } from '../../adapters/cognito/client.ts';
import type { PoolCalls, PoolOperation } from '../../adapters/operator/pool-calls.ts';
import { errorNameOf, httpStatusOf } from '../../adapters/service-errors.ts';
import type { ApiObject, Omission } from '../../domain/pool-settings/recreate/omissions.ts';
import { isRefusedCall } from '../explain.ts';

/** Cognito's words about a request that it will not take: an operator reads them, on a terminal of his own. */
export const wordsOfRefusal = (error: unknown): string =>
  `${errorNameOf(error)}: ${error instanceof Error ? error.message.replaceAll(/\s+/g, ' ').trim() : ''}`;

/** True where asking again would change nothing. */
export const isRefusal = (error: unknown): boolean => {
  if (isThrottle(error)) return false;
  const status = httpStatusOf(error) ?? 0;
  return isRefusedCall(error) || (status >= 400 && status < 500);
};

/** Makes the parts of a pool; one that is refused costs that part only. */
export class Attempts {
  readonly omissions: Omission[] = [];
  constructor(
    private readonly calls: PoolCalls,
    private readonly poolId: string,
  ) {}

  /** One call for one part; undefined where it was refused, which is then told as an omission of `setting`. */
  async make(setting: string, operation: PoolOperation, request: ApiObject): Promise<ApiObject | undefined> {
    try {
      return await this.calls(operation, { ...request, UserPoolId: this.poolId });
    } catch (error) {
      if (!isRefusal(error)) throw error;
      this.omissions.push({ setting, why: `${operation} was refused: ${wordsOfRefusal(error)}` });
      return undefined;
    }
  }
}
