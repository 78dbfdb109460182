import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parse } from 'yaml';

const fromRoot = (path: string): URL => new URL(`../../../${path}`, import.meta.url);
const readme = readFileSync(fromRoot('README.md'), 'utf8');
const template = parse(
  readFileSync(fromRoot('templates/cognito-user-profiles-export-reference-architecture.yaml'), 'utf8'),
  { logLevel: 'silent' },
) as {
  Parameters: Record<string, { Default?: string | number; AllowedValues?: (string | number)[] }>;
};

const tableAfter = (heading: string): string[][] => {
  const lines = readme.slice(readme.indexOf(heading)).split('\n');
  const first = lines.findIndex((line) => line.startsWith('|'));
  const rows = lines.slice(
    first + 2,
    lines.findIndex((line, index) => index > first && !line.startsWith('|')),
  );
  return rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', '')),
  );
};

describe('README', () => {
  const parameters = tableAfter('### Parameters');

  it('lists exactly the parameters of the main template, with their defaults', () => {
    const expected = Object.entries(template.Parameters).map(([name, { Default }]) => [
      name,
      Default === undefined ? '-' : String(Default),
    ]);
    expect(parameters.map(([name, value]) => [name, value])).to.deep.equal(expected);
  });

  it('names every value that a parameter allows', () => {
    for (const [name, , meaning] of parameters) {
      for (const value of template.Parameters[name as string]?.AllowedValues ?? []) {
        if (name !== 'SnsPreference') expect(meaning, name).to.match(new RegExp(`(^|\\W)${value}(\\W|$)`, 'u'));
      }
    }
  });

  it('lists exactly the inputs that ImportWorkflow takes', () => {
    const parser = readFileSync(fromRoot('source/domain/workflow/input.ts'), 'utf8');
    const inputs = tableAfter('![ImportWorkflow]').map(([name]) => name as string);
    for (const name of inputs) expect(parser, name).to.include(name);
    const known = [...parser.matchAll(/\b([A-Z][A-Za-z]+)\b(?=:|')/gu)].map(([, name]) => name as string);
    for (const name of [
      'NewUserPoolId',
      'DryRun',
      'CognitoTPS',
      'RestoreUnconfirmed',
      'AllowTriggers',
      'AllowSourcePool',
      'AcceptIncomplete',
      'BackupTableName',
    ]) {
      expect(inputs).to.include(name);
      expect(known.join(' ')).to.include(name);
    }
  });

  it('points to files that exist', () => {
    for (const [, path] of readme.matchAll(/\]\((?!https?:)([^)#]+)\)/gu))
      expect(existsSync(fromRoot(path as string)), path).to.equal(true);
  });

  it('names scripts that package.json has', () => {
    const { scripts } = JSON.parse(readFileSync(fromRoot('package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    for (const [, name] of readme.matchAll(/npm run ([a-z:-]+)/gu)) expect(scripts).to.have.property(name as string);
  });
});
