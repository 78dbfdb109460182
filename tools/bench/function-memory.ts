import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

interface Resource {
  readonly Type?: string;
  readonly Properties?: { readonly MemorySize?: number };
}

/** Megabytes of memory by function (`SyncUsers`), as the template of the instances gives them. */
export function functionMemory(): Readonly<Record<string, number>> {
  const template = readFileSync(join(import.meta.dirname, '..', '..', 'templates', 'stack-set-template.yaml'), 'utf8');
  const { Resources } = parse(template, { logLevel: 'silent' }) as {
    readonly Resources: Readonly<Record<string, Resource>>;
  };
  return Object.fromEntries(
    Object.entries(Resources)
      .filter(([, { Type }]) => Type === 'AWS::Lambda::Function')
      .map(([id, { Properties }]) => [id.replace(/Function$/, ''), Properties?.MemorySize ?? 128]),
  );
}
