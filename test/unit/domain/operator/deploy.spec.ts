import { expect } from 'chai';
import {
  launchesIn,
  rememberedLaunch,
  withLaunch,
  withoutLaunch,
} from '../../../../source/domain/operator/deploy/answers.ts';
import {
  flagOf,
  launchParameters,
  parameterSourceOf,
  wrongValues,
} from '../../../../source/domain/operator/deploy/parameters.ts';
import { changedSettings } from '../../../../source/domain/operator/deploy/preview.ts';
import { situationOf } from '../../../../source/domain/operator/deploy/situation.ts';
import { stackFailure } from '../../../../source/domain/operator/deploy/stack-events.ts';
import type { ProgressEvent } from '../../../../source/domain/operator/deploy/stack-events.ts';
import { tagsFrom, tagsRevision } from '../../../../source/domain/operator/deploy/tags.ts';
import { permissionGains } from '../../../../source/domain/operator/permissions/gains.ts';
import { parseTemplate } from '../../../../source/domain/operator/permissions/template.ts';
import { mainTemplate, stackSetTemplate } from '../../../support/templates.ts';

describe('deploy: parameters of the template as options', () => {
  const parameters = launchParameters(parameterSourceOf(mainTemplate));

  it('have names of their own in lower case', () => {
    expect(flagOf('CognitoTPS')).to.equal('cognito-tps');
    expect(flagOf('PermissionsBoundaryArn')).to.equal('permissions-boundary-arn');
    expect(flagOf('KmsKeyArn')).to.equal('kms-key-arn');
  });

  it('are judged as CloudFormation judges them, by the whole value', () => {
    const complaints = (given: Record<string, string>) =>
      wrongValues(parameters, given).map(({ parameter, complaint }) => `${parameter.name} ${complaint}`);
    expect(
      complaints({ PrimaryUserPoolId: 'us-east-1_AbC', CognitoTPS: '20', PermissionsBoundaryArn: '' }),
    ).to.deep.equal([]);
    expect(complaints({ CognitoTPS: '7' })).to.deep.equal(['CognitoTPS must be one of 1, 5, 10, 15, 20, 25']);
    expect(complaints({ SecondaryRegion: 'eu-west-1\nx' })).to.deep.equal([
      'SecondaryRegion must be a Region name such as eu-west-1',
    ]);
  });
});

describe('deploy: gained permissions', () => {
  const template = (statements: string, trust = 'lambda.amazonaws.com') =>
    parseTemplate(
      't',
      `Resources:
  WorkRole:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: [{Effect: Allow, Principal: {Service: ${trust}}, Action: sts:AssumeRole}]
      Policies: [{PolicyName: p, PolicyDocument: {Statement: [${statements}]}}]
`,
    );
  const READ = "{Sid: A, Effect: Allow, Action: 's3:GetObject', Resource: 'arn:b/*'}";
  const gained = (before: string, after: string) =>
    permissionGains([template(before)], [template(after)]).flatMap((gain) => gain.gained);

  it('are none between equal templates, however their statements are cut', () => {
    expect(permissionGains([mainTemplate, stackSetTemplate], [mainTemplate, stackSetTemplate])).to.deep.equal([]);
    expect(
      gained(
        `{Effect: Allow, Action: [a:A, b:B], Resource: '*'}`,
        `{Effect: Allow, Action: b:B, Resource: '*'}, {Effect: Allow, Action: a:A, Resource: '*'}`,
      ),
    ).to.deep.equal([]);
  });

  it('are new actions, wider resources, conditions and denials that are gone, and another who may take the role', () => {
    expect(gained(READ, `${READ}, {Effect: Allow, Action: 's3:PutObject', Resource: 'arn:b/*'}`)).to.deep.equal([
      's3:PutObject on arn:b/*',
    ]);
    expect(gained(READ, READ.replace('arn:b/*', '*'))).to.deep.equal(['s3:GetObject on *']);
    const conditional = READ.replace('}', ", Condition: {Bool: {'aws:SecureTransport': 'true'}}}");
    expect(gained(conditional, READ)).to.deep.equal(['s3:GetObject on arn:b/*']);
    expect(gained(`${READ}, {Effect: Deny, Action: 'iam:*', Resource: '*'}`, READ)).to.deep.equal([
      'no longer: denied iam:* on *',
    ]);
    expect(permissionGains([template(READ)], [template(READ, 'states.amazonaws.com')])[0]?.gained).to.deep.equal([
      'taken by states.amazonaws.com',
    ]);
  });

  it('are everything of a first launch, of the roles of both templates and of policies of resources', () => {
    const holders = permissionGains([], [mainTemplate, stackSetTemplate]).map(({ holder }) => holder);
    expect(holders).to.include.members([
      'StackSetExecutionRole',
      'SyncUsersRole',
      'AccessLogBucketPolicy',
      'EventsDeadLetterQueuePolicy',
    ]);
  });

  it('lose nothing of a template of another version that has words of its own', () => {
    expect(gained(READ, `{Effect: Allow, Action: a:B, Resource: {'Fn::Join': [':', [a, b]]}}`)).to.deep.equal([
      'a:B on {"Fn::Join":[":",["a","b"]]}',
    ]);
  });
});

