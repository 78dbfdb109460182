import { FIXED_PARAMETERS, parameterValues, wrongValues } from '../../domain/operator/deploy/parameters.ts';
import type { LaunchParameter } from '../../domain/operator/deploy/parameters.ts';
import { CliError } from '../cli-error.ts';
import type { CliContext } from '../context.ts';

type Values = Readonly<Record<string, string>>;

/** Where values come from, the first one that has a value counts. */
export interface ValueSources {
  /** By options. */
  readonly given: Values;
  /** By the stack that is there; undefined for a first launch. */
  readonly deployed: Values | undefined;
  /** By the answers file. */
  readonly remembered: Values;
}

/**
 * The value of every parameter. What is missing is asked for where somebody can be asked.
 * @throws CliError for what cannot be used: a wrong value, a changed one of the two that cannot change, a missing one
 */
export async function chooseParameters(
  { output, prompts }: Pick<CliContext, 'output' | 'prompts'>,
  parameters: readonly LaunchParameter[],
  { given, deployed, remembered }: ValueSources,
): Promise<Values> {
  refuseWrong(parameters, given);
  for (const name of FIXED_PARAMETERS) {
    const [before, wanted] = [deployed?.[name], given[name]];
    if (before !== undefined && wanted !== undefined && wanted !== before)
      throw new CliError('usage', {
        thing: `--${parameters.find((one) => one.name === name)?.flag ?? name}`,
        found: `the stack has ${name} ${before}, and ${wanted} was given; this parameter cannot be changed`,
        next: 'Leave the option out, or launch a second stack: --stack and another name.',
      });
  }
  const values = parameterValues(parameters, given, ...(deployed === undefined ? [remembered] : [deployed]));
  const missing = parameters.filter(({ name }) => values[name] === undefined);
  if (missing.length === 0) return values;
  if (!output.interactive)
    throw new CliError('usage', {
      thing: 'Parameters of the launch',
      found: `no value for ${missing.map(({ name }) => name).join(', ')}, and nobody can be asked here`,
      next: `Give ${missing.map(({ flag }) => `--${flag}`).join(', ')}.`,
    });
  const answers: Record<string, string> = {};
  for (const parameter of missing) answers[parameter.name] = await asked(prompts, parameter);
  return parameterValues(parameters, answers, values);
}

function refuseWrong(parameters: readonly LaunchParameter[], given: Values): void {
  const [wrong] = wrongValues(parameters, given);
  if (wrong !== undefined)
    throw new CliError('usage', {
      thing: `--${wrong.parameter.flag}`,
      found: `"${wrong.value}" cannot be used`,
      next: `It ${wrong.complaint}.`,
    });
}

async function asked(
  prompts: CliContext['prompts'],
  { label, description, complaint, allowedValues }: LaunchParameter,
): Promise<string> {
  const message = `${label}\n${description}`;
  const answer =
    allowedValues === undefined
      ? await prompts.text({ message, complaint })
      : await prompts.choose({ message }, allowedValues);
  if (answer === undefined) throw dismissed();
  return answer;
}

/** Ctrl-C at a question. */
export const dismissed = (): CliError =>
  new CliError('refused', {
    thing: 'deploy',
    found: 'the question was dismissed',
    next: 'Nothing was launched or changed.',
  });
