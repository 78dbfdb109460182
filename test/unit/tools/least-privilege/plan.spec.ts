import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parse } from 'yaml';
import {
  experimentsOf,
  IN_OTHER_WORDS,
  rolesOfServices,
  statementName,
} from '../../../../tools/least-privilege/plan.ts';
import { rolesOf } from '../../../../source/domain/operator/permissions/roles.ts';
import { parseTemplate } from '../../../../source/domain/operator/permissions/template.ts';
import { resourcesOf, templates } from '../../../support/templates.ts';

const reasons = parse(
  readFileSync(new URL('../../../../tools/least-privilege/survivors.yaml', import.meta.url), 'utf8'),
) as Record<string, string>;

describe('Least privilege: what is tried', () => {
  const experiments = experimentsOf(templates);

  it('is every statement of every role of a function, each once', () => {
    const functionRoles = templates.flatMap(rolesOf).filter(({ functions }) => functions.length > 0);
    expect(functionRoles.length).to.be.above(15);
    expect(
      experiments
        .filter(({ scenario }) => scenario !== 'selection')
        .map(statementName)
        .sort(),
    ).to.deep.equal(
      functionRoles.flatMap(({ id, statements }) => statements.map(({ Sid = '' }) => `${id}/${Sid}`)).sort(),
    );
  });

  it('16.3: is for a selection once more what it cannot be done without', () => {
    const again = experiments.filter(({ scenario }) => scenario === 'selection').map(statementName);
    expect(new Set(again).size).to.equal(again.length);
    expect(again).to.include.members(['UpdateUsersRole/NewUserPool', 'ScanTableRole/BackupTables']);
    const others = experiments.filter(({ scenario }) => scenario !== 'selection').map(statementName);
    expect(again.filter((name) => !others.includes(name))).to.deep.equal([]);
  });

  it('leaves out the roles of services only', () => {
    const functionRoles = new Set(experiments.map(({ role }) => role));
    const all = templates.flatMap((template) => resourcesOf(template, 'AWS::IAM::Role').map(([id]) => id));
    expect(rolesOfServices(templates)).to.have.members(all.filter((role) => !functionRoles.has(role)));
  });

  it('needs a scenario for the role of a new function', () => {
    const stranger = parseTemplate(
      't',
      'Resources:\n  NewRole: {Type: "AWS::IAM::Role", Properties: {AssumeRolePolicyDocument: {Statement: []}, Policies: [{PolicyDocument: {Statement: [{Sid: A}]}}]}}\n  New: {Type: "AWS::Lambda::Function", Properties: {Role: !GetAtt NewRole.Arn}}\n',
    );
    expect(() => experimentsOf([stranger])).to.throw('NewRole');
  });

  it('has reasons and wordings only for statements that exist', () => {
    const names = new Set(experiments.flatMap(({ role, sid }) => [`${role}/${sid}`, `*/${sid}`]));
    expect([...Object.keys(reasons), ...Object.keys(IN_OTHER_WORDS)].filter((name) => !names.has(name))).to.deep.equal(
      [],
    );
    for (const [name, reason] of Object.entries(reasons)) expect(reason.length, name).to.be.above(40);
  });
});