describe('deploy: what events of a stack tell', () => {
  const event = (logicalId: string, status: string, reason = '', ofStack = false): ProgressEvent => ({
    id: `${logicalId} ${status}`,
    at: 0,
    logicalId,
    type: 'T',
    status,
    reason,
    ofStack,
  });

  it('is the first cause of the last operation, in the words of the custom resource', () => {
    const failure = stackFailure([
      event('Stack', 'CREATE_IN_PROGRESS', '', true),
      event('Old', 'CREATE_FAILED', 'of an earlier operation'),
      event('Stack', 'UPDATE_IN_PROGRESS', 'User Initiated', true),
      event('Other', 'UPDATE_FAILED', 'Resource update cancelled'),
      event(
        'StackSetCustomResource',
        'UPDATE_FAILED',
        'Received response status [FAILED] from custom resource. Message returned: SyncUsers in eu-west-1: no (RequestId: 0a1b2c3d-0000-0000-0000-000000000000)',
      ),
      event('Stack', 'UPDATE_ROLLBACK_IN_PROGRESS', 'The following resource(s) failed to update: [x].', true),
    ]);
    expect(failure).to.deep.equal({ logicalId: 'StackSetCustomResource', reason: 'SyncUsers in eu-west-1: no' });
  });

  it('is nothing where nothing failed', () => {
    expect(stackFailure([event('Stack', 'CREATE_IN_PROGRESS', '', true)])).to.equal(undefined);
  });

  it('decides what can be done with it, in every state', () => {
    const situations = {
      absent: [undefined, 'DELETE_COMPLETE'],
      proposed: ['REVIEW_IN_PROGRESS'],
      busy: [
        'CREATE_IN_PROGRESS',
        'ROLLBACK_IN_PROGRESS',
        'DELETE_IN_PROGRESS',
        'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
      ],
      failedLaunch: ['CREATE_FAILED', 'ROLLBACK_COMPLETE', 'ROLLBACK_FAILED'],
      failedDeletion: ['DELETE_FAILED'],
      failedRollback: ['UPDATE_ROLLBACK_FAILED'],
      ready: ['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE', 'UPDATE_FAILED', 'IMPORT_COMPLETE'],
    };
    for (const [situation, statuses] of Object.entries(situations))
      for (const status of statuses) expect(situationOf(status), status).to.equal(situation);
  });
});

describe('deploy: what is remembered', () => {
  const LAUNCH = { account: '1', region: 'us-east-1', stack: 'A', parameters: { CognitoTPS: '5' }, tags: {} };

  it('is kept by account, Region and stack', () => {
    const both = launchesIn(withLaunch([LAUNCH], { ...LAUNCH, stack: 'B', bucket: 'b' })) ?? [];
    expect(rememberedLaunch(both, LAUNCH)).to.deep.equal(LAUNCH);
    expect(launchesIn(withoutLaunch(both, LAUNCH))).to.deep.equal([{ ...LAUNCH, stack: 'B', bucket: 'b' }]);
    expect(rememberedLaunch(both, { ...LAUNCH, account: '2' })).to.equal(undefined);
  });

  it('is nothing that another program wrote', () => {
    for (const content of ['', '[]', '{"version":2,"launches":[]}', '{"version":1,"launches":[{}]}'])
      expect(launchesIn(content), content).to.equal(undefined);
  });
});

describe('deploy: tags and settings', () => {
  it('are read as Key=Value, and refused where CloudFormation would refuse them', () => {
    expect(tagsFrom(['Team=a=b', 'Empty='])).to.deep.equal({ Team: 'a=b', Empty: '' });
    for (const wrong of ['Team', '=x', 'aws:x=1', 'a=b;c']) expect(tagsFrom(['A=1', wrong])).to.deep.equal({ wrong });
  });

  it('give TagsRevision another value when they change, and only then', () => {
    expect(tagsRevision('1', { A: '1', B: '2' }, { B: '2', A: '1' })).to.equal('1');
    expect(tagsRevision('1', { A: '1' }, { A: '2' })).to.match(/^[0-9a-f]{16}$/);
  });

  it('are shown where they change', () => {
    expect(changedSettings({ A: '1', B: '2', C: '3' }, { A: '1', B: '4', D: '5' })).to.deep.equal([
      { name: 'B', before: '2', after: '4' },
      { name: 'D', after: '5' },
      { name: 'C', before: '3', after: '' },
    ]);
  });
});
