import { callersAccount } from '../../adapters/operator/caller.ts';
import { bucketReader, bucketWriter } from '../../adapters/operator/stored.ts';
import type { Machine } from '../../domain/operator/execution.ts';
import type { Installation } from '../../domain/operator/installation.ts';
import type { CliContext } from '../context.ts';
import { machineIn } from '../executions/run-execution.ts';
import { explained } from '../explain.ts';
import { openSession } from '../session.ts';
import type { Place } from '../session.ts';

/** A living pool, and what restores into it: all of it in the pool's Region. */
export interface PoolPlace {
  readonly poolId: string;
  readonly region: string;
  /** Where the command works, as it was typed. */
  readonly place: Place;
  readonly installation: Installation;
  readonly machine: Machine;
  readonly objects: ReturnType<typeof bucketReader>;
}

/** The installation that can write to the pool. @throws CliError where there is none in the pool's Region */
export async function poolPlace(
  context: CliContext,
  place: Place,
  { poolId, region }: Pick<PoolPlace, 'poolId' | 'region'>,
): Promise<PoolPlace> {
  const { installation } = await openSession(context, place, { settled: true, otherRegion: region });
  const machine = machineIn(installation, 'ImportWorkflow', region);
  return {
    poolId,
    region,
    place,
    installation,
    machine,
    objects: bucketReader(context.clients.s3(region), machine.bucket),
  };
}

/** The content of an object of the bucket; undefined where there is none. @throws CliError */
export async function storedAt(
  { objects, machine }: Pick<PoolPlace, 'objects' | 'machine'>,
  key: string,
): Promise<Uint8Array | undefined> {
  try {
    return (await objects.get(key))?.body;
  } catch (error) {
    throw explained(`s3://${machine.bucket}/${key}`, error);
  }
}

/** Writes a new object to the bucket, if it belongs to the caller's account. @throws CliError */
export async function store(
  { clients }: CliContext,
  { machine: { region, bucket } }: PoolPlace,
  key: string,
  content: object,
): Promise<void> {
  try {
    const account = await callersAccount(clients.sts(region));
    await bucketWriter(clients.s3(region), bucket, account).put(key, JSON.stringify(content), { absent: true });
  } catch (error) {
    throw explained(`s3://${bucket}/${key}`, error);
  }
}
