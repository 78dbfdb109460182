import { Halt } from '../../errors.ts';

/** UserPoolIdType of the service model: Region, underscore, letters and digits; at most 55 characters. */
const POOL_ID = /^([a-z]{2,}(?:-[a-z]+)+-\d+)_([0-9A-Za-z]+)$/;
const MAX_LENGTH = 55;

/** Whether this is the id of a pool of `region`. */
export const isPoolIdOf = (poolId: string, region: string): boolean => regionOfPool(poolId) === region;

/** Halts with InvalidNewUserPoolId unless `poolId` is the id of a pool of `region`, where the workflow runs. */
export function assertPoolId(poolId: string, region: string): void {
  if (isPoolIdOf(poolId, region)) return;
  throw new Halt(
    'InvalidNewUserPoolId',
    `NewUserPoolId must be the id of a user pool of ${region}, such as ${region}_AbCdEfGhI, but is ${aboutPoolId(poolId, region) ?? 'another text'}.`,
  );
}

/**
 * What is given in place of the id of a pool of `region`: repeated only where nobody's name could look like it, so a pool of
 * another Region, or a Region without a pool. Undefined where nothing more can be said than that it is a text.
 */
export function aboutPoolId(text: string, region: string): string | undefined {
  const other = regionOfPool(text);
  if (other !== undefined)
    return `${text}, a pool of ${other}: start the workflow of ${other}, or give a pool of ${region}, where this one runs`;
  if (/^[a-z]{2,}(-[a-z]+)+-\d+$/.test(text)) return `"${text}", a Region without a pool`;
  if (text.startsWith('arn:'))
    return 'an ARN, which is not the id of a user pool: the id is its last part, behind the slash';
  return undefined;
}

const regionOfPool = (text: string): string | undefined =>
  text.length <= MAX_LENGTH ? POOL_ID.exec(text)?.[1] : undefined;
