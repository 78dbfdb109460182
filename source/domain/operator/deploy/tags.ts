/** The tags of the main stack as options, and the parameter by which CloudFormation hears of a change. */
import { createHash } from 'node:crypto';

type Tags = Readonly<Record<string, string>>;

/** CloudFormation's limits for the tags of a stack. */
const KEY = /^(?!aws:)[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/iu;
const VALUE = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u;

/** Reads `Key=Value`s; gives the first one that is no tag instead. */
export function tagsFrom(texts: readonly string[]): Tags | { readonly wrong: string } {
  const tags: Record<string, string> = {};
  for (const text of texts) {
    const at = text.indexOf('=');
    const [key, value] = [text.slice(0, Math.max(0, at)), text.slice(at + 1)];
    if (!KEY.test(key) || !VALUE.test(value)) return { wrong: text };
    tags[key] = value;
  }
  return tags;
}

/**
 * TagsRevision for these tags. CloudFormation does not tell custom resources of new tags, but of a new value here.
 * @param revision the value that the stack has
 */
export function tagsRevision(revision: string, before: Tags, after: Tags): string {
  const text = (tags: Tags): string => JSON.stringify(Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1)));
  if (text(before) === text(after)) return revision;
  return createHash('sha256').update(text(after)).digest('hex').slice(0, 16);
}
