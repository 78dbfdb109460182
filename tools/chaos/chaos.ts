import type { LocalCloud } from '../local-cloud/index.ts';
import { readPool } from '../demo/compare/read-pool.ts';
import { cognitoIn } from '../deploy/clients.ts';
import { PRIMARY } from '../deploy/regions.ts';
import { Coverage } from './coverage.ts';
import type { ActionRow } from './coverage.ts';
import { DamagedPool } from './damage-run.ts';
import { deploy } from './deployment.ts';
import type { Deployment } from './deployment.ts';
import { exportUnderFaults } from './export-run.ts';
import type { PartResult } from './export-run.ts';
import { importUnderFaults } from './import-run.ts';
import { onlySelection, planOf, tellPlan } from './plan.ts';
import type { ChaosPlan } from './plan.ts';
import { resumeCosts } from './resume-run.ts';
import type { ResumeCost } from './resume-run.ts';
import { LivingPoolChaos } from './selection/selection-run.ts';
import type { SignIn } from './sign-in.ts';
import { sweep } from './sweep.ts';

export interface SeedResult {
  readonly plan: ChaosPlan;
  readonly exported: PartResult | undefined;
  readonly imported: PartResult | undefined;
  /** Single users and groups in the living pool. */
  readonly selected: PartResult | undefined;
  /** What became of the exports of a damaged pool. */
  readonly damaged: readonly string[];
  readonly problems: readonly string[];
  readonly seconds: number;
}

export interface ChaosResult {
  readonly seeds: readonly SeedResult[];
  readonly resumes: readonly ResumeCost[];
  /** Every action that the functions called. */
  readonly actions: readonly ActionRow[];
  /** Actions that were spared, and what went wrong while that was repaired; looked for only `everywhere`. */
  readonly spared: readonly string[];
}

export interface SeedOptions {
  readonly seeds: readonly number[];
  readonly users: number;
  /** No action may be spared: enough seeds for that. */
  readonly everywhere: boolean;
  /** Of each seed only the export, and single users and groups that are restored into the living pool. */
  readonly selections?: boolean;
}

/** Runs one seed after the other, then measures what a stop costs; pools of one signIn share a deployment. */
export async function runSeeds(
  cloud: LocalCloud,
  { seeds, users, everywhere, selections = false }: SeedOptions,
  tell: (line: string) => void,
): Promise<ChaosResult> {
  const deployments = new Map<SignIn, Deployment>();
  const coverage = new Coverage();
  const results: SeedResult[] = [];
  for (const seed of seeds) {
    const plan = selections ? onlySelection(seed) : planOf(seed);
    tell(`\n${tellPlan(plan)}`);
    const deployment = deployments.get(plan.signIn) ?? (await deploy(cloud, plan.signIn, users));
    deployments.set(plan.signIn, deployment);
    const result = await runSeed(deployment, plan, { selections, tell });
    for (const [name, part] of [
      ['export', result.exported],
      ['selection', result.selected],
      ['import', result.imported],
    ] as const) {
      if (part === undefined) continue;
      coverage.met(part.strikes.rules);
      tell(
        `  ${name}: ${part.starts} ${part.starts === 1 ? 'start' : 'starts'}${part.errors.length > 0 ? ` (${part.errors.join(', ')})` : ''}; ${[...part.strikes.byKind].map(([fault, count]) => `${count} x ${fault}`).join(', ')}`,
      );
    }
    if (result.imported?.people !== undefined) tell(`  ${result.imported.people}`);
    if (result.damaged.length > 0) tell(`  exports of the damaged pool: ${result.damaged.join('; ')}`);
    for (const problem of result.problems) tell(`  PROBLEM ${problem}`);
    tell(`  ${result.problems.length === 0 ? 'held' : 'FAILED'} in ${result.seconds.toFixed(0)} s`);
    results.push(result);
    await coverage.look(cloud);
  }
  const [first] = deployments.values();
  // Aliases need one action more, and so do pools that take two kinds of addresses.
  const any = deployments.get('alias') ?? first;
  const swept = [...new Set([any, deployments.get('email-phone')])].filter((one) => one !== undefined);
  const spared = everywhere ? await sweep(swept, coverage, tell) : [];
  for (const problem of spared) tell(`  PROBLEM ${problem}`);
  const resumes = any === undefined || selections ? [] : await resumeCosts(any);
  for (const { workflow, undisturbed, resumed, problem } of resumes)
    tell(
      `\n${workflow}: ${undisturbed} Cognito calls, ${resumed} when it was stopped half-way and started again${problem === undefined ? '' : `\n  PROBLEM ${problem}`}`,
    );
  return { seeds: results, resumes, actions: coverage.rows(), spared };
}

async function runSeed(
  deployment: Deployment,
  plan: ChaosPlan,
  { selections, tell }: { readonly selections: boolean; readonly tell: (line: string) => void },
): Promise<SeedResult> {
  const started = performance.now();
  const problems: string[] = [];
  const part = async <T extends PartResult | readonly string[]>(
    what: string,
    work: () => Promise<T>,
  ): Promise<T | undefined> => {
    try {
      const result = await work();
      const found: readonly string[] = 'problems' in result ? result.problems : result;
      problems.push(...found.map((problem) => `${what}: ${problem}`));
      return result;
    } catch (error) {
      problems.push(`${what}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      return undefined;
    }
  };
  const exported = await part('export', () => exportUnderFaults(deployment, plan));
  const { selection } = plan;
  const selected =
    selection === undefined
      ? undefined
      : await part('selection', () => new LivingPoolChaos(deployment, selection, tell).run());
  const source = await readPool(cognitoIn(deployment.cloud, PRIMARY), deployment.poolId);
  const damaged = plan.damage === undefined ? undefined : new DamagedPool(deployment, plan.damage, plan.seed);
  if (damaged !== undefined) await part('export of a damaged pool', () => damaged.refuse());
  const imported = selections ? undefined : await part('import', () => importUnderFaults(deployment, plan, source));
  if (damaged !== undefined) await part('export after the damage', () => damaged.allow());
  return {
    plan,
    exported,
    imported,
    selected,
    damaged: damaged?.told ?? [],
    problems,
    seconds: (performance.now() - started) / 1000,
  };
}
