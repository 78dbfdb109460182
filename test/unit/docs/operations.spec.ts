import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { HALTS } from '../../../source/domain/errors.ts';
import { resourcesOf, root, stackSetTemplate } from '../../support/templates.ts';

const doc = readFileSync(join(root, 'docs', 'operations.md'), 'utf8');
const alarms = resourcesOf(stackSetTemplate, 'AWS::CloudWatch::Alarm');

describe('docs/operations.md', () => {
  it('names every alarm', () => {
    const kinds = alarms.map(([id]) => (id.endsWith('DeadLettersAlarm') ? '...DeadLettersAlarm' : id));
    for (const kind of kinds) expect(doc, kind).to.include(`\`${kind}\``);
  });

  it('counts the alarms of both Regions', () => {
    const all = alarms.reduce(
      (sum, [, { Condition }]) => sum + (/^Is(?:Primary|Backup)Region$/.test(Condition ?? '') ? 1 : 2),
      0,
    );
    expect(doc).to.include(`(${all} alarms, of which 10 are free;`);
  });

  it('says what alarms, metrics and dashboards cost as README does', () => {
    const readme = readFileSync(join(root, 'README.md'), 'utf8');
    const [, hourly, , daily] =
      /\| alarms, hourly metrics and dashboards, both Regions \| \$([\d.]+) \| \$([\d.]+) \| \$([\d.]+) \|/.exec(
        readme,
      ) ?? [];
    expect(doc).to.include(`cost about ${daily} dollars a month`);
    expect(doc).to.include(`about ${(Number(hourly) - Number(daily)).toFixed(2)} dollars more`);
  });

  it('has a row for every error by which an execution ends on purpose', () => {
    const named = new Set(
      [...doc.matchAll(/^\| ((?:`\w+`(?:, )?)+) \|/gm)].flatMap(([, names = '']) => names.match(/\w+/g) ?? []),
    );
    expect(HALTS.filter((halt) => !named.has(halt))).to.deep.equal([]);
  });
});
