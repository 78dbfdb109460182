/** The parameters of the main template as an operator gives them: by options, from what is deployed, or by a question. */
import { counted } from '../../counted.ts';
import type { Template, TemplateParameter } from '../permissions/template.ts';

/** One parameter with all that is needed to ask for it and to judge a value. */
export interface LaunchParameter {
  /** As the template calls it. */
  readonly name: string;
  /** Its option, for instance `primary-user-pool-id`. */
  readonly flag: string;
  /** A few words, as the console shows them. */
  readonly label: string;
  readonly description: string;
  /** Absent where a value must be given. */
  readonly default?: string;
  readonly allowedValues?: readonly string[];
  /** Undefined when the value is allowed, else what it must be. */
  readonly complaint: (value: string) => string | undefined;
}

/** CloudFormation cannot change them: the custom resources refuse it. */
export const FIXED_PARAMETERS = ['PrimaryUserPoolId', 'SecondaryRegion'] as const;

/** Shorter options for what every launch needs. */
export const SHORT_FLAGS: Readonly<Record<string, string>> = {
  pool: 'PrimaryUserPoolId',
  'backup-region': 'SecondaryRegion',
  email: 'NotificationEmail',
};

/** `CognitoTPS` -> `cognito-tps`. */
export const flagOf = (name: string): string =>
  name
    .replaceAll(/([a-z])([A-Z])/g, '$1-$2')
    .replaceAll(/([A-Z])([A-Z][a-z])/g, '$1-$2')
    .toLowerCase();

/** The part of the main template that tells of its parameters. */
export interface ParameterSource {
  readonly Parameters: Readonly<Record<string, TemplateParameter>>;
  readonly ParameterLabels: Readonly<Record<string, { readonly default: string }>>;
}

/** Cuts that part out of the template. */
export const parameterSourceOf = ({ Parameters, Metadata }: Template): ParameterSource => ({
  Parameters,
  ParameterLabels: Metadata['AWS::CloudFormation::Interface'].ParameterLabels,
});

/** In the order of the template. */
export function launchParameters({ Parameters, ParameterLabels }: ParameterSource): readonly LaunchParameter[] {
  return Object.entries(Parameters).map(([name, parameter]) => ({
    name,
    flag: flagOf(name),
    label: ParameterLabels[name]?.default ?? name,
    description: parameter.Description ?? '',
    ...(parameter.Default === undefined ? {} : { default: String(parameter.Default) }),
    ...(parameter.AllowedValues === undefined ? {} : { allowedValues: parameter.AllowedValues.map(String) }),
    complaint: complaintOf(parameter),
  }));
}

const complaintOf =
  ({ AllowedPattern, AllowedValues, MaxLength, ConstraintDescription }: TemplateParameter) =>
  (value: string): string | undefined => {
    if (AllowedValues !== undefined)
      return AllowedValues.map(String).includes(value) ? undefined : `must be one of ${AllowedValues.join(', ')}`;
    if (MaxLength !== undefined && value.length > MaxLength)
      return `must have at most ${counted(MaxLength, 'character')}`;
    // CloudFormation's patterns have to match the whole value.
    if (AllowedPattern !== undefined && !new RegExp(`^(?:${AllowedPattern})$`, 'u').test(value))
      return ConstraintDescription ?? `must match ${AllowedPattern}`;
    return undefined;
  };

/** A value that cannot be used. */
export interface WrongValue {
  readonly parameter: LaunchParameter;
  readonly value: string;
  readonly complaint: string;
}

/** Those of the given values that the template would refuse. */
export const wrongValues = (
  parameters: readonly LaunchParameter[],
  given: Readonly<Record<string, string>>,
): readonly WrongValue[] =>
  parameters.flatMap((parameter) => {
    const value = given[parameter.name];
    const complaint = value === undefined ? undefined : parameter.complaint(value);
    return value === undefined || complaint === undefined ? [] : [{ parameter, value, complaint }];
  });

/**
 * Every parameter with its value: what was given, else what is deployed, else what was remembered, else the default.
 * Those that have none of these are left out.
 */
export function parameterValues(
  parameters: readonly LaunchParameter[],
  ...sources: readonly Readonly<Record<string, string>>[]
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    parameters.flatMap((parameter) => {
      const value = [...sources.map((source) => source[parameter.name]), parameter.default].find(
        (one) => one !== undefined,
      );
      return value === undefined ? [] : [[parameter.name, value] as const];
    }),
  );
}
