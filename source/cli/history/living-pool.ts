import { poolReaderOf } from '../../adapters/cognito/pool-reader.ts';
import { bucketWriter } from '../../adapters/operator/stored.ts';
import type { ListedItems } from '../../domain/history/compare-runs.ts';
import type { RunItems } from '../../domain/history/run-items.ts';
import { itemsOfPool, itemsStillThere } from '../../domain/history/pool-items.ts';
import { totalOf } from '../../domain/backup/counts.ts';
import { isNamed } from '../../domain/errors.ts';
import type { Installation } from '../../domain/operator/installation.ts';
import { Pacer } from '../../domain/pacing/pacer.ts';
import { CALL_PERMIT_KEYS, CallPermit, permitHolder, untilEnd } from '../../domain/state/call-permit.ts';
import { CliError } from '../cli-error.ts';
import type { CliContext } from '../context.ts';
import { explained } from '../explain.ts';
import { typed } from '../program.ts';
import type { TypedPlace } from '../program.ts';

/** What is to be read, and how fast. */
export interface AskedPool {
  readonly poolId: string;
  readonly region: string;
  /** Calls to Cognito per second. */
  readonly callsPerSecond: number;
}

const { VerifyWorkflow: KEY } = CALL_PERMIT_KEYS;

/**
 * Does something with the items of the pool that a run was made of, as they are now. Cognito is called by the permit of
 * VerifyWorkflow, which compares pools, too: the two never call at the same time.
 * @throws CliError: another pool than the run's, one that does not exist, or a comparison by the workflow that goes on
 */
export async function withLivingPool<T>(
  context: CliContext,
  {
    installation,
    place,
    run,
  }: { readonly installation: Installation; readonly place: TypedPlace; readonly run: RunItems },
  { poolId, region, callsPerSecond }: AskedPool,
  work: (items: ListedItems) => Promise<T>,
): Promise<T> {
  assertSamePool(run, poolId, place);
  const { clients, clock, randomHex, output } = context;
  const home = installation.regions.find((one) => one.region === region);
  if (home === undefined)
    throw new CliError('failed', {
      thing: `User pool ${poolId}`,
      found: `${region} does not answer, so that nothing in it can be read`,
      next: 'Compare two runs instead, or try again when the Region is back.',
    });
  const objects = bucketWriter(clients.s3(region), home.bucket);
  await assertNobodyCalls(context, objects, place).catch((error: unknown) => {
    throw explained(`s3://${home.bucket}/${KEY}`, error);
  });
  const permit = new CallPermit(
    {
      objects,
      clock,
      log: { info: (message) => output.status({ text: `${message}.`, lasting: true }) },
      assertLease: () => Promise.resolve(),
    },
    { key: KEY, executionArn: `diff ${randomHex(8)}`, claim: randomHex(8) },
  );
  const pacer = new Pacer({ callsPerSecond, clock });
  pacer.restart(callsPerSecond, permit);
  const pool = poolReaderOf(clients.pacedCognito(region, pacer));
  try {
    return await untilEnd(permit, async () => {
      // At once, so that a bucket which cannot be written is told before anything is read.
      await permit.ensure();
      const { settings } = await pool.describe(poolId);
      const living = { poolId, settings, pool, clock };
      return work({
        about: totalOf(run.manifest.counts),
        list: (take) => itemsOfPool(living, take),
        lookUp: (keys) => itemsStillThere(living, keys),
      });
    });
  } catch (error) {
    throw aboutPool(poolId, error, place);
  }
}

function assertSamePool({ manifest }: RunItems, poolId: string, place: TypedPlace): void {
  if (manifest.userPoolId === poolId) return;
  throw new CliError('usage', {
    thing: `User pool ${poolId}`,
    found: `the run ${manifest.runId} was made of another pool, ${manifest.userPoolId}, and the users of the two have no sub in common`,
    next: `Compare a restored pool with the newest run by the names at sign-in: ${typed(place, `verify --pool ${poolId}`)}`,
  });
}

async function assertNobodyCalls(
  { clock }: CliContext,
  objects: ReturnType<typeof bucketWriter>,
  place: TypedPlace,
): Promise<void> {
  const holder = await permitHolder(objects, KEY, clock.now());
  if (holder === undefined) return;
  const isExecution = holder.startsWith('arn:');
  throw new CliError('refused', {
    thing: 'Calls to Cognito',
    found: isExecution
      ? 'VerifyWorkflow is comparing a pool at this moment'
      : 'another diff is reading a pool at this moment, or ended less than half a minute ago',
    next: isExecution
      ? `Wait for its end: ${typed(place, `attach ${holder}`)}`
      : 'Repeat the command when that has ended.',
  });
}

function aboutPool(poolId: string, error: unknown, place: TypedPlace): unknown {
  const thing = `User pool ${poolId}`;
  if (isNamed(error, 'UserPoolNotFound'))
    return new CliError('notFound', {
      thing,
      found: 'it does not exist: a deleted pool stays with AWS for 14 days',
      next: `Open a case with AWS Support at once, and meanwhile restore into a new pool: ${typed(place, 'import --to <new pool>')}`,
    });
  if (isNamed(error, 'AccessDenied'))
    return new CliError('refused', {
      thing,
      found: 'the credentials may not list its users, groups and members',
      next: 'Attach the operator policy "Restore" of docs/security.md to the role or user, or use another --profile.',
    });
  if (isNamed(error, 'Superseded'))
    return new CliError('failed', {
      thing,
      found: 'a comparison by VerifyWorkflow was started and calls Cognito in place of this command',
      next: 'Repeat the command when that has ended. Nothing was changed.',
    });
  return error;
}
