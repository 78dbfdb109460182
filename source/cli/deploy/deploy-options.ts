import { launchParameters, SHORT_FLAGS } from '../../domain/operator/deploy/parameters.ts';
import type { LaunchParameter, ParameterSource } from '../../domain/operator/deploy/parameters.ts';
import { tagsFrom } from '../../domain/operator/deploy/tags.ts';
import { CliError } from '../cli-error.ts';
import type { Given } from '../context.ts';
import { assertStackName } from '../given.ts';
import { checkBucketName } from './publish-build.ts';
import { ANSWERS_FILE } from './launch-memory.ts';

/** What was typed. */
export interface DeployOptions {
  /** Values of parameters by their names. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Undefined when none was given: those of the stack stay. */
  readonly tags?: Readonly<Record<string, string>>;
  readonly bucket?: string;
  readonly answers: string;
  readonly yes: boolean;
  readonly region?: string;
  readonly stack?: string;
}

/** commander's name of an option. */
const camelCase = (flag: string): string =>
  flag.replaceAll(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** Reads the options of `deploy`. @throws CliError usage */
export function deployOptions({ options }: Pick<Given, 'options'>, source: ParameterSource): DeployOptions {
  const { bucket, answers, yes, region, stack, tag } = options;
  if (typeof stack === 'string') assertStackName(stack);
  return {
    parameters: parametersIn(options, launchParameters(source)),
    ...tagsIn(tag),
    ...(typeof bucket === 'string' ? { bucket: checkBucketName(bucket) } : {}),
    answers: typeof answers === 'string' ? answers : ANSWERS_FILE,
    yes: yes === true,
    ...(typeof region === 'string' ? { region } : {}),
    ...(typeof stack === 'string' ? { stack } : {}),
  };
}

function parametersIn(
  options: Given['options'],
  parameters: readonly LaunchParameter[],
): Readonly<Record<string, string>> {
  const given: Record<string, string> = {};
  const flags = [...parameters.map(({ flag, name }) => [flag, name] as const), ...Object.entries(SHORT_FLAGS)];
  for (const [flag, name] of flags) {
    const value = options[camelCase(flag)];
    if (typeof value !== 'string') continue;
    if (given[name] !== undefined && given[name] !== value)
      throw new CliError('usage', {
        thing: `--${flag}`,
        found: `${name} was given twice: ${given[name]} and ${value}`,
        next: 'Give it once.',
      });
    given[name] = value;
  }
  return given;
}

function tagsIn(texts: unknown): { readonly tags?: Readonly<Record<string, string>> } {
  if (!Array.isArray(texts)) return {};
  const tags = tagsFrom(texts as readonly string[]);
  if ('wrong' in tags)
    throw new CliError('usage', {
      thing: '--tag',
      found: `"${tags.wrong}" is no tag`,
      next: 'Give Key=Value: a key of 1 to 128 and a value of up to 256 letters, digits, spaces and _.:/=+-@, the key not beginning with aws:.',
    });
  return { tags };
}
