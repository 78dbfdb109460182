import type { CommandAction } from '../context.ts';
import { assertPoolForTps, typedPool } from '../given.ts';
import { chosenRegion, openSession } from '../session.ts';
import { machineIn, runExecution } from './run-execution.ts';

interface VerifyGiven {
  readonly pool?: string;
  readonly percent?: number;
  readonly tps?: number;
}

/** Starts a verification and follows it. */
export const runVerify: CommandAction = async (context, { options }) => {
  const given = options as VerifyGiven;
  assertPoolForTps(given);
  const { pool, percent, tps } = given;
  const compared = pool === undefined ? undefined : await typedPool(context, '--pool', pool);
  const { installation } = await openSession(context, options, {
    settled: true,
    ...(compared === undefined ? {} : { otherRegion: compared.region }),
  });
  const region = compared?.region ?? (await chosenRegion(context, options));
  machineIn(installation, 'VerifyWorkflow', region);
  const input = {
    ...(compared === undefined ? {} : { UserPoolId: compared.poolId }),
    ...(percent === undefined ? {} : { Percent: percent }),
    ...(tps === undefined ? {} : { CognitoTPS: tps }),
  };
  return runExecution(context, { installation, place: options }, { workflow: 'VerifyWorkflow', region, input });
};
