import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { parse } from 'csv-parse/sync';
import { cognitoIn, stepFunctionsIn } from '../../deploy/clients.ts';
import { execute, failureOf } from '../../deploy/executions.ts';
import type { FinishedExecution } from '../../deploy/executions.ts';
import { SECONDARY } from '../../deploy/regions.ts';
import type { LaunchedSolution } from '../../deploy/solution.ts';
import { comparePools, differingKinds } from '../compare/compare-pools.ts';
import { readPool } from '../compare/read-pool.ts';
import { DemoFailure } from '../context.ts';
import type { Demo } from '../context.ts';
import { emptyMfaPool } from '../mfa/pool-mfa.ts';
import { mfaProblems } from '../mfa/sign-ins.ts';
import type { MfaRow } from '../mfa/sign-ins.ts';
import type { Restored } from './restore.ts';

const MUST_ENROL = 'must enrol an authenticator app';
const MFA_IS_OFF = 'MFA is off for everybody until they enrol again';

/**
 * What the restore said about second factors, held against the pools; that a pool in which somebody could never sign in is
 * refused, and taken where that is accepted; that a pool with MFA optional is filled, and told what it means.
 */
export async function proveMfa(demo: Demo, launched: LaunchedSolution, restored: Restored): Promise<void> {
  const { narrator } = demo;
  narrator.step('Second factors: who must enrol, who could never sign in');
  const { old, newPoolId } = restored;
  const problems = mfaProblems(old, await mfaRows(demo, launched, newPoolId), MUST_ENROL);
  narrator.say(
    `mfa.csv of ${newPoolId} names exactly who has no phone number: ${problems.length === 0 ? 'yes' : 'NO'}`,
  );
  const found = [
    ...problems,
    ...(await refused(demo, launched, restored)),
    ...(await optional(demo, launched, restored)),
  ];
  if (found.length > 0) throw new DemoFailure(found.join('\n'));
  narrator.done();
}

/** A pool with codes by SMS only. */
async function refused(demo: Demo, launched: LaunchedSolution, { old }: Restored): Promise<readonly string[]> {
  const poolId = await emptyMfaPool(demo, 'customers-sms-only', { required: true, sms: true, app: false });
  const ended = await restoreInto(demo, launched, { NewUserPoolId: poolId });
  demo.narrator.say(`Into a pool that requires MFA by SMS: ${ended.status} ${ended.error}\n${ended.cause}`);
  const dry = await restoreInto(demo, launched, { NewUserPoolId: poolId, DryRun: true, AcceptMfaLockout: true });
  demo.narrator.say(`The same, as a dry run that accepts it: ${dry.status} ${JSON.stringify(dry.output ?? dry.cause)}`);
  return [
    ...(ended.error === 'PreflightFailed' && ended.cause?.includes('AcceptMfaLockout') === true
      ? []
      : ['a pool in which users could never sign in was not refused for it']),
    ...failureOf('The dry run with AcceptMfaLockout', dry),
    ...mfaProblems(old, await mfaRows(demo, launched, poolId), 'cannot sign in'),
  ];
}

async function optional(demo: Demo, launched: LaunchedSolution, { old }: Restored): Promise<readonly string[]> {
  const { cloud, narrator } = demo;
  const poolId = await emptyMfaPool(demo, 'customers-optional', { required: false, sms: true, app: true });
  const before = (await cloud.snsMessages()).length;
  const ended = await restoreInto(demo, launched, { NewUserPoolId: poolId });
  const told = (await cloud.snsMessages()).slice(before);
  narrator.say(`Into a pool with MFA optional: ${ended.status}; ${told.map(({ subject }) => subject).join('; ')}`);
  const compared = comparePools(old, await readPool(cognitoIn(cloud, SECONDARY), poolId));
  return [
    ...failureOf('The restore into a pool with MFA optional', ended),
    ...differingKinds(compared),
    ...(told.some(({ message }) => message.replaceAll(/\s+/g, ' ').includes(MFA_IS_OFF))
      ? []
      : [`no message says that ${MFA_IS_OFF}`]),
  ];
}

const restoreInto = (
  { cloud }: Demo,
  { importWorkflow }: LaunchedSolution,
  input: object,
): Promise<FinishedExecution> => execute(stepFunctionsIn(cloud, SECONDARY), importWorkflow[SECONDARY], input);

/** The last mfa.csv about a pool, read with a CSV parser of its own; none where there is no such file. */
async function mfaRows({ cloud }: Demo, { bucket }: LaunchedSolution, poolId: string): Promise<readonly MfaRow[]> {
  const s3 = new S3Client(cloud.clientConfig(SECONDARY));
  const Bucket = bucket[SECONDARY];
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: `restores/${poolId}/` }));
  const keys = Contents.map(({ Key = '' }) => Key).filter((key) => key.endsWith('/report/mfa.csv'));
  // A restore's id begins with the time of its start.
  const Key = keys.sort().at(-1);
  if (Key === undefined) return [];
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  return parse<Record<string, string>>((await Body?.transformToString()) ?? '', { columns: true });
}
