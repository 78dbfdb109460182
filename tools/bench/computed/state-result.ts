import type { PopulationShape } from '../population.ts';
import { atMost } from '../results.ts';
import type { StateResult, Usage } from '../results.ts';
import type { VirtualCloud } from '../virtual/virtual-cloud.ts';

const MEMORY_MB = 512;
/** A function's ten minutes. */
const SECONDS = 600;
const PAYLOAD_KB = 200;
const OBJECT_MB = 100;

/** Memory and time of every function of the run that was just computed. */
export function stateResult(
  { invocations, calls }: VirtualCloud,
  shape: PopulationShape,
  { workflow, usage }: { readonly workflow: StateResult['workflow']; readonly usage: Usage },
): StateResult {
  const functions = Object.fromEntries(invocations.figures);
  const largestObjectMb = calls.largestWhole / 1e6;
  return {
    workflow,
    users: shape.users,
    memberships: shape.groups === 0 ? 0 : shape.users * shape.perUser,
    functions,
    largestObjectMb,
    largestPayloadKb: usage.largestPayloadBytes / 1024,
    checks: [
      ...Object.entries(usage.peakMemoryMb).map(([name, value]) => atMost(`memory of ${name}, MB`, value, MEMORY_MB)),
      ...Object.entries(functions).map(([name, { longestSeconds, longestCpuSeconds }]) =>
        atMost(`longest invocation of ${name}, s`, longestSeconds + longestCpuSeconds, SECONDS),
      ),
      atMost('largest payload, KiB', usage.largestPayloadBytes / 1024, PAYLOAD_KB),
      atMost('largest object read whole, MB', largestObjectMb, OBJECT_MB),
    ],
  };
}
