import { buildAssets } from '../../deployment/packaging/assets.ts';
import type { FilledBuild } from '../../source/domain/operator/build/fill-build.ts';
import { projectRoot, publishAssets } from '../deploy/solution.ts';
import type { LocalCloud } from '../local-cloud/index.ts';
import { CallWatch } from './call-watch.ts';
import { runLaunch, templatesWithout } from './launches.ts';
import { IN_OTHER_WORDS, statementName } from './plan.ts';
import type { Experiment, Scenario } from './plan.ts';
import { inWords, RunTimes } from './run-times.ts';
import { launchForPool, solutionOptions } from './solution.ts';
import type { LaunchedPool } from './solution.ts';
import { verdictOn } from './verdict.ts';
import type { Judged, ScenarioOutcome } from './verdict.ts';
import { runScenario, runWithout } from './workflows.ts';

const ATTEMPTS = 2;
/** An export asks whether a restore runs only if there has been one; a look into the backup Region for what a verification left. */
const AFTER: Readonly<Partial<Record<Scenario, Scenario>>> = {
  export: 'import',
  'look at the backup': 'verify backup',
};

/**
 * Runs every experiment, after each of its scenarios was seen to end well with all statements and without a refused call.
 * @throws Error when a scenario does not, since nothing could be told from it then
 */
export async function runExperiments(
  cloud: LocalCloud,
  experiments: readonly Experiment[],
  tell: (line: string) => void,
): Promise<readonly Judged[]> {
  const options = solutionOptions(cloud);
  const assets = await buildAssets(projectRoot, options.build);
  await publishAssets(options, assets);
  const scenarios = new Set(experiments.map(({ scenario }) => scenario));
  const watch = new CallWatch(cloud);
  const runs: Runs = {
    cloud,
    watch,
    assets,
    ...([...scenarios].every((scenario) => scenario === 'launch')
      ? {}
      : { launched: await launchForPool(cloud, watch) }),
  };
  const times = new RunTimes();
  const judged: Judged[] = [];
  const checked = new Set<Scenario>();
  for (const [index, experiment] of experiments.entries()) {
    for (const scenario of [AFTER[experiment.scenario], experiment.scenario])
      if (scenario !== undefined && !checked.has(scenario)) {
        await checkScenario(runs, scenario, tell, times);
        checked.add(scenario);
      }
    const started = Date.now();
    const words = IN_OTHER_WORDS[statementName(experiment)];
    let verdict = verdictOn(await runOnce(runs, experiment, `launch-${index + 1}`), words);
    for (let attempt = 1; attempt < ATTEMPTS && verdict.kind === 'unclear'; attempt += 1)
      verdict = verdictOn(await runOnce(runs, experiment, `launch-${index + 1}-again`), words);
    const seconds = (Date.now() - started) / 1000;
    times.add(experiment.scenario, seconds);
    judged.push({ experiment, verdict, seconds });
    const left = times.left(experiments.slice(index + 1).map(({ scenario }) => scenario));
    tell(
      `${String(index + 1).padStart(3)}/${experiments.length}  ${statementName(experiment).padEnd(46)}  ${describe(verdict).padEnd(60)}  ${seconds.toFixed(1)} s, about ${inWords(left)} left`,
    );
  }
  return judged;
}

interface Runs {
  readonly cloud: LocalCloud;
  readonly watch: CallWatch;
  readonly assets: FilledBuild;
  /** On which the workflows run; absent when only launches are tried. */
  readonly launched?: LaunchedPool;
}

function runOnce(
  { cloud, watch, assets, launched }: Runs,
  experiment: Experiment,
  stackName: string,
): Promise<ScenarioOutcome> {
  const { scenario } = experiment;
  return scenario === 'launch' || launched === undefined
    ? runLaunch(cloud, watch, templatesWithout(assets, experiment), stackName)
    : runWithout(launched, { ...experiment, scenario });
}

async function checkScenario(
  { cloud, watch, assets, launched }: Runs,
  scenario: Scenario,
  tell: (line: string) => void,
  times: RunTimes,
): Promise<void> {
  const started = Date.now();
  const { ended, told, refused } =
    scenario === 'launch' || launched === undefined
      ? await runLaunch(cloud, watch, { global: assets.global, regional: new Map() }, 'launch-complete')
      : await runScenario(launched, scenario);
  const seconds = (Date.now() - started) / 1000;
  times.add(scenario, seconds);
  if (ended === 'badly') throw new Error(`With all statements in place the scenario "${scenario}" failed: ${told}`);
  if (refused.length > 0)
    throw new Error(
      `With all statements in place calls of the scenario "${scenario}" were refused: ${refused.join(', ')}`,
    );
  tell(`         ${scenario} with all statements: ends well, nothing is refused  ${seconds.toFixed(1)} s`);
}

function describe(verdict: Judged['verdict']): string {
  switch (verdict.kind) {
    case 'needed':
      return `needed: ${verdict.by} is refused and named`;
    case 'survivor':
      return verdict.refused.length > 0
        ? `survives: ${verdict.refused.join(', ')} is refused and passed over`
        : 'survives: nothing is refused';
    case 'unclear':
      return `UNCLEAR: ${verdict.why}`;
  }
}
