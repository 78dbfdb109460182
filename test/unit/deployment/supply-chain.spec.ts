import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { verdictOf } from '../../../deployment/testing/audit-verdict.ts';
import type { AuditRun } from '../../../deployment/testing/audit-verdict.ts';
import { packagesImported, shippedPackageNames, withDependencies } from '../../../deployment/testing/shipped.ts';
import { differencesOf, digestsOf } from '../../../deployment/testing/digests.ts';
import { root } from '../../support/templates.ts';

const answer = (report: unknown, exitCode = 1, stderr = ''): AuditRun => ({
  exitCode,
  stdout: typeof report === 'string' ? report : JSON.stringify(report),
  stderr,
});
const found = (...severities: string[]): AuditRun =>
  answer(
    {
      auditReportVersion: 2,
      vulnerabilities: Object.fromEntries(
        severities.map((severity, n) => [
          `package${n}`,
          {
            name: `package${n}`,
            severity,
            range: '<2.0.0',
            via: [{ title: 'Prototype pollution', url: 'https://example.com/advisory' }, 'deeper'],
          },
        ]),
      ),
      metadata: {},
    },
    severities.length > 0 ? 1 : 0,
  );

describe('What is shipped', () => {
  it('O15: is everything that the sources import, with all that it depends on, and no tool', () => {
    const shipped = shippedPackageNames(root);
    expect(shipped).to.include('@aws-sdk/client-s3').and.include('@smithy/core').and.include('commander');
    for (const tool of ['mocha', 'esbuild', 'typescript', 'prettier']) expect(shipped).to.not.include(tool);
    const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { dependencies?: object };
    expect(dependencies, 'the bundles hold everything: put it among devDependencies').to.equal(undefined);
  });

  it('is judged more strictly than the tools', () => {
    const level = (name: string) => (name === 'package0' ? 'info' : 'high');
    expect(verdictOf(found('low', 'low'), level))
      .to.have.property('reasons')
      .with.length(1);
  });

  it('is found in imports of every form, and nested versions count', () => {
    expect(packagesImported("import a from 'a';\nawait import('@b/c/d');\nexport { e } from './e.ts';")).to.deep.equal([
      'a',
      '@b/c',
    ]);
    const lock = {
      packages: {
        'node_modules/a': { dependencies: { b: '1' } },
        'node_modules/x/node_modules/b': { dependencies: { c: '2' } },
      },
    };
    expect([...withDependencies(lock, ['a'])]).to.deep.equal(['a', 'b', 'c']);
  });
});

describe('Verdict on npm audit', () => {
  it('passes without vulnerabilities, whatever the level', () => {
    expect(verdictOf(found(), () => 'info')).to.deep.equal({ kind: 'passed' });
    expect(verdictOf(found(), () => 'high')).to.deep.equal({ kind: 'passed' });
  });

  it('fails what is shipped at any level, and names package, versions, level and advisory', () => {
    for (const severity of ['info', 'low', 'moderate', 'high', 'critical']) {
      expect(verdictOf(found(severity), () => 'info')).to.deep.equal({
        kind: 'failed',
        reasons: [
          `package0 <2.0.0 (${severity}): Prototype pollution https://example.com/advisory; by its dependency deeper`,
        ],
      });
    }
  });

  it('fails the tools from level high on, also at a level that is not known', () => {
    expect(verdictOf(found('info', 'low', 'moderate'), () => 'high')).to.deep.equal({ kind: 'passed' });
    for (const severity of ['high', 'critical', 'apocalyptic'])
      expect(verdictOf(found('low', severity), () => 'high'))
        .to.have.property('reasons')
        .with.length(1);
  });

  it('is skipped where the registry refuses, breaks, cannot be reached or takes too long', () => {
    const silent: AuditRun[] = [
      answer({
        message: '405 Method Not Allowed - POST https://registry.example/-/npm/v1/security/advisories/bulk',
        statusCode: 405,
        body: '',
        error: { summary: '', detail: '' },
      }),
      answer({ message: '503 Service Unavailable', statusCode: 503, error: { summary: '', detail: '' } }),
      answer({ error: { code: 'ENOAUDIT', summary: 'Your configured registry does not support audit requests.' } }),
      answer({
        message: 'request to https://registry.example failed, reason: getaddrinfo ENOTFOUND registry.example',
        error: { summary: '', detail: '' },
      }),
      answer('', 1, 'npm error code ECONNREFUSED\nnpm error connect ECONNREFUSED 127.0.0.1:1'),
      answer('', 1, 'npm error audit endpoint returned an error'),
      { exitCode: undefined, stdout: '{"auditReportVersion": 2, "vulner', stderr: '' },
    ];
    for (const run of silent)
      expect(
        verdictOf(run, () => 'info'),
        JSON.stringify(run),
      ).to.have.property('kind', 'skipped');
    expect(verdictOf(silent[0] as AuditRun, () => 'info'))
      .to.have.property('reason')
      .that.includes('405 Method Not Allowed');
  });

  it('fails, and is not skipped, when npm itself cannot do it', () => {
    const broken: AuditRun[] = [
      answer({ error: { code: 'ENOLOCK', summary: 'This command requires an existing lockfile.' } }),
      answer('npm: not found', 127),
      answer('', 1, 'npm could not be started: spawn npm ENOENT'),
      answer('', 0),
      answer('[]', 0),
      answer('null', 1),
      answer({ auditReportVersion: 2 }, 0),
    ];
    for (const run of broken)
      expect(
        verdictOf(run, () => 'info'),
        JSON.stringify(run),
      ).to.have.property('kind', 'failed');
    expect(verdictOf(broken[0] as AuditRun, () => 'info'))
      .to.have.property('reasons')
      .that.deep.equals([
        'npm audit ended with exit code 1 and no report: This command requires an existing lockfile.',
      ]);
  });
});

describe('Comparison of two builds', () => {
  it('sees other content under the same name, and files that only one has', () => {
    const folder = mkdtempSync(join(tmpdir(), 'digests-'));
    try {
      for (const build of ['one', 'other', 'same']) mkdirSync(join(folder, build, 'out'), { recursive: true });
      for (const build of ['one', 'other', 'same'])
        writeFileSync(join(folder, build, 'out', 'a.zip'), build === 'other' ? 'B' : 'A');
      writeFileSync(join(folder, 'other', 'out', 'b.zip'), '');
      const [one, other, same] = ['one', 'other', 'same'].map((build) => digestsOf(join(folder, build), ['out']));
      const empty = new Map<string, string>();
      expect(differencesOf(one ?? empty, same ?? empty)).to.deep.equal([]);
      const differences = differencesOf(one ?? empty, other ?? empty);
      expect(differences).to.have.length(2);
      expect(differences[0]).to.match(
        /^out\/a\.zip: 559aead08264d5795d3909718cdd05abd49572e84fe55590eef31a88a08fdffd in the first, df7e70e5021544f4834bbee64a9e3789febc4be81470df629cad6ddb03320a5c in the second$/,
      );
      expect(differences[1]).to.match(/^out\/b\.zip: missing in the first, e3b0c442/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
