import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { projectRoot } from '../deploy/solution.ts';
import { startLocalCloud } from '../local-cloud/index.ts';
import { readTemplates } from './policies/template.ts';
import { optionsOrExit } from '../options.ts';
import { stopOnSignal } from '../shutdown.ts';
import { chosen, LEAST_PRIVILEGE_USAGE, leastPrivilegeOptions } from './options.ts';
import { experimentsOf, statementName, rolesOfServices } from './plan.ts';
import type { Experiment } from './plan.ts';
import { inWords } from './run-times.ts';
import { runExperiments } from './run.ts';
import { judge } from './verdict.ts';
import type { Judged } from './verdict.ts';

const SURVIVORS = join(import.meta.dirname, 'survivors.yaml');
/** Waits of the workflows are shortened; nothing here depends on their length. */
const WAIT_SCALE = 0.01;
const tell = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

async function run(experiments: readonly Experiment[], notEvaluated: readonly string[]): Promise<number> {
  const started = Date.now();
  const cloud = await startLocalCloud({ waitScale: WAIT_SCALE });
  stopOnSignal(() => cloud.stop());
  let judged: readonly Judged[];
  try {
    judged = await runExperiments(cloud, experiments, tell);
  } finally {
    await cloud.stop();
  }
  const reasons = parse(readFileSync(SURVIVORS, 'utf8')) as Record<string, string>;
  const { explained, problems } = judge(judged, reasons);
  const needed = judged.filter(({ verdict }) => verdict.kind === 'needed').length;
  tell(
    `\n${judged.length} statements in ${inWords((Date.now() - started) / 1000)}: ${needed} needed, ${judged.length - needed} not shown to be needed.`,
  );
  if (explained.length > 0)
    tell(
      `\nSurvivors, each with its reason:\n${explained.map(({ name, refused, reason }) => `  ${name}${refused.length > 0 ? ` (refused and passed over: ${refused.join(', ')})` : ''}\n    ${reason}`).join('\n')}`,
    );
  tell(
    `\nNot run, since services act with these roles and the local cloud does not ask for their permissions (the tests of the templates do): ${notEvaluated.join(', ')}.`,
  );
  if (problems.length > 0) tell(`\nProblems:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  return problems.length === 0 ? 0 : 1;
}

const { options, experiments, notEvaluated } = optionsOrExit(LEAST_PRIVILEGE_USAGE, (args) => {
  const options = leastPrivilegeOptions(args);
  const { main, stackSet } = readTemplates(projectRoot);
  return {
    options,
    experiments: chosen(experimentsOf([main, stackSet]), options),
    notEvaluated: rolesOfServices([main, stackSet]),
  };
});
if (options.list)
  for (const experiment of experiments) tell(`${statementName(experiment).padEnd(46)}  ${experiment.scenario}`);
else process.exitCode = await run(experiments, notEvaluated);
