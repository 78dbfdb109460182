import { deployedStackSetTemplate, deployedTemplate } from '../../adapters/operator/stack-changes.ts';
import { buildOf } from '../../domain/operator/build/deployed-build.ts';
import type { BuildArguments } from '../../domain/operator/build/build-arguments.ts';
import { parseTemplate } from '../../domain/operator/permissions/template.ts';
import type { Template } from '../../domain/operator/permissions/template.ts';
import type { StackFacts } from '../../domain/operator/installation.ts';
import type { CliContext } from '../context.ts';

/** What is there before an update. */
export interface DeployedLaunch {
  /** The main template and, where there is one, that of the StackSet. */
  readonly templates: readonly Template[];
  /** Of which build it is; undefined where the template does not tell. */
  readonly build?: BuildArguments;
}

/** Reads what a stack is made of. */
export async function deployedLaunch(
  { clients }: Pick<CliContext, 'clients'>,
  region: string,
  { id, outputs }: StackFacts,
): Promise<DeployedLaunch> {
  const client = clients.cloudFormation(region);
  const main = parseTemplate('deployed main template', await deployedTemplate(client, id));
  const { StackSetName } = outputs;
  const stackSet = StackSetName === undefined ? undefined : await deployedStackSetTemplate(client, StackSetName);
  const build = buildOf(main);
  return {
    templates: [main, ...(stackSet === undefined ? [] : [parseTemplate('deployed StackSet template', stackSet)])],
    ...(build === undefined ? {} : { build }),
  };
}
