import { expect } from 'chai';
import { secondaryUserPoolTable } from '../../../../source/custom-resources/replica/secondary-user-pool-table.ts';
import type { ReplicaTables, ChangeOutcome, TableStatus } from '../../../../source/custom-resources/replica/tables.ts';
import { createRequest, deleteRequest, Deployment, updateRequest } from '../../../support/custom-resources/requests.ts';
import { FakeClock } from '../../../../tools/simulation/fake-clock.ts';

const PROPERTIES = {
  TableName: 'Backup-Table',
  TableArn: 'arn:aws-us-gov:dynamodb:us-east-1:123456789012:table/Backup-Table',
  SecondaryRegion: 'eu-west-1',
  Tags: { Team: 'identity' },
};
const ID = 'Backup-Table|eu-west-1';
const MINUTE = 60_000;

/** DynamoDB with a replica that needs `creationMs` to become ACTIVE, and refuses each setting `busy` times after that. */
class FakeTables implements ReplicaTables {
  readonly calls: string[] = [];
  askedAt: number | undefined;
  replicaKey: string | undefined;
  broken: TableStatus | undefined;
  busy = 0;
  busyWith = 'ResourceInUseException';
  readonly settings: Record<string, unknown> = {};
  readonly #refusals: Record<string, number> = {};
  constructor(
    private readonly clock: FakeClock,
    private readonly creationMs: number,
  ) {}

