import { expect } from 'chai';
import { dynamoDbTables } from '../../../../source/custom-resources/replica/dynamodb-tables.ts';
import { AwsStub, refusal } from '../../../support/aws-stub.ts';
import { rejection } from '../../../support/rejection.ts';

describe('ReplicaTables on DynamoDB', () => {
  const stub = new AwsStub();
  before(() => stub.start());
  beforeEach(() => stub.reset());
  after(() => stub.stop());
  const tables = () => dynamoDbTables({ thisRegion: 'us-east-1', userAgent: 'solution/v1' });

  it('A6: take a ValidationException for busy when it tells of a table that is being created, updated or backfilled, and for nothing else', async () => {
    const answers = (message: string) => {
      stub.answer = () => refusal('ValidationException', message);
    };
    for (const message of [
      'Table is being created: Backup',
      'Cannot add a replica while the table is being updated',
      'The index of the table is being backfilled',
    ]) {
      answers(message);
      for (const change of [
        () => tables().addReplica('Backup', 'eu-west-1'),
        () => tables().keepPointInTimeRecovery('eu-west-1', 'Backup', 35),
      ])
        expect(await change(), message).to.deep.equal({ busy: 'ValidationException' });
    }
    answers('Replica creation is not supported for provisioned tables');
    expect(await rejection(tables().addReplica('Backup', 'eu-west-1'))).to.include({ name: 'ValidationException' });
  });

  it('B13: make the replica with the key that is given, and with the key of AWS when none is', async () => {
    stub.answer = () => ({ body: {} });
    const key = 'arn:aws:kms:eu-west-1:123456789012:key/mrk-0123456789abcdef0123456789abcdef';
    await tables().addReplica('Backup', 'eu-west-1', key);
    await tables().addReplica('Backup', 'eu-west-1');
    expect(
      stub.requests.map(({ text }) => (JSON.parse(text) as { ReplicaUpdates: unknown }).ReplicaUpdates),
    ).to.deep.equal([
      [{ Create: { RegionName: 'eu-west-1', KMSMasterKeyId: key } }],
      [{ Create: { RegionName: 'eu-west-1' } }],
    ]);
  });

  it('tell by which answer DynamoDB put a change off, and pass other errors on', async () => {
    for (const name of ['ResourceInUseException', 'ContinuousBackupsUnavailableException']) {
      stub.answer = () => refusal(name);
      expect(await tables().addReplica('Backup', 'eu-west-1')).to.deep.equal({ busy: name });
    }
    stub.answer = () => refusal('ResourceNotFoundException');
    expect(await tables().tag('eu-west-1', 'Backup', { Team: 'identity' })).to.deep.equal({
      busy: 'ResourceNotFoundException',
    });
    stub.answer = () => refusal('ValidationException');
    expect(await rejection(tables().addReplica('Backup', 'eu-west-1'))).to.include({ name: 'ValidationException' });
    stub.answer = () => ({ body: {} });
    expect(await tables().addReplica('Backup', 'eu-west-1')).to.equal('done');
  });
});
