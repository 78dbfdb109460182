import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { judge, readAccepted, readReport } from '../../../deployment/linting/checkov-findings.ts';
import { root } from '../../support/templates.ts';

const REASON = 'Because it is so for this and that good reason, and a test says so.';
const finding = (check: string, resource: string) => ({
  check,
  resource,
  name: `about ${check}`,
  file: 'main.template',
});
const accepted = readAccepted(
  JSON.stringify([
    { check: 'CKV_1', asks: 'one', resources: '*', reason: REASON },
    { check: 'CKV_2', asks: 'two', resources: ['Table'], reason: REASON },
  ]),
);
const report = (summary: object, failed: object[] = []): string =>
  JSON.stringify({
    results: { failed_checks: failed },
    summary: {
      passed: 3,
      failed: failed.length,
      parsing_errors: 0,
      resource_count: 7,
      checkov_version: '3',
      ...summary,
    },
  });

describe('Findings of checkov', () => {
  it('pass when each has its entry and each entry its finding', () => {
    expect(judge([finding('CKV_1', 'A'), finding('CKV_1', 'B'), finding('CKV_2', 'Table')], accepted)).to.deep.equal(
      [],
    );
  });

  it('fail for another check, or another resource of an accepted one', () => {
    const complaints = judge(
      [finding('CKV_1', 'A'), finding('CKV_2', 'Table'), finding('CKV_2', 'OtherTable'), finding('CKV_3', 'A')],
      accepted,
    );
    expect(complaints).to.deep.equal([
      'CKV_2 OtherTable (main.template): about CKV_2',
      'CKV_3 A (main.template): about CKV_3',
    ]);
  });

  it('fail when an accepted one is no longer found', () => {
    expect(judge([finding('CKV_1', 'A')], accepted).join()).to.match(/^CKV_2 Table is accepted .* take it out/);
    expect(judge([finding('CKV_2', 'Table')], accepted).join()).to.match(/^CKV_1 \* is accepted/);
  });

  it('are read with the logical id of the resource', () => {
    const { findings, resources } = readReport(
      report({}, [
        {
          check_id: 'CKV_2',
          check_name: 'two',
          resource: 'AWS::DynamoDB::Table.Table',
          file_path: '/main.template',
          more: 1,
        },
      ]),
    );
    expect([resources, findings]).to.deep.equal([
      7,
      [{ check: 'CKV_2', name: 'two', resource: 'Table', file: '/main.template' }],
    ]);
  });

  it('are never taken for none because nothing could be read', () => {
    expect(() => readReport(report({ resource_count: 0 }))).to.throw('could not read');
    expect(() => readReport(report({ parsing_errors: 1 }))).to.throw('could not read');
    expect(() => readReport('[]')).to.throw();
  });

  it('are accepted only with a reason', () => {
    expect(() =>
      readAccepted(JSON.stringify([{ check: 'CKV_1', asks: 'one', resources: '*', reason: 'ok' }])),
    ).to.throw();
    expect(() =>
      readAccepted(JSON.stringify([{ check: 'CKV_1', asks: 'one', resources: [], reason: REASON }])),
    ).to.throw();
    const checks = readAccepted(readFileSync(join(root, 'deployment/linting/checkov-accepted.yaml'), 'utf8')).map(
      ({ check }) => check,
    );
    expect(new Set(checks).size).to.equal(checks.length);
  });
});
