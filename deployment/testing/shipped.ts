/** Which of the installed packages are in what is shipped: the bundles hold them, so that package.json asks users for none. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The part of package-lock.json that is read. */
export interface PackageLock {
  readonly packages: Readonly<Record<string, { readonly dependencies?: Readonly<Record<string, string>> }>>;
}

const IMPORTED = /(?:from|import\()\s*'((?:@[a-z0-9-]+\/)?[a-z0-9][a-z0-9.-]*)(?:\/[^']*)?'/g;

/** Packages that a source text imports, types included. */
export const packagesImported = (text: string): readonly string[] =>
  [...text.matchAll(IMPORTED)].map(([, name = '']) => name);

/** These packages and everything that they depend on, in whichever version. */
export function withDependencies(lock: PackageLock, roots: Iterable<string>): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (name: string): void => {
    if (found.has(name)) return;
    found.add(name);
    for (const [path, { dependencies = {} }] of Object.entries(lock.packages))
      if (path.endsWith(`node_modules/${name}`)) Object.keys(dependencies).forEach(visit);
  };
  for (const root of roots) visit(root);
  return found;
}

/** Packages of which the shipped code of a checkout may hold a part. */
export function shippedPackageNames(root: string): ReadonlySet<string> {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as PackageLock;
  const imported = readdirSync(join(root, 'source'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .flatMap((path) => packagesImported(readFileSync(join(root, 'source', path), 'utf8')));
  return withDependencies(
    lock,
    imported.filter((name) => `node_modules/${name}` in lock.packages),
  );
}
