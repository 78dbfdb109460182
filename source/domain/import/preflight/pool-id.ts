import { Halt } from '../../errors.ts';

/** UserPoolIdType of the service model: Region, underscore, letters and digits; at most 55 characters. */
const POOL_ID = /^([a-z]{2,}(?:-[a-z]+)+-\d+)_([0-9A-Za-z]+)$/;
const MAX_LENGTH = 55;

/** Halts with InvalidNewUserPoolId unless `poolId` is the id of a pool of `region`, where the workflow runs. */
export function assertPoolId(poolId: string, region: string): void {
  const match = poolId.length <= MAX_LENGTH ? POOL_ID.exec(poolId) : null;
  if (match === null) {
    throw new Halt(
      'InvalidNewUserPoolId',
      `NewUserPoolId ${shown(poolId)}is not the id of a user pool. Give an id such as ${region}_AbCdEfGhI, as the Cognito console shows it.`,
    );
  }
  if (match[1] !== region) {
    throw new Halt(
      'InvalidNewUserPoolId',
      `NewUserPoolId ${poolId} belongs to the Region ${match[1]}, but this ImportWorkflow runs in ${region}. Start the ImportWorkflow of ${match[1]}, or create the new pool in ${region}.`,
    );
  }
}

/** What was given is repeated only where a name of nobody could look like it: a Region without a pool. */
const shown = (text: string): string => (/^[a-z]{2,}(-[a-z]+)+-\d+$/.test(text) ? `"${text}" ` : '');
