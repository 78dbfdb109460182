import type { PoolIdentity } from '../model.ts';
import { textDigest } from './hashing.ts';

/** Key of the tag that every pool of a drill has from its creation on; its value is the instance id of the launch that made it. */
export const THROW_AWAY_TAG = 'CognitoUserProfilesExportDrill';

const NAME_PREFIX = 'CognitoUserProfilesExport-drill-';

/** Names of the pools that the drills of a launch make begin so. */
export const throwAwayPrefix = (instanceId: string): string => `${NAME_PREFIX}${instanceId}-`;

/** Name of the pool that one execution makes: the next one finds it by this when the answer to its creation was lost. */
export const throwAwayName = (instanceId: string, executionArn: string): string =>
  `${throwAwayPrefix(instanceId)}${textDigest(executionArn).toString('hex').slice(0, 16)}`;

/** Whether a pool of this name was made to be thrown away, by whichever launch. */
export const isThrowAwayName = (name: string): boolean => name.startsWith(NAME_PREFIX);

/** Whether a drill of the launch made this pool; `executionArn`: and just this execution. */
export const isThrowAwayOf = (
  { name, tags }: Pick<PoolIdentity, 'name' | 'tags'>,
  instanceId: string,
  executionArn?: string,
): boolean =>
  tags[THROW_AWAY_TAG] === instanceId &&
  (executionArn === undefined
    ? name.startsWith(throwAwayPrefix(instanceId))
    : name === throwAwayName(instanceId, executionArn));
