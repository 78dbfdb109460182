import { expect } from 'chai';
import { rolesOf } from '../../../source/domain/operator/permissions/roles.ts';
import type { TrustStatement } from '../../../source/domain/operator/permissions/roles.ts';
import { granted, resourcesText, roles } from '../../support/policies.ts';
import { list, mainTemplate, references, statementsOf, templates } from '../../support/templates.ts';

const SERVICES = [
  'cloudwatch',
  'cloudformation',
  'cognito-idp',
  'dynamodb',
  'events',
  'iam',
  'kms',
  'lambda',
  'logs',
  's3',
  'sns',
  'sqs',
  'ssm',
  'states',
  'sts',
];
/** Principals whose documentation shows no condition for taking a role: each with a comment in the template. */
const UNNARROWED = ['lambda.amazonaws.com', 'cognito-idp.amazonaws.com', 's3.amazonaws.com'];
const EXPLAINED: Record<string, string> = {
  'lambda.amazonaws.com': 'Lambda documents neither aws:SourceAccount nor aws:SourceArn',
  'cognito-idp.amazonaws.com': 'whether Cognito sends aws:SourceAccount',
  's3.amazonaws.com': 'has no condition, and S3 documents none',
};
const SOURCES: Record<string, string> = {
  'states.amazonaws.com': 'arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:*',
  'events.amazonaws.com': 'arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/StackSet-CognitoUser*',
  'cloudformation.amazonaws.com':
    'arn:${AWS::Partition}:cloudformation:*:${AWS::AccountId}:stackset/CognitoUserProfilesExport-*',
};

