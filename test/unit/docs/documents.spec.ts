import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { readmeCosts } from '../../../tools/bench/report/readme-costs.ts';
import type { CostResult } from '../../../tools/bench/results.ts';
import { drawDocuments } from '../../../tools/docs/draw.ts';
import { withPart } from '../../../tools/docs/marked-part.ts';
import { roleTable } from '../../../tools/docs/role-table.ts';
import { parseTemplate } from '../../../source/domain/operator/permissions/template.ts';
import { nodes, resourcesOf, stackSetTemplate, templates } from '../../support/templates.ts';

const documentAt = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

const documents = await drawDocuments();

describe('generated parts of documents', () => {
  for (const [path, document] of documents) {
    it(`${path} is what its sources give (npm run docs)`, () => {
      expect(documentAt(path)).to.equal(document);
    });
  }

  it('replace what stood between the two marks, and nothing else', () => {
    const document = 'before\n<!-- x: written by npm run docs -->\nold\n<!-- end of x -->\nafter\n';
    expect(withPart(document, 'x', 'new')).to.equal(
      'before\n<!-- x: written by npm run docs -->\n\nnew\n\n<!-- end of x -->\nafter\n',
    );
    expect(withPart(withPart(document, 'x', 'new'), 'x', 'new')).to.equal(withPart(document, 'x', 'new'));
  });

  it('need both marks', () => {
    expect(() => withPart('<!-- end of x -->\n<!-- x: written by npm run docs -->', 'x', '')).to.throw('no part "x"');
  });
});

describe('table of roles', () => {
  const table = (policy: string, trust = 'Service: lambda.amazonaws.com'): string =>
    roleTable([
      {
        title: 'Stack',
        template: parseTemplate(
          't',
          `
Resources:
  WorkRole:
    Type: AWS::IAM::Role
    Condition: IsPrimaryRegion
    Properties:
      Description: Permissions of the function Work
      AssumeRolePolicyDocument:
        Statement:
          - {Effect: Allow, Action: 'sts:AssumeRole', Principal: {${trust}}}
      Policies:
        - PolicyName: Work
          PolicyDocument:
            Statement: [${policy}]
  More:
    Type: AWS::IAM::Policy
    Properties:
      Roles: [!Ref WorkRole]
      PolicyDocument:
        Statement: [{Sid: Attached, Effect: Allow, Action: 'lambda:InvokeFunction', Resource: !GetAtt Work.Arn}]
`,
        ),
      },
    ]);

  it('shows actions by service, resources, conditions, the principal and attached policies', () => {
    const text = table(
      "{Sid: Items, Effect: Allow, Action: ['dynamodb:GetItem', 's3:GetObject', 'dynamodb:Scan'], Resource: [!Sub 'arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${Constants.Table}', '*'], Condition: {StringLike: {'s3:prefix': [a/*, b/*]}}}",
    );
    expect(text).to.include(
      '**WorkRole**: Permissions of the function Work. Taken by `lambda.amazonaws.com`. Only where `IsPrimaryRegion`.',
    );
    expect(text).to.include(
      '| Items | dynamodb: `GetItem` `Scan`<br>s3: `GetObject` | `dynamodb:<Region>:<AccountId>:table/<Constants.Table>`<br>`*`<br>if StringLike `s3:prefix` `a/*` or `b/*` |',
    );
    expect(text).to.include('| Attached | lambda: `InvokeFunction` | `<Work>` |');
  });

  it('shows a denial as one', () => {
    expect(table("{Sid: No, Effect: Deny, Action: 's3:*', Resource: '*'}")).to.include(
      '| No | **nobody may** s3: `*` | `*` |',
    );
  });

  it('refuses a value that it cannot show', () => {
    expect(() =>
      table("{Sid: Odd, Effect: Allow, Action: 's3:GetObject', Resource: {'Fn::Join': [':', [a, b]]}}"),
    ).to.throw('Fn::Join');
  });
});

