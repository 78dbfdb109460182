/** Parts of a policy in a form that a reader takes in. */
import { list } from './template.ts';

/** How a name is set off from the sentence around it. */
type Mark = (text: string) => string;

/** A resource, principal or value: references as `<name>`, without the part that all ARNs share. */
export function resourceWords(value: unknown): string {
  if (typeof value === 'string') return value;
  const {
    Ref,
    'Fn::GetAtt': getAtt,
    'Fn::Sub': sub,
    'Fn::If': either,
    'Fn::Split': split,
  } = value as {
    Ref?: string;
    'Fn::GetAtt'?: readonly string[];
    'Fn::Sub'?: string | readonly [string, unknown];
    'Fn::If'?: readonly [string, unknown, unknown];
    'Fn::Split'?: readonly [string, unknown];
  };
  if (Ref !== undefined) return `<${Ref.replace('AWS::', '')}>`;
  if (getAtt !== undefined) return `<${getAtt[0]}${getAtt[1] === 'Arn' ? '' : `.${getAtt.slice(1).join('.')}`}>`;
  if (split !== undefined) return `each of ${resourceWords(split[1])}`;
  if (either !== undefined)
    return (
      [either[1], either[2]]
        .map(resourceWords)
        .filter((one) => one !== '<NoValue>')
        .join(' or ') + ` (${either[0]})`
    );
  const text = typeof sub === 'string' ? sub : sub?.[0];
  if (text === undefined) throw new Error(`A policy holds ${JSON.stringify(value)}, which cannot be put in words.`);
  return text
    .replaceAll(/^arn:\$\{AWS::Partition\}:/g, '')
    .replaceAll(/\$\{(?:AWS::)?([^}]+)\}/g, (_, name: string) => `<${name.replace(/\.Arn$/, '')}>`)
    .replaceAll('bucket-name-placeholder', '<asset bucket>')
    .replaceAll('%%SOLUTION_NAME%%', '<solution name>');
}

/** As `resourceWords`; what has no words, as a template of another version may hold, is shown as it is. */
export function namedOrRaw(value: unknown): string {
  try {
    return resourceWords(value);
  } catch {
    return JSON.stringify(value);
  }
}

/** The conditions of a statement. */
export const conditionWords = (
  condition: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  mark: Mark,
  name: (value: unknown) => string = resourceWords,
): string =>
  Object.entries(condition)
    .flatMap(([operator, keys]) =>
      Object.entries(keys).map(
        ([key, value]) =>
          `${operator} ${mark(key)} ${list(value)
            .map((one) => mark(name(one)))
            .join(' or ')}`,
      ),
    )
    .join(' and ');
