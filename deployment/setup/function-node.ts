import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from './lock.ts';
import { runProgram } from './run-program.ts';

/** A Node program, and the version that it gives itself. */
export interface FunctionNode {
  readonly path: string;
  /** As "24.21.0". */
  readonly version: string;
}

interface Pinned {
  readonly name: string;
  readonly version: string;
}

/** The machine that a Node is looked for; the tests name another one. */
export interface Machine {
  readonly platform: string;
  readonly arch: string;
  /** The Node that runs this. */
  readonly own: FunctionNode;
}

const THIS_MACHINE: Machine = {
  platform: process.platform,
  arch: process.arch,
  own: { path: process.execPath, version: process.versions.node },
};

/**
 * The Node on which the local cloud runs the functions: of the major of their runtime, whatever runs the scripts. It comes from
 * npm, as the lock file of `folder` pins it, when it is first needed; these packages are not among the checkout's own, where
 * their command `node` would take the place of this machine's in every script. Where npm has none for this machine, its own
 * Node does when it is of that major.
 *
 * @param folder absolute path of the folder with package.json and package-lock.json
 * @param say receives progress lines
 * @throws Error that says which Node is missing, why, and what to do
 */
export async function setUpFunctionNode(
  folder: string,
  say: (line: string) => void = (line) => process.stderr.write(`${line}\n`),
  machine: Machine = THIS_MACHINE,
): Promise<FunctionNode> {
  const { major, pinned } = pinnedIn(folder, machine);
  const own = majorOf(machine.own.version) === major ? machine.own : undefined;
  if (pinned === undefined) {
    if (own !== undefined) return own;
    throw missing(major, machine, `npm has none for ${machine.platform} on ${machine.arch}`);
  }
  if (!isInstalled(folder, pinned))
    await withLock(join(folder, '.npm-install.lock'), async () => {
      if (!isInstalled(folder, pinned)) await install(folder, pinned, say);
    }).catch((error: unknown) => {
      throw missing(major, machine, (error as Error).message);
    });
  const path = join(folder, 'node_modules', pinned.name, 'bin', 'node');
  try {
    const version = (await runProgram(path, ['--version'], 'it does not run here')).replace(/^v/, '');
    if (majorOf(version) !== major) throw new Error(`it is Node ${version}`);
    return { path, version };
  } catch (error) {
    if (own !== undefined) return own;
    throw missing(major, machine, `${pinned.name} ${pinned.version} is installed, but ${(error as Error).message}`);
  }
}

/** The package for a machine, and the one major that all of them have. */
function pinnedIn(folder: string, { platform, arch }: Machine): { readonly major: number; readonly pinned?: Pinned } {
  const { optionalDependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    readonly optionalDependencies: Readonly<Record<string, string>>;
  };
  const all = Object.entries(optionalDependencies).map(([name, version]) => ({ name, version }));
  const majors = [...new Set(all.map(({ version }) => majorOf(version)))];
  const [major, another] = majors;
  if (major === undefined || another !== undefined)
    throw new Error(
      `${join(folder, 'package.json')} must pin one major of Node, found: ${majors.join(', ') || 'none'}.`,
    );
  const pinned = all.find(({ name }) => name.endsWith(`-${platform}-${arch}`));
  return { major, ...(pinned === undefined ? {} : { pinned }) };
}

/** npm writes this file last, so a broken installation counts as none. */
function isInstalled(folder: string, { name, version }: Pinned): boolean {
  const record = join(folder, 'node_modules', '.package-lock.json');
  if (!existsSync(record)) return false;
  const { packages } = JSON.parse(readFileSync(record, 'utf8')) as {
    readonly packages?: Readonly<Record<string, { readonly version?: string }>>;
  };
  return packages?.[`node_modules/${name}`]?.version === version;
}

async function install(folder: string, { name, version }: Pinned, say: (line: string) => void): Promise<void> {
  say(`Setting up the functions' Node: installing ${name} ${version} ...`);
  const options = ['--include=optional', '--ignore-scripts', '--no-fund', '--no-audit', '--loglevel=error'];
  await runProgram('npm', ['ci', '--prefix', folder, ...options], 'npm ci failed');
  // npm passes over an optional package that it cannot get, without a word.
  if (!isInstalled(folder, { name, version }))
    throw new Error(`npm did not install ${name} ${version}: is the registry reachable?`);
  say(`Setting up the functions' Node: ${name} ${version} done.`);
}

const missing = (major: number, { own }: Machine, why: string): Error =>
  new Error(
    `The local cloud runs the functions on Node ${major}, as Lambda does (nodejs${major}.x), and has none: ${why}. Start again when npm can install it, or with a Node ${major} of your own (this one is ${own.version}).`,
  );

const majorOf = (version: string): number => Number(version.split('.')[0]);
