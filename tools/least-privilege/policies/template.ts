import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MAIN_TEMPLATE, STACK_SET_TEMPLATE } from '../../../source/domain/operator/build/fill-build.ts';
import { parseTemplate } from '../../../source/domain/operator/permissions/template.ts';
import type { Template } from '../../../source/domain/operator/permissions/template.ts';

/** Both templates as they are written; the build only fills in names of buckets and assets. */
export const readTemplates = (root: string): { readonly main: Template; readonly stackSet: Template } => {
  const read = (name: string): Template =>
    parseTemplate(name, readFileSync(join(root, 'templates', `${name}.yaml`), 'utf8'));
  return { main: read(MAIN_TEMPLATE), stackSet: read(STACK_SET_TEMPLATE) };
};
