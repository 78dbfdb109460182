import { createHash } from 'node:crypto';
import { MAIN_TEMPLATE, STACK_SET_TEMPLATE } from '../../source/domain/operator/build/fill-build.ts';
import type { FilledBuild } from '../../source/domain/operator/build/fill-build.ts';
import { cognitoIn, stepFunctionsIn } from '../deploy/clients.ts';
import { createCustomerKey } from '../deploy/customer-key.ts';
import { endOf, firstExecution } from '../deploy/executions.ts';
import { createPool } from '../deploy/pools.ts';
import { PRIMARY, SECONDARY } from '../deploy/regions.ts';
import { parametersFor, stackOperation } from '../deploy/solution.ts';
import { createStack, deleteStack, failuresOf } from '../deploy/stack.ts';
import type { StackOutcome } from '../deploy/stack.ts';
import { uploadAssets } from '../deploy/upload.ts';
import type { LocalCloud } from '../local-cloud/index.ts';
import { withoutStatement } from './policies/remove-statement.ts';
import { parseTemplate } from '../../source/domain/operator/permissions/template.ts';
import type { CallWatch } from './call-watch.ts';
import type { Experiment } from './plan.ts';
import { solutionOptions } from './solution.ts';
import { refusedCalls } from './verdict.ts';
import type { ScenarioOutcome } from './verdict.ts';

const MAIN = `${MAIN_TEMPLATE}.template`;
const STACK_SET = `${STACK_SET_TEMPLATE}.template`;

/** The templates of a build without one statement; where the StackSet's template changes, the main one names its new key. */
export function templatesWithout(
  { global, regional }: FilledBuild,
  { role, sid }: Pick<Experiment, 'role' | 'sid'>,
): FilledBuild {
  const text = (name: string): string => Buffer.from(global.get(name) ?? []).toString();
  const [main, stackSet] = [parseTemplate(MAIN, text(MAIN)), parseTemplate(STACK_SET, text(STACK_SET))];
  if (role in main.Resources)
    return { global: new Map([[MAIN, Buffer.from(withoutStatement(main, role, sid))]]), regional: new Map() };
  const changed = Buffer.from(withoutStatement(stackSet, role, sid));
  const oldName = [...regional.keys()].find((name) => name.startsWith(`${STACK_SET_TEMPLATE}-`)) ?? '';
  const newName = `${STACK_SET_TEMPLATE}-${createHash('sha256').update(changed).digest('hex').slice(0, 16)}.template`;
  return {
    global: new Map([[MAIN, Buffer.from(main.text.replaceAll(oldName, newName))]]),
    regional: new Map([[newName, changed]]),
  };
}

/** Launches these templates, waits for the first export and uninstalls. */
export async function runLaunch(
  cloud: LocalCloud,
  watch: CallWatch,
  templates: FilledBuild,
  stackName: string,
): Promise<ScenarioOutcome> {
  const options = solutionOptions(cloud, stackName);
  await uploadAssets(cloud.clientConfig, options.build, templates, [PRIMARY, SECONDARY]);
  const pool = await createPool(cognitoIn(cloud, PRIMARY), 'customers');
  const KmsKeyArn = await createCustomerKey(options, cloud.account);
  await watch.news();
  const launched = await createStack(stackOperation(options, parametersFor(pool, { KmsKeyArn })));
  const problems = [...problemsOf(launched, 'CREATE_COMPLETE')];
  if (launched.status === 'CREATE_COMPLETE') {
    const sfn = stepFunctionsIn(cloud, PRIMARY);
    const execution = await firstExecution(sfn, launched.outputs['ExportWorkflowArn'] ?? '').catch(() => undefined);
    if (execution !== undefined) await endOf(sfn, execution);
  }
  const uninstalled = await deleteStack({ clientConfig: cloud.clientConfig, region: PRIMARY }, launched.stackId);
  problems.push(...problemsOf(uninstalled, 'DELETE_COMPLETE'));
  return {
    ended: problems.length === 0 ? 'well' : 'badly',
    told: problems.join('\n'),
    refused: refusedCalls(await watch.news()),
  };
}

const problemsOf = (outcome: StackOutcome, wanted: string): readonly string[] =>
  outcome.status === wanted ? [] : [`${outcome.status}: ${failuresOf(outcome).join('; ')}`];
