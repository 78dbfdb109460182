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
