import { NO_SIMULATION } from '../local-cloud/gateway/simulation/config.ts';
import type { FaultRule, FaultStrikes, LocalCloud, SimulationConfig } from '../local-cloud/index.ts';
import { SeededRandom } from '../demo/seed/random.ts';
import { EVERYWHERE, firstOfEachAction } from './faults.ts';
import type { Everywhere, FaultKind } from './faults.ts';

const { importJobs, replicationLagMs, faults, regionsDown, quotas } = NO_SIMULATION;
const CALM = { importJobs, replicationLagMs, faults, regionsDown, quotas };

/**
 * Switches these faults on, and on the first call of every action what is met `everywhere` in this run; what was on before
 * is switched off. @returns what the gateway was told
 */
export async function injectFaults(
  cloud: LocalCloud,
  kinds: readonly FaultKind[],
  seed: number,
): Promise<Pick<SimulationConfig, 'importJobs'>> {
  const random = new SeededRandom(seed);
  const rules = kinds.flatMap(({ name, rules: make }) =>
    (make?.(random) ?? []).map((rule): FaultRule => ({ label: name, ...rule })),
  );
  // What is always on must not hide what strikes now and then.
  rules.sort((one, other) => Number(isAlwaysOn(one)) - Number(isAlwaysOn(other)));
  rules.unshift(...firstOfEachAction(EVERYWHERE[seed % EVERYWHERE.length] as Everywhere));
  const settings = kinds.map(({ settings: make }) => make?.(random) ?? {});
  const jobs = Object.assign({}, ...settings.map((one) => one.importJobs ?? {})) as SimulationConfig['importJobs'];
  await cloud.configure({
    ...CALM,
    ...(Object.assign({}, ...settings) as Partial<SimulationConfig>),
    importJobs: jobs,
    faults: rules,
  });
  return { importJobs: jobs };
}

const isAlwaysOn = ({ probability, calls, times }: FaultRule): boolean =>
  probability === undefined && calls === undefined && times === undefined;

export const calm = (cloud: LocalCloud): Promise<void> => cloud.configure(CALM);

export interface StrikeCounts {
  /** How often each kind of fault has struck so far; kinds that are settings count once. */
  readonly byKind: ReadonlyMap<string, number>;
  readonly rules: readonly FaultStrikes[];
}

export async function strikesOf(cloud: LocalCloud, kinds: readonly FaultKind[]): Promise<StrikeCounts> {
  const byKind = new Map<string, number>();
  for (const { name, settings } of kinds) byKind.set(name, settings === undefined ? 0 : 1);
  const rules = await cloud.faultStrikes();
  for (const { label, strikes } of rules)
    if (strikes > 0 || byKind.has(label)) byKind.set(label, (byKind.get(label) ?? 0) + strikes);
  return { byKind, rules };
}
