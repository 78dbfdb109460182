import type { Growth, StateResult } from '../results.ts';

/** Below so many processor seconds or megabytes more, a function's growth is noise. */
const CPU_FLOOR_SECONDS = 2;
const MEMORY_FLOOR_MB = 40;
/** How much more than in proportion a function may take: caches and the garbage collector are not linear either. */
const SLACK = 1.5;

/**
 * Holds each workflow's largest pool against its smallest: what a function takes may grow with the users, not faster.
 * `cpu` and `memory` are the factors by which processor seconds and resident memory (that of the whole process) grew.
 */
export function growthOf(state: readonly StateResult[]): Growth[] {
  return (['export', 'import', 'verify'] as const).flatMap((workflow) => {
    const [small, ...rest] = state.filter((result) => result.workflow === workflow).sort((a, b) => a.users - b.users);
    const large = rest.at(-1);
    if (small === undefined || large === undefined) return [];
    const users = large.users / small.users;
    return Object.entries(large.functions).flatMap(([functionName, after]): Growth[] => {
      const before = small.functions[functionName];
      if (before === undefined) return [];
      const [cpu, memory] = [after.cpuSeconds / before.cpuSeconds, after.peakMemoryMb / before.peakMemoryMb];
      const cpuOk = after.cpuSeconds <= CPU_FLOOR_SECONDS || cpu <= SLACK * users;
      const memoryOk = after.peakMemoryMb - before.peakMemoryMb <= MEMORY_FLOOR_MB || memory <= users;
      return [{ workflow, functionName, users, cpu, memory, ok: cpuOk && memoryOk }];
    });
  });
}