  replicaStatus = async (): Promise<TableStatus> => {
    if (this.broken !== undefined) return this.broken;
    if (this.askedAt === undefined) return 'absent';
    return this.clock.now() >= this.askedAt + this.creationMs ? 'ACTIVE' : 'CREATING';
  };
  addReplica = async (_table: string, _region: string, keyArn?: string): Promise<ChangeOutcome> => {
    this.calls.push('addReplica');
    this.replicaKey = keyArn;
    if (this.#isBusy('addReplica')) return { busy: this.busyWith };
    this.askedAt ??= this.clock.now();
    return 'done';
  };
  tableStatus = async (): Promise<TableStatus> => (this.#isBusy('tableStatus') ? 'absent' : 'ACTIVE');
  keepPointInTimeRecovery = (region: string, _table: string, days: number): Promise<ChangeOutcome> =>
    this.#set('recovery', `${region} ${days}`);
  protectFromDeletion = (region: string): Promise<ChangeOutcome> => this.#set('protection', region);
  tag = (region: string, _table: string, tags: object): Promise<ChangeOutcome> =>
    this.#set('tags', `${region} ${JSON.stringify(tags)}`);

  async #set(name: string, value: string): Promise<ChangeOutcome> {
    this.calls.push(name);
    if (this.#isBusy(name)) return { busy: this.busyWith };
    const [region = '', ...rest] = value.split(' ');
    this.settings[`${region} ${name}`] = rest.join(' ');
    return 'done';
  }
  #isBusy(name: string): boolean {
    this.#refusals[name] = (this.#refusals[name] ?? 0) + 1;
    return this.#refusals[name] <= this.busy;
  }
}

describe('SecondaryUserPoolTable', () => {
  let clock: FakeClock;
  let stackTags: Record<string, string>;
  beforeEach(() => {
    stackTags = {};
    clock = new FakeClock();
  });
  const deploymentOf = (tables: ReplicaTables): Deployment<unknown> =>
    new Deployment(() => secondaryUserPoolTable({ tables, clock, stackTags: async () => stackTags }), clock);
  const TAGS = '{"Team":"identity"}';
  const SETTINGS = {
    'eu-west-1 recovery': '35',
    'eu-west-1 protection': '',
    'eu-west-1 tags': TAGS,
    'us-east-1 recovery': '35',
    'us-east-1 protection': '',
    'us-east-1 tags': TAGS,
  };

  it("B11: gives table and replica the stack's tags beside its own, at a create and at an update", async () => {
    const tables = new FakeTables(clock, 0);
    stackTags = { CostCenter: '7', Team: 'of the stack' };
    await deploymentOf(tables).request(createRequest(PROPERTIES));
    for (const region of ['us-east-1', 'eu-west-1'])
      expect(JSON.parse(String(tables.settings[`${region} tags`]))).to.deep.equal({
        CostCenter: '7',
        Team: 'identity',
      });
    stackTags = { CostCenter: '8' };
    await deploymentOf(tables).request(updateRequest(ID, { ...PROPERTIES, TagsRevision: '2' }, PROPERTIES));
    expect(JSON.parse(String(tables.settings['eu-west-1 tags']))).to.include({ CostCenter: '8' });
  });

  it("B13: encrypts the replica with the customer's key of its own Region, where there is one", async () => {
    const KmsKeyArn = 'arn:aws-us-gov:kms:us-east-1:123456789012:key/mrk-0123456789abcdef0123456789abcdef';
    for (const [given, used] of [
      [{ KmsKeyArn }, KmsKeyArn.replace('us-east-1', 'eu-west-1')],
      [{ KmsKeyArn: '' }, undefined],
      [{}, undefined],
    ] as const) {
      const tables = new FakeTables(clock, 0);
      expect(await deploymentOf(tables).request(createRequest({ ...PROPERTIES, ...given }))).to.include({
        Status: 'SUCCESS',
      });
      expect(tables.replicaKey).to.equal(used);
    }
  });

  it('adds the replica, waits for it, then protects it and the table, each in its own Region', async () => {
    const tables = new FakeTables(clock, 3 * MINUTE);
    const answer = await deploymentOf(tables).request(createRequest(PROPERTIES));
    expect(answer).to.deep.include({
      Status: 'SUCCESS',
      PhysicalResourceId: ID,
      Data: { ReplicaArn: 'arn:aws-us-gov:dynamodb:eu-west-1:123456789012:table/Backup-Table' },
    });
    expect(tables.calls).to.deep.equal([
      'addReplica',
      'recovery',
      'tags',
      'protection',
      'recovery',
      'tags',
      'protection',
    ]);
    expect(tables.settings).to.deep.equal(SETTINGS);
  });

  it('asks again while DynamoDB is not ready', async () => {
    const tables = new FakeTables(clock, MINUTE);
    tables.busy = 4;
    expect((await deploymentOf(tables).request(createRequest(PROPERTIES))).Status).to.equal('SUCCESS');
    expect(tables.settings).to.deep.equal(SETTINGS);
    expect(tables.calls.filter((call) => call === 'recovery')).to.have.length(6);
  });

  it('waits half an hour for a slow replica in a few invocations, asking for it once', async () => {
    const tables = new FakeTables(clock, 30 * MINUTE);
    const deployment = deploymentOf(tables);
    expect((await deployment.request(createRequest(PROPERTIES))).Status).to.equal('SUCCESS');
    expect(deployment.invocations).to.equal(3);
    expect(tables.calls.filter((call) => call === 'addReplica')).to.have.length(1);
  });

  it('takes a replica that exists as it is, also when the request is delivered twice', async () => {
    const tables = new FakeTables(clock, MINUTE);
    const answers = await Promise.all([
      deploymentOf(tables).request(createRequest(PROPERTIES)),
      deploymentOf(tables).request(createRequest(PROPERTIES)),
    ]);
    expect(answers[0]).to.deep.equal(answers[1]);
    expect((await deploymentOf(tables).request(createRequest(PROPERTIES))).Status).to.equal('SUCCESS');
    expect(tables.settings).to.deep.equal(SETTINGS);
  });

  it('repeats the settings at an update', async () => {
    const tables = new FakeTables(clock, 0);
    tables.askedAt = 0;
    const answer = await deploymentOf(tables).request(updateRequest(ID, { ...PROPERTIES, Tags: {} }, PROPERTIES));
    expect(answer).to.include({ Status: 'SUCCESS', PhysicalResourceId: ID });
    expect(tables.settings).to.deep.equal({
      'eu-west-1 recovery': '35',
      'eu-west-1 protection': '',
      'us-east-1 recovery': '35',
      'us-east-1 protection': '',
    });
  });

  it('fails with the state of a replica that needs someone, and says what is retained', async () => {
    const tables = new FakeTables(clock, 0);
    tables.broken = 'REGION_DISABLED';
    const answer = await deploymentOf(tables).request(createRequest(PROPERTIES));
    expect(answer.Status).to.equal('FAILED');
    expect(answer.Reason)
      .to.contain('The replica of Backup-Table in eu-west-1 is REGION_DISABLED')
      .and.to.contain('are retained');
  });

  it('says what is retained when the replica takes longer than CloudFormation waits', async () => {
    const tables = new FakeTables(clock, 300 * MINUTE);
    const answer = await deploymentOf(tables).request(createRequest({ ...PROPERTIES, ServiceTimeout: '3600' }));
    expect(answer).to.include({ Status: 'FAILED', PhysicalResourceId: ID });
    expect(answer.Reason)
      .to.contain('still waiting for the replica of Backup-Table in eu-west-1')
      .and.to.contain('are retained');
    expect(clock.elapsed).to.be.below(60 * MINUTE);
  });

  it('names what DynamoDB last answered when it keeps refusing the replica, and what to check', async () => {
    const tables = new FakeTables(clock, 0);
    tables.busy = Infinity;
    tables.busyWith = 'LimitExceededException';
    const answer = await deploymentOf(tables).request(createRequest(PROPERTIES));
    expect(answer.Status).to.equal('FAILED');
    expect(answer.Reason).to.contain(
      'waiting for the replica of Backup-Table in eu-west-1 to become ACTIVE (DynamoDB last answered LimitExceededException: check the table quota of eu-west-1).',
    );
  });

  it('names what DynamoDB last answered when it keeps refusing a setting, and the Region', async () => {
    const tables = new FakeTables(clock, 0);
    tables.askedAt = 0;
    tables.keepPointInTimeRecovery = async (region) =>
      region === 'us-east-1' ? { busy: 'ContinuousBackupsUnavailableException' } : 'done';
    const answer = await deploymentOf(tables).request(createRequest(PROPERTIES));
    expect(answer.Reason).to.contain(
      'waiting for point-in-time recovery in us-east-1 of Backup-Table (DynamoDB last answered ContinuousBackupsUnavailableException).',
    );
  });

  it('does not blame a refusal that was followed by a yes', async () => {
    const tables = new FakeTables(clock, 300 * MINUTE);
    tables.busy = 4;
    expect((await deploymentOf(tables).request(createRequest(PROPERTIES))).Reason).to.contain('to become ACTIVE.');
  });

  it('leaves table and replica at Delete', async () => {
    const tables = new FakeTables(clock, 0);
    expect((await deploymentOf(tables).request(deleteRequest(ID))).Status).to.equal('SUCCESS');
    expect(tables.calls).to.be.empty;
  });
});
