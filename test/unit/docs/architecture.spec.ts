import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const section = read('docs/architecture.md').split("## One user's way")[1]?.split('\n## ')[0] ?? '';

interface Stop {
  readonly functionName: string;
  readonly file: string;
}

/** The rows of the table; one without a function belongs to that of the row above. */
function stops(): Stop[] {
  let functionName = '';
  return section
    .split('\n')
    .filter((line) => line.startsWith('|') && line.includes('`source/'))
    .map((line) => {
      const [named = '', file = ''] = line
        .split('|')
        .map((cell) => cell.trim().replaceAll('`', ''))
        .slice(1);
      functionName = named === '' ? functionName : named;
      return { functionName, file };
    });
}

const kebab = (name: string): string => name.replaceAll(/(?<=.)[A-Z]/g, '-$&').toLowerCase();

/** The function's own file below source/lambda. */
function functionFile(functionName: string): string {
  const found = readdirSync(join(root, 'source/lambda'), { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith(`/${kebab(functionName)}.ts`),
  );
  expect(found, functionName).to.have.length(1);
  return `source/lambda/${found[0]}`;
}

/** Every file that is reached by imports, itself included. */
function reachedFrom(file: string): ReadonlySet<string> {
  const reached = new Set([file]);
  for (const path of reached)
    for (const [, specifier = ''] of read(path).matchAll(/from '(\.[^']+)'/g))
      reached.add(normalize(join(dirname(path), specifier)));
  return reached;
}

describe("One user's way in docs/architecture.md", () => {
  it('takes at most 18 files, all of which exist, none twice', () => {
    const files = stops().map(({ file }) => file);
    expect(files.filter((file) => !existsSync(join(root, file)))).to.deep.equal([]);
    expect(files).to.have.length.within(10, 18);
    expect(new Set(files).size).to.equal(files.length);
  });

  it('names below each function only files that this function runs, in the order of the workflows', () => {
    for (const { functionName, file } of stops())
      expect([...reachedFrom(functionFile(functionName))], `${functionName} and ${file}`).to.include(file);
    expect([...new Set(stops().map(({ functionName }) => functionName))]).to.deep.equal([
      'SyncUsers',
      'BackupTableCleanup',
      'ScanTable',
      'ImportUsers',
      'UpdateUsers',
    ]);
  });
});
