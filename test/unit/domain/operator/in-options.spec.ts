import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { HALTS } from '../../../../source/domain/errors.ts';
import { endingOf } from '../../../../source/domain/operator/ending.ts';
import { inOptions } from '../../../../source/domain/operator/in-options.ts';
import { nextAfterFailure } from '../../../../source/domain/workflow/notices/failure.ts';
import { root } from '../../../support/templates.ts';

/** Keys of the inputs of export and restore that a person gives; the others are given by the command alone. */
const KEYS = [
  ...readFileSync(join(root, 'source', 'domain', 'workflow', 'input.ts'), 'utf8').matchAll(/^ {2}([A-Z]\w+):/gm),
]
  .map(([, key = '']) => key)
  .filter((key) => !['Trigger', 'Selection', 'Users', 'Percent', 'Everybody', 'CleanUp'].includes(key));

describe('sentences of workflows at the command line', () => {
  it('15.1: every key that a restore or an export may be told to give has its option', () => {
    expect(KEYS).to.include.members(['AllowSourcePool', 'ExportRun', 'AllowMassDelete', 'UserPoolId']);
    for (const key of KEYS)
      for (const form of [`"${key}": true`, `{"${key}": true}`, `"${key}"`, key])
        expect(inOptions('ImportWorkflow', `Start with ${form}.`), form).to.match(/^Start with --[a-z- ]+\.$/);
  });

  it('15.1: no advice names a key, in any workflow and after any error', () => {
    const named = new RegExp(`\\b(${KEYS.filter((key) => key !== 'CognitoTPS').join('|')})\\b`);
    for (const workflow of ['ExportWorkflow', 'ImportWorkflow', 'VerifyWorkflow', 'DrillWorkflow'] as const)
      for (const error of [...HALTS, 'Throttled']) {
        const execution = {
          executionArn: 'arn:aws:states:us-east-1:111122223333:execution:m:e',
          status: 'FAILED',
          input: {},
          output: {},
          error,
          cause: '{}',
          startedAt: 0,
        } as const;
        expect(endingOf(workflow, execution).advice, `${workflow} ${error}`).to.not.match(named);
      }
    expect(nextAfterFailure('ExportWorkflow', 'MassDeleteRefused'), 'the message has the input').to.match(named);
  });

  it('15.1: reads as it is typed', () => {
    for (const [said, typed] of [
      ['start with "AllowSourcePool": true.', 'start with --accept source-pool.'],
      [
        'start with {"AllowMassDelete": true, "AllowMassChange": true}. If',
        'start with --accept mass-delete,mass-change. If',
      ],
      [
        'the newest other one is {"ExportRun": "20260301T000000Z-0a1b2c3d"}',
        'the newest other one is --run 20260301T000000Z-0a1b2c3d',
      ],
      ['Start with one of these, or without "ExportRun".', 'Start with one of these, or without --run.'],
      ['Lower CognitoTPS.', 'Lower --tps.'],
      [
        'of the right form: {"NewUserPoolId": "us-east-1_A", "CognitoTPS": 10}',
        'of the right form: --to us-east-1_A --tps 10',
      ],
      [
        'the key restores/<NewUserPoolId>/group-roles.json of {a map}',
        'the key restores/<NewUserPoolId>/group-roles.json of {a map}',
      ],
      [
        'with {"Selection": "x", "DryRun": true} and "PreSignUp"',
        'with {"Selection": "x", "DryRun": true} and "PreSignUp"',
      ],
    ] as const)
      expect(inOptions('ImportWorkflow', said)).to.equal(typed);
    expect(inOptions('ExportWorkflow', 'Lower CognitoTPS.'), 'a parameter').to.equal('Lower CognitoTPS.');
  });
});