describe('costs in the README', () => {
  const cost = (
    users: number,
    services: Readonly<Record<string, number>>,
    more: Partial<CostResult> = {},
  ): CostResult => ({
    users,
    memberships: users,
    churnPercent: 3,
    frequency: 'EVERY_DAY',
    exportsPerMonth: 30,
    storedGb: 1,
    lines: Object.entries(services).map(([service, dollars]) => ({ service, arithmetic: '', dollars })),
    dollarsPerMonth: Object.values(services).reduce((sum, dollars) => sum + dollars, 0),
    ...more,
  });
  const services = {
    'Export: DynamoDB reads': 1,
    'Export: DynamoDB writes': 2,
    'Export: transfer between Regions': 0.25,
    'Export: SQS': 4,
    'Export: logs': 0.5,
    'Verification: logs': 8,
    'Hourly look: logs': 0.125,
    'Alarms and metrics: alarms': 32,
    'Snapshots: S3 storage': 16,
    'Table: storage': 1_000,
  };

  it('sum up every line of the arithmetic once', () => {
    const text = readmeCosts([cost(10, { 'Export: logs': 0.004 }), cost(500_000, services)]);
    expect([...text.matchAll(/\| \**\$([\d,.]+)\** \|/g)].map(([, sum]) => sum)).to.deep.equal([
      '1.00',
      '2.25',
      '4.50',
      '8.13',
      '32.00',
      '1,016.00',
      '1,063.88',
    ]);
    expect(text)
      .to.include('500,000 users, each in one group')
      .and.to.include(', 3 % of')
      .and.to.include('10 users ($0.00).');
  });

  it('15.3: have a column for every frequency', () => {
    const text = readmeCosts([
      cost(10, { 'Export: logs': 7 }, { frequency: 'EVERY_HOUR' }),
      cost(500_000, { 'Export: logs': 24 }, { frequency: 'EVERY_HOUR' }),
      cost(500_000, { 'Export: logs': 1 }),
    ]);
    expect(text)
      .to.include('| `EVERY_HOUR` | `EVERY_DAY` |')
      .and.to.include('| export: Lambda, Step Functions, S3 | $24.00 | $1.00 |')
      .and.to.include('| **sum** | **$24.00** | **$1.00** |')
      .and.not.to.include('10 users');
  });

  it('tell how many memberships there are where it is not one each, and no other pools where there are none', () => {
    expect(readmeCosts([cost(500_000, services, { memberships: 1_500_000 })]))
      .to.include('500,000 users, 1,500,000 memberships')
      .and.not.to.include('Other pools');
  });

  it('need the pool of the table, and a row for every line', () => {
    expect(() => readmeCosts([cost(10, services)])).to.throw('no cost of 500,000 users, found those of 10');
    expect(() => readmeCosts([])).to.throw('found those of none');
    expect(() => readmeCosts([cost(500_000, { ...services, 'Drill: Lambda time': 1 })])).to.throw(
      'no row for "Drill: Lambda time"',
    );
  });
});

describe('data map in docs/security.md', () => {
  const map = documentAt('docs/security.md').split('## Data map')[1]?.split('\n## ')[0] ?? '';
  const row = (words: string): string =>
    map.split('\n').find((line) => line.startsWith('|') && line.includes(words)) ?? '';
  type Rule = Readonly<{
    Prefix?: string;
    TagFilters?: unknown;
    ExpirationInDays?: unknown;
    NoncurrentVersionExpiration?: { NoncurrentDays: number };
  }>;
  const rulesOf = (bucket: string): readonly Rule[] =>
    (stackSetTemplate.Resources[bucket]?.Properties['LifecycleConfiguration'] as { Rules: Rule[] }).Rules;
  const defaultOf = (parameter: string): string => String(templates[0]?.Parameters[parameter]?.Default);
  const days = (expiration: unknown): string => {
    if (expiration === undefined) return 'until the next export';
    if (typeof expiration === 'number') return `${expiration} day${expiration === 1 ? '' : 's'}`;
    const [parameter = ''] = [...nodes(expiration)].flatMap(({ Ref }) => (typeof Ref === 'string' ? [Ref] : []));
    return `\`${parameter}\` (${defaultOf(parameter)})`;
  };

  it('says for every prefix of the mapping-file bucket how long its objects are kept', () => {
    const rules = rulesOf('MappingFileBucket').filter(({ Prefix }) => Prefix !== undefined);
    expect(rules).to.not.be.empty;
    for (const { Prefix = '', ExpirationInDays, NoncurrentVersionExpiration } of rules) {
      expect(row(`\`${Prefix}\``), Prefix)
        .to.include(ExpirationInDays === undefined ? '' : days(ExpirationInDays))
        .and.include(`overwritten ${NoncurrentVersionExpiration?.NoncurrentDays} day`);
    }
    expect([...map.matchAll(/mapping-file bucket, `(\w+\/)`/g)].map(([, prefix]) => prefix)).to.have.members([
      ...new Set(rules.map(({ Prefix }) => Prefix)),
    ]);
  });

  it('says how long access logs, logs and messages are kept', () => {
    expect(row('access-log bucket')).to.include(days(rulesOf('AccessLogBucket')[0]?.ExpirationInDays));
    const logs = new Set(
      templates
        .flatMap((template) => resourcesOf(template, 'AWS::Logs::LogGroup'))
        .map(([, { Properties }]) => Properties['RetentionInDays']),
    );
    expect([...logs].map(days).filter((kept) => !row('log groups of functions').includes(kept))).to.deep.equal([]);
    const queues = new Set(
      resourcesOf(stackSetTemplate, 'AWS::SQS::Queue').map(
        ([, { Properties }]) => (Properties['MessageRetentionPeriod'] as number) / 86_400,
      ),
    );
    expect([...queues].map(days).filter((kept) => !row('dead-letter queues').includes(kept))).to.deep.equal([]);
  });
});
