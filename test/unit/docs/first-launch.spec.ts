import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { mainTemplate, root } from '../../support/templates.ts';

const text = readFileSync(join(root, 'docs/first-launch.md'), 'utf8');
const rowsBelow = (heading: string): string[][] =>
  (text.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '')
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2)
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

/** What no source confirms and this product depends on, by words that its line must have. */
const UNCONFIRMED = [
  'pagination token',
  'job ends as Failed',
  'one active job',
  'line 1 is the header',
  '`birthdate`',
  'DateTime',
  '`preferred_username`',
  'federated name',
  'a link to an identity',
  'run-time limit',
  'X-Amz-SignedHeaders',
  'what S3 answers without them',
  '24-hour rule',
  'temporary password',
  'triggers',
  '`sub ^=`',
  'filters before or after',
  'log group',
  '`rate(1 day)`',
  'new roles are unknown',
  '`iam:PassedToService` need not be granted for Cognito',
  '`iam:PassedToService` need not be granted for StackSets',
  'import in the backup Region',
  'import in the primary Region',
  'what moves `UserLastModifiedDate`',
  'while a recovery is active',
  'taken as Username',
  'monthly active users',
  'multipart uploads',
  'explicit deny',
  'swapped back',
  'words of DynamoDB and S3 for a disabled key',
];

describe('docs/first-launch.md', () => {
  const hour = rowsBelow('The hour');
  const night = rowsBelow('The night after');

  it('A10: is one hour, in order, and a night; each line says what to do, to look at, and what it settles', () => {
    const minutes = hour.map(([minute]) => Number(minute));
    expect(minutes).to.deep.equal([...minutes].sort((a, b) => a - b));
    expect(minutes.at(-1)).to.be.below(60);
    for (const row of hour) expect(row.filter(Boolean), row[1]).to.have.length(4);
    for (const row of night) expect(row.filter(Boolean), row[0]).to.have.length(3);
    expect(night.flat().join(' ')).to.include('scheduled export').and.include('scheduled verification');
    expect(text).to.include('120,000 users');
  });

  it('A10: has a line for each fact that no source confirms', () => {
    const lines = [...hour, ...night].map((row) => row.join(' '));
    expect(UNCONFIRMED.filter((words) => !lines.some((line) => line.includes(words)))).to.deep.equal([]);
  });

  it('A10: names parameters and inputs that exist', () => {
    for (const name of ['CognitoTPS', 'SecondaryRegion']) {
      expect(text).to.include(`\`${name}\``);
      expect(mainTemplate.Parameters).to.have.property(name);
    }
  });
});
