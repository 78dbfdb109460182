import { parse } from 'yaml';
import type { CollectionTag, ScalarTag } from 'yaml';

/** A CloudFormation template with short tags (`!Ref X`) read as their long form (`{ Ref: 'X' }`). */
export interface Template {
  readonly name: string;
  readonly text: string;
  readonly Metadata: { readonly 'AWS::CloudFormation::Interface': ParameterInterface };
  readonly Parameters: Record<string, TemplateParameter>;
  readonly Mappings: Record<string, unknown>;
  readonly Conditions: Record<string, unknown>;
  readonly Rules?: Record<string, unknown>;
  readonly Resources: Record<string, Resource>;
  readonly Outputs: Record<
    string,
    { readonly Description?: string; readonly Condition?: string; readonly Value: unknown }
  >;
}
export interface TemplateParameter {
  readonly Type: string;
  readonly Description?: string;
  readonly Default?: string | number;
  readonly AllowedPattern?: string;
  readonly MaxLength?: number;
  readonly AllowedValues?: readonly (string | number)[];
  readonly ConstraintDescription?: string;
}
export interface ParameterInterface {
  readonly ParameterGroups: readonly {
    readonly Label: { readonly default: string };
    readonly Parameters: readonly string[];
  }[];
  readonly ParameterLabels: Record<string, { readonly default: string }>;
}
export interface Resource {
  readonly Type: string;
  readonly Condition?: string;
  readonly DependsOn?: string | readonly string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly Properties: Record<string, unknown>;
}

const SHORT_FORMS = [
  'Ref',
  'GetAtt',
  'Sub',
  'If',
  'Not',
  'Equals',
  'Or',
  'And',
  'FindInMap',
  'Join',
  'Select',
  'Split',
  'Condition',
];
const longName = (name: string): string => (name === 'Ref' || name === 'Condition' ? name : `Fn::${name}`);
const customTags: (ScalarTag | CollectionTag)[] = SHORT_FORMS.flatMap((name): (ScalarTag | CollectionTag)[] => [
  { tag: `!${name}`, resolve: (value: string) => ({ [longName(name)]: name === 'GetAtt' ? value.split('.') : value }) },
  {
    tag: `!${name}`,
    collection: 'seq',
    resolve: (seq) => ({ [longName(name)]: (seq as unknown as { toJSON(): unknown }).toJSON() }),
  },
]);

/** Reads a template, as it is written or as it is built. */
export function parseTemplate(name: string, text: string): Template {
  // Through JSON, so that tagged nodes inside sequences become plain values too.
  const parsed = JSON.parse(JSON.stringify(parse(text, { customTags }))) as Omit<Template, 'name' | 'text'>;
  return { ...parsed, name, text };
}

export const resourcesOf = (template: Template, type: string): [string, Resource][] =>
  Object.entries(template.Resources).filter(([, { Type }]) => Type === type);

export const list = <T>(value: T | readonly T[] | undefined): readonly T[] =>
  value === undefined ? [] : Array.isArray(value) ? (value as readonly T[]) : [value as T];

/** Every object below `value`, itself included; arrays are looked through. */
export function* nodes(value: unknown): Generator<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield value as Record<string, unknown>;
  for (const child of Object.values(value)) yield* nodes(child);
}

/** Logical ids, parameters and pseudo parameters that `value` refers to, with the attribute where there is one. */
export function references(value: unknown): { target: string; attribute?: string }[] {
  return [...nodes(value)].flatMap((node) => {
    if (typeof node['Ref'] === 'string') return [{ target: node['Ref'] }];
    const getAtt = node['Fn::GetAtt'];
    if (Array.isArray(getAtt)) return [{ target: String(getAtt[0]), attribute: getAtt.slice(1).join('.') }];
    const sub = node['Fn::Sub'];
    if (sub === undefined) return [];
    const [text, variables] = (Array.isArray(sub) ? sub : [sub, {}]) as [string, Record<string, unknown>];
    return [...text.matchAll(/\$\{([^!}][^}]*)\}/g)]
      .map(([, name = '']) => name)
      .filter((name) => !(name in variables))
      .map((name) => {
        const [target = '', ...attribute] = name.split('.');
        return attribute.length > 0 ? { target, attribute: attribute.join('.') } : { target };
      });
  });
}
