/** The SSM parameter through which the main stack tells its constants to the instances in both Regions. */
import * as v from 'valibot';
import type { StackTags } from '../framework/stack-tags.ts';
import { region, nonEmptyText } from '../framework/properties.ts';

const schema = v.object({
  /** Part of the names of this launch's state machines; see launchIdOf. */
  instanceId: v.pipe(nonEmptyText, v.regex(/^[\w-]{1,40}$/)),
  /** Random, for the anonymized metrics: says nothing about the account. */
  uuid: v.pipe(nonEmptyText, v.regex(/^[\w-]{1,64}$/)),
  backupTableName: v.pipe(nonEmptyText, v.regex(/^[\w.-]{3,255}$/)),
  mainStackName: v.pipe(nonEmptyText, v.regex(/^[\w-]{1,128}$/)),
  primaryRegion: region,
  secondaryRegion: region,
  primaryUserPoolId: v.pipe(nonEmptyText, v.regex(/^[\w-]{1,55}$/)),
});
/** What the parameter holds, as JSON. */
export type Constants = Readonly<v.InferOutput<typeof schema>>;

/** Name of the parameter of one launch; see launchIdOf. */
export const constantsParameterName = (instanceId: string): string =>
  `/cognito-user-profiles-export/${instanceId}/constants`;

/** A parameter's value by its name, absent when there is none; `put` creates or replaces; removing nothing is fine. */
export interface ParameterStore {
  readonly get: (name: string) => Promise<string | undefined>;
  readonly put: (name: string, value: string, description: string) => Promise<void>;
  /** Creates only, with the tags; false when the parameter exists already. */
  readonly putIfAbsent: (name: string, value: string, description: string, tags: StackTags) => Promise<boolean>;
  /** Adds tags, or gives them other values. */
  readonly tag: (name: string, tags: StackTags) => Promise<void>;
  readonly remove: (name: string) => Promise<void>;
}

/** Throws an Error that names the parameter when its value is not what SolutionConstants writes there: damaged, or another launch's. */
export function readConstants(parameterName: string, value: string): Constants {
  try {
    const constants = v.parse(schema, JSON.parse(value));
    if (constantsParameterName(constants.instanceId) === parameterName) return constants;
    throw new Error("another launch's");
  } catch {
    throw new Error(
      `The SSM parameter ${parameterName} does not hold the constants of this solution. Update the main stack: it writes them again.`,
    );
  }
}
