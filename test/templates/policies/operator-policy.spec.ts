import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { COMMANDS } from '../../../source/cli/commands.ts';
import { list } from '../../../source/domain/operator/permissions/template.ts';
import { operatorPolicies, operatorPolicyText } from '../../../tools/least-privilege/policies/operator-policy.ts';
import { mainTemplate, root } from '../../support/templates.ts';

/** IAM counts no white space (IAM User Guide, quotas of managed policies). */
const MOST_CHARACTERS = 6_144;
const FOLDER = join(root, 'source', 'adapters', 'operator');
/** Client package to the prefix of its actions. */
const PREFIXES: Readonly<Record<string, string>> = {
  'cognito-identity-provider': 'cognito-idp',
  'cloudwatch-logs': 'logs',
  eventbridge: 'events',
  sfn: 'states',
};
/** Calls whose permission has another name (Service Authorization Reference, Amazon S3). */
const OTHER_NAMES: Readonly<Record<string, readonly string[]>> = {
  's3:ListObjectsV2': ['s3:ListBucket'],
  's3:HeadBucket': ['s3:ListBucket'],
  's3:PutPublicAccessBlock': ['s3:PutBucketPublicAccessBlock'],
  's3:ListBuckets': ['s3:ListAllMyBuckets'],
  's3:ListObjectVersions': ['s3:ListBucketVersions'],
  's3:DeleteObjects': ['s3:DeleteObject', 's3:DeleteObjectVersion'],
  'sts:GetCallerIdentity': [],
};

/** The actions that the source of an adapter calls. */
const calledIn = (file: string): string[] =>
  [
    ...readFileSync(join(FOLDER, file), 'utf8').matchAll(/import \{([^}]*)\} from '@aws-sdk\/client-([a-z0-9-]+)'/g),
  ].flatMap(([, names = '', service = '']) =>
    [...names.matchAll(/\b(\w+)Command\b/g)].flatMap(([, name = '']) => {
      const action = `${PREFIXES[service] ?? service}:${name}`;
      return OTHER_NAMES[action] ?? [action];
    }),
  );

describe('Operator policies', () => {
  const policies = operatorPolicies(mainTemplate);
  const actionsOf = (...names: string[]): Set<string> =>
    new Set(
      policies
        .filter(({ name }) => names.includes(name))
        .flatMap(({ statements }) => statements.flatMap(({ Action }) => Action)),
    );
  const called = new Set(readdirSync(FOLDER).flatMap(calledIn));

  it('O15: allow together every call that the command line makes', () => {
    const allowed = actionsOf(...policies.map(({ name }) => name));
    expect(called.size).to.be.above(30);
    expect([...called].filter((action) => !allowed.has(action))).to.deep.equal([]);
  });

  it('O15: are there for every command', () => {
    const allowed = policies.flatMap(({ commands }) => commands);
    for (const { name } of COMMANDS) expect(allowed).to.include(name);
  });

  it('O15: allow nothing that neither a command calls nor CloudFormation needs for the main stack', () => {
    const types = /^(iam|lambda|logs|dynamodb):|^cloudformation:(ValidateTemplate|GetTemplateSummary)$|^s3:GetObject$/;
    const unused = [...actionsOf('Deploy')].filter((action) => !called.has(action) && !types.test(action));
    expect(unused).to.deep.equal([]);
    // DynamoDB asks for it beside UpdateTable.
    expect([...actionsOf('Delete data')].filter((action) => !called.has(action))).to.deep.equal([
      'dynamodb:DeleteTableReplica',
    ]);
  });

  it('O15: let who only reads start and change nothing, and only who restores start a restore', () => {
    for (const action of actionsOf('Read only')) expect(action).to.match(/:(Describe|Get|List)\w*$/);
    const started = (name: string): readonly string[] =>
      policies
        .filter((policy) => policy.name === name)
        .flatMap(({ statements }) => statements)
        .filter(({ Action }) => Action.includes('states:StartExecution'))
        .flatMap(({ Resource }) => list(Resource))
        .map((arn) => /stateMachine:(\w+)-/.exec(arn)?.[1] ?? arn)
        .sort();
    expect(started('Operate')).to.deep.equal(['DrillWorkflow', 'ExportWorkflow', 'VerifyWorkflow']);
    expect(started('Restore')).to.deep.equal(['ImportWorkflow', 'VerifyWorkflow']);
    expect(started('Deploy')).to.deep.equal(['DrillWorkflow']);
  });

  it('15.1: with a customer key, let it be used through the services that hold what is read and stored, and not otherwise', () => {
    const keys = policies.flatMap(({ name, withKey }) => (withKey === undefined ? [] : [[name, withKey] as const]));
    expect(
      keys.map(([name, { Action, Condition }]) => [name, Action, Condition?.['StringLike']?.['kms:ViaService']]),
    ).to.deep.equal([
      ['Read only', ['kms:Decrypt'], ['s3.*.amazonaws.com', 'dynamodb.*.amazonaws.com']],
      ['Operate', ['kms:Decrypt'], ['s3.*.amazonaws.com', 'dynamodb.*.amazonaws.com']],
      ['Restore', ['kms:Decrypt', 'kms:GenerateDataKey'], ['s3.*.amazonaws.com', 'dynamodb.*.amazonaws.com']],
      ['Adopt', ['kms:Decrypt', 'kms:GenerateDataKey'], ['s3.*.amazonaws.com', 'dynamodb.*.amazonaws.com']],
    ]);
    for (const [name, { Resource }] of keys) expect(Resource, name).to.equal('arn:aws:kms:*:ACCOUNT:key/KEY');
  });

  it('O15: fit in a managed policy each, name their statements, and give a reason for every resource "*"', () => {
    for (const { name, statements, withKey } of policies) {
      const all = [...statements, ...(withKey === undefined ? [] : [withKey])];
      expect(JSON.stringify({ Version: '2012-10-17', Statement: all }).length, name).to.be.below(MOST_CHARACTERS);
      const sids = statements.map(({ Sid }) => Sid);
      expect(new Set(sids).size, name).to.equal(sids.length);
      for (const sid of sids) expect(sid).to.match(/^[A-Za-z0-9]+$/);
    }
    const text = operatorPolicyText(mainTemplate);
    for (const { name, statements } of policies) {
      const part = text.slice(text.indexOf(`### ${name}\n`)).split('```')[0] ?? '';
      if (statements.some(({ Resource }) => Resource === '*')) expect(part, name).to.include('Why on `*`');
    }
  });
});
