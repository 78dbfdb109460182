import { LATEST_KEY } from '../../backup/manifest.ts';
import type { CleanUp, ReplicaLook } from './state.ts';

/** DynamoDB replicates within about a second; a replica that needs longer than this is behind. */
const PATIENCE_MS = 60_000;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 10_000;

/**
 * Looks whether the replica in the backup Region names this run as the last sealed one, for up to a minute. The run is
 * sealed whatever the answer: a Region that is down must not fail an export, only be told about.
 */
export async function lookAtReplica(cleanUp: CleanUp, region: string): Promise<void> {
  const {
    deps: { clock },
    run,
    progress: { state },
  } = cleanUp;
  const end = clock.now() + PATIENCE_MS;
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(2 * wait, LONGEST_WAIT_MS)) {
    const look = await lookOnce(cleanUp, region, state.replica?.lastRunId);
    state.replica = look;
    if (look.state === 'current' || clock.now() + wait > end) break;
    await clock.sleep(wait);
  }
  if (state.replica.state !== 'current')
    cleanUp.deps.log.warn('The replica does not name this run as the last sealed one', {
      runId: run.id,
      region,
      state: state.replica.state,
    });
  state.phase = 'sealed';
}

async function lookOnce({ deps, run }: CleanUp, region: string, before: string | undefined): Promise<ReplicaLook> {
  try {
    const found = (await deps.replica.getItem(LATEST_KEY))?.runId;
    if (found === run.id) return { region, state: 'current' };
    return { region, state: 'behind', ...(typeof found === 'string' ? { lastRunId: found } : {}) };
  } catch (error) {
    deps.log.warn('The replica did not answer', { region, error: error instanceof Error ? error.name : 'unknown' });
    return { region, state: 'unreachable', ...(before === undefined ? {} : { lastRunId: before }) };
  }
}
