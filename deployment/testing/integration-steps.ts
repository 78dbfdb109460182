import { basename } from 'node:path';
import type { Step } from './step.ts';

const SPEC = '.spec.ts';
/** Begun first, since they take minutes. */
export const LONG = [
  'lifecycle',
  'privacy',
  'export',
  'import',
  'printed-commands',
  'chaos',
  'cli',
  'verify',
  'drill',
  'variants',
  'npm-package',
] as const;

/**
 * The integration tests as steps of their own, one per file: each starts local clouds of its own, so two can run side by
 * side.
 * @param files of the folder test/local
 */
export function integrationSteps(files: readonly string[]): readonly Step[] {
  const rank = (name: string): number => {
    const place = (LONG as readonly string[]).indexOf(name);
    return place === -1 ? LONG.length : place;
  };
  return files
    .filter((file) => file.endsWith(SPEC))
    .map((file) => basename(file, SPEC))
    .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
    .map((name) => ({
      name: `integration tests: ${name}`,
      args: ['node_modules/mocha/bin/mocha.js', '--timeout', '900000', `test/local/${name}${SPEC}`],
    }));
}
