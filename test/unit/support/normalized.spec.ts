import { expect } from 'chai';
import { normalized } from '../../support/transcript/normalized.ts';

describe('normalized output of the transcript', () => {
  const none = new Map<string, string>();

  it('replaces names of this run, ids, times, durations and rates', () => {
    expect(
      normalized(
        [
          'us-east-1_AbCdEfGhI, stack Backup-Table-E8671B0F63D5 of account 000000000000',
          'run 20261129T173656Z-7c63abd5, ended 2026-11-29T17:37:42.378Z, next about 2026-11-30T17:36Z',
          'ExportWorkflow-51d7dc4b14e6:cli-886e68c8588dcf7062870009d927b1e8',
          'topic ececfa83-0303-4621-b3f4-005ccc65bd8b, bucket cognito-export-000000000000-e595d7fb-us-east-1',
          'took 1 min 39 s, 36 h 0 min are allowed',
          '399 users',
        ].join('\n'),
        new Map([
          ['us-east-1_AbCdEfGhI', 'us-east-1_Customers'],
          ['000000000000', '111122223333'],
        ]),
      ).split('\n'),
    ).to.deep.equal([
      'us-east-1_Customers, stack Backup-Table-0123456789ab of account 111122223333',
      'run 20260101T000000Z-00000000, ended 2026-01-01T00:00Z, next about 2026-01-01T00:00Z',
      'ExportWorkflow-0123456789ab:cli-0123456789abcdef',
      'topic 00000000-0000-0000-0000-000000000000, bucket cognito-export-111122223333-01234567-us-east-1',
      'took some time, some time are allowed',
      '399 users',
    ]);
  });

  it('leaves progress out, and all but the first lines of what a launch makes', () => {
    const text = [
      'Resources of the main stack:',
      ...Array.from({ length: 9 }, (_, index) => `  Add Role${index} (AWS::IAM::Role)`),
      'CREATE_IN_PROGRESS Backup  14 %',
      'CREATE_COMPLETE Backup  99 %',
      'Outputs of Backup',
      'Running for 9 s',
      'Reading the settings',
      'Reading the settings, 9.1 calls/s  3 %  about 40 s left',
      'Planning  0 %',
      '{"message_type":"status","message":"Planning, 0 of 390 users","percent_done":0}',
      'Done',
    ].join('\n');
    expect(normalized(text, none).split('\n')).to.deep.equal([
      'Resources of the main stack:',
      '  Add Role0 (AWS::IAM::Role)',
      '  Add Role1 (AWS::IAM::Role)',
      '  Add Role2 (AWS::IAM::Role)',
      '  ...',
      'Outputs of Backup',
      '...',
      'Done',
    ]);
  });
});
