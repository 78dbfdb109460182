import { Halt } from '../../errors.ts';

/** UserPoolIdType of the service model: Region, underscore, letters and digits; at most 55 characters. */
const POOL_ID = /^([a-z]{2,}(?:-[a-z]+)+-\d+)_([0-9A-Za-z]+)$/;
const MAX_LENGTH = 55;

/** Halts with InvalidNewUserPoolId unless `poolId` is the id of a pool of `region`, where the workflow runs. */
export function assertPoolId(poolId: string, region: string): void {
  const match = poolId.length <= MAX_LENGTH ? POOL_ID.exec(poolId) : null;
  if (match === null) {
    throw new Halt('InvalidNewUserPoolId', `NewUserPoolId "${printable(poolId)}" is not the id of a user pool. Give an id such as ${region}_AbCdEfGhI, as the Cognito console shows it.`);
  }
  if (match[1] !== region) {
    throw new Halt('InvalidNewUserPoolId', `NewUserPoolId ${poolId} belongs to the Region ${match[1]}, but this ImportWorkflow runs in ${region}. Start the ImportWorkflow of ${match[1]}, or create the new pool in ${region}.`);
  }
}

/** What was found, short and on one line; an address typed by mistake is nobody else's business. */
const printable = (text: string): string => (text.includes('@') ? '(an e-mail address)' : text.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 60));