for (const template of templates) {
  describe(`Template ${template.name}: policies`, () => {
    it('name a reason beside every resource "*"', () => {
      const silent = template.text
        .split('\n')
        .map((line, index) => ({ line, number: index + 1 }))
        .filter(({ line }) => /^\s*(Resource:|-) '\*'\s*$/.test(line) && !/Principal/.test(line));
      expect(
        silent.map(({ number }) => number),
        'lines',
      ).to.deep.equal([]);
    });

    it('name a reason beside every action that is a wildcard, unless it is denied', () => {
      const lines = template.text.split('\n');
      const silent = lines
        .map((line, index) => ({
          line,
          number: index + 1,
          before: lines.slice(Math.max(0, index - 3), index).join(' '),
        }))
        .filter(
          ({ line, before }) =>
            /(Action:|-) [\w-]+:\w*\*/.test(line) && !line.includes('#') && !before.includes('Effect: Deny'),
        );
      expect(
        silent.map(({ number }) => number),
        'lines',
      ).to.deep.equal([]);
    });

    it('allow actions of known services by name, wildcards only for the stacks of the StackSet and the buckets of StackSets', () => {
      const actions = granted(template).flatMap(({ role, statement }) =>
        list(statement.Action).map((action) => ({ role, action, sid: statement.Sid })),
      );
      expect(actions.filter(({ action }) => !SERVICES.includes(action.split(':')[0] ?? ''))).to.deep.equal([]);
      const wild = actions.filter(({ action }) => action.includes('*'));
      expect(wild).to.deep.equal(
        template === mainTemplate
          ? [
              { role: 'StackSetExecutionRole', action: 'cloudformation:*', sid: 'Stacks' },
              { role: 'StackSetExecutionRole', action: 's3:*', sid: 'BucketsOfStackSets' },
            ]
          : [],
      );
    });

    it('have a Sid for every statement, unique within its role', () => {
      for (const role of roles(template)) {
        const sids = statementsOf(template, role).map(({ Sid }) => Sid);
        expect(sids.every(Boolean), role).to.equal(true);
        expect(new Set(sids).size, role).to.equal(sids.length);
      }
    });

    it('and roles have generated names, so that CAPABILITY_IAM is all that a launch needs', () => {
      const iam = Object.entries(template.Resources).filter(([, { Type }]) => Type.startsWith('AWS::IAM::'));
      expect(
        iam.map(([, { Type }]) => Type).filter((type) => type !== 'AWS::IAM::Role' && type !== 'AWS::IAM::Policy'),
      ).to.deep.equal([]);
      expect(iam.filter(([, { Properties }]) => 'RoleName' in Properties).map(([id]) => id)).to.deep.equal([]);
    });

    it('pass roles only to the service that they are for', () => {
      const passes = granted(template).filter(({ statement }) => list(statement.Action).includes('iam:PassRole'));
      expect(passes).to.not.be.empty;
      for (const { role, statement } of passes) {
        // Of a role that is passed for a group: test/templates/group-roles.spec.ts.
        if (statement.Sid === 'PassGroupRoles') continue;
        if (Array.isArray(statement.Resource) || !(statement.Resource as { 'Fn::GetAtt'?: unknown })['Fn::GetAtt'])
          expect(JSON.stringify(statement.Condition), role).to.include('iam:PassedToService');
      }
    });

    it('A4: name no iam:PassedToService for Cognito and StackSets, whose value no source confirms, but one role whose trust names them', () => {
      const passes = granted(template).filter(
        ({ role, statement }) =>
          list(statement.Action).includes('iam:PassRole') &&
          role !== 'StackSetExecutionRole' &&
          statement.Sid !== 'PassGroupRoles',
      );
      const expected =
        template === mainTemplate
          ? { StackSetFunctionRole: ['StackSetAdministrationRole', 'cloudformation.amazonaws.com'] }
          : { ImportUsersRole: ['ImportJobLogRole', 'cognito-idp.amazonaws.com'] };
      expect(
        Object.fromEntries(
          passes.map(({ role, statement }) => {
            expect(statement.Condition, role).to.equal(undefined);
            const [{ target } = { target: '' }] = references(statement.Resource);
            const [trust] = rolesOf(template).find(({ id }) => id === target)?.trust ?? [];
            return [role, [target, list(trust?.Principal['Service'] as string | string[])[0]]];
          }),
        ),
      ).to.deep.equal(expected);
    });

    it('let each role be taken by one principal, narrowed to this account and the kind of source where AWS documents it', () => {
      for (const { id, trust } of rolesOf(template)) {
        expect(trust, id).to.have.length(1);
        const [{ Effect, Principal, Action, Condition } = {} as TrustStatement] = trust;
        expect([Effect, Action], id).to.deep.equal(['Allow', 'sts:AssumeRole']);
        const [service = ''] = list(Principal['Service'] as string | string[] | undefined);
        if (UNNARROWED.includes(service)) expect(Condition, id).to.equal(undefined);
        else if (service === '')
          expect([id, references(Principal).map(({ target }) => target)]).to.deep.equal([
            'StackSetExecutionRole',
            ['StackSetAdministrationRole'],
          ]);
        else {
          expect(Condition?.['StringEquals'], id).to.deep.equal({ 'aws:SourceAccount': { Ref: 'AWS::AccountId' } });
          const source = (Condition?.['ArnLike'] ?? Condition?.['StringLike'])?.['aws:SourceArn'];
          expect(JSON.stringify(source), id).to.equal(JSON.stringify({ 'Fn::Sub': SOURCES[service] }));
        }
      }
    });

    it('say why where a trust policy has no condition', () => {
      const unexplained = rolesOf(template)
        .filter(({ trust }) =>
          trust.some(({ Condition, Principal }) => Condition === undefined && 'Service' in Principal),
        )
        .map(({ trust }) => trust[0]?.Principal['Service'] as string)
        .filter((service) => !new RegExp(`# (.*\\n *# )?.*${EXPLAINED[service]}`).test(template.text));
      expect(unexplained).to.deep.equal([]);
    });

    it('never name a partition, an account or a Region', () => {
      const fixed = granted(template).filter(({ statement }) =>
        /arn:aws[:-]|\d{12}|us-east-1/.test(resourcesText(statement)),
      );
      expect(fixed).to.deep.equal([]);
    });
  });
}
