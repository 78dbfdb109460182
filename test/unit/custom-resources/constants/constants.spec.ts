import { expect } from 'chai';
import { solutionConstants } from '../../../../source/custom-resources/constants/solution-constants.ts';
import { stackSetConstants } from '../../../../source/custom-resources/constants/stack-set-constants.ts';
import { FakeParameters } from '../../../support/custom-resources/fake-parameters.ts';
import {
  createRequest,
  deleteRequest,
  Deployment,
  LAUNCH_ID,
  updateRequest,
} from '../../../support/custom-resources/requests.ts';
import { FakeClock } from '../../../../tools/simulation/fake-clock.ts';

const NAME = `/cognito-user-profiles-export/${LAUNCH_ID}/constants`;
const PROPERTIES = {
  BackupTableName: 'Backup-BackupTable-ABC',
  MainStackName: 'Backup',
  PrimaryRegion: 'us-east-1',
  SecondaryRegion: 'eu-west-1',
  PrimaryUserPoolId: 'us-east-1_AbC',
};
const STORED = {
  instanceId: LAUNCH_ID,
  uuid: 'uuid-1',
  backupTableName: 'Backup-BackupTable-ABC',
  mainStackName: 'Backup',
  primaryRegion: 'us-east-1',
  secondaryRegion: 'eu-west-1',
  primaryUserPoolId: 'us-east-1_AbC',
};
const ATTRIBUTES = { InstanceId: LAUNCH_ID, SolutionUuid: 'uuid-1', ConstantsParameterName: NAME };

describe('SolutionConstants', () => {
  let parameters: FakeParameters;
  let deployment: Deployment<unknown>;
  let tags: Record<string, string>;
  beforeEach(() => {
    let uuids = 0;
    tags = {};
    parameters = new FakeParameters();
    deployment = new Deployment(
      () => solutionConstants({ parameters, newUuid: () => `uuid-${(uuids += 1)}`, stackTags: async () => tags }),
      new FakeClock(),
    );
  });
  const stored = (): unknown => JSON.parse(parameters.values.get(NAME) ?? 'null');

  it('says in the reason of a failed launch that the table stays', async () => {
    parameters.putIfAbsent = () => Promise.reject(new Error('ParameterLimitExceeded'));
    const { Reason } = await deployment.request(createRequest(PROPERTIES));
    expect(Reason)
      .to.contain('ParameterLimitExceeded')
      .and.to.contain('Backup-BackupTable-ABC')
      .and.to.contain('are retained');
  });

  it('makes the ids of the launch and stores them', async () => {
    expect(await deployment.request(createRequest(PROPERTIES))).to.deep.include({
      Status: 'SUCCESS',
      PhysicalResourceId: NAME,
      Data: ATTRIBUTES,
    });
    expect(stored()).to.deep.equal(STORED);
  });

  it('keeps the first uuid when the request is delivered again', async () => {
    await deployment.request(createRequest(PROPERTIES));
    expect((await deployment.request(createRequest(PROPERTIES))).Data).to.deep.equal(ATTRIBUTES);
    expect(parameters.writes).to.equal(1);
  });

  it('gives two simultaneous deliveries the same uuid', async () => {
    const answers = await Promise.all(
      [
        deployment.request(createRequest(PROPERTIES)),
        new Deployment(
          () => solutionConstants({ parameters, newUuid: () => 'other', stackTags: async () => tags }),
          new FakeClock(),
        ).request(createRequest(PROPERTIES)),
      ].map(async (answer) => (await answer).Data),
    );
    expect(answers).to.deep.equal([ATTRIBUTES, ATTRIBUTES]);
  });

  it('writes changed values at an update and keeps the ids', async () => {
    await deployment.request(createRequest(PROPERTIES));
    const answer = await deployment.request(
      updateRequest(NAME, { ...PROPERTIES, BackupTableName: 'Other' }, PROPERTIES),
    );
    expect(answer).to.deep.include({ Status: 'SUCCESS', PhysicalResourceId: NAME, Data: ATTRIBUTES });
    expect(stored()).to.deep.equal({ ...STORED, backupTableName: 'Other' });
  });

  it("B11: gives the parameter the stack's tags when it is made, and at every update", async () => {
    tags = { CostCenter: '7' };
    await deployment.request(createRequest(PROPERTIES));
    expect(parameters.tags.get(NAME)).to.deep.equal({ CostCenter: '7' });
    tags = { CostCenter: '8', Team: 'identity' };
    await deployment.request(updateRequest(NAME, { ...PROPERTIES, TagsRevision: '2' }, PROPERTIES));
    expect(parameters.tags.get(NAME)).to.deep.equal({ CostCenter: '8', Team: 'identity' });
    expect(parameters.writes).to.equal(1);
  });

  it('writes a removed or damaged parameter again at an update', async () => {
    for (const damage of ['{"uuid":""}', 'no json']) {
      parameters.values.set(NAME, damage);
      await deployment.request(updateRequest(NAME, PROPERTIES, PROPERTIES));
      expect(stored()).to.include({ instanceId: LAUNCH_ID, backupTableName: 'Backup-BackupTable-ABC' });
    }
    parameters.values.clear();
    await deployment.request(updateRequest(NAME, PROPERTIES, PROPERTIES));
    expect(stored()).to.include({ instanceId: LAUNCH_ID });
  });

  it('removes the parameter at Delete, also under an id that CloudFormation made up, and when it is gone', async () => {
    for (const id of [NAME, 'Backup-SolutionConstants-1ABC', NAME]) {
      expect((await deployment.request(deleteRequest(id))).Status).to.equal('SUCCESS');
      expect(parameters.values.size).to.equal(0);
      if (id === NAME) parameters.values.set(NAME, 'x');
    }
  });
});

describe('StackSetConstants', () => {
  const properties = { ConstantsParameterName: NAME, PrimaryRegion: 'us-east-1' };
  let parameters: FakeParameters;
  let regions: string[];
  let emitted: object[];
  let deployment: Deployment<unknown>;
  beforeEach(() => {
    parameters = new FakeParameters();
    parameters.values.set(NAME, JSON.stringify(STORED));
    regions = [];
    emitted = [];
    deployment = new Deployment(
      () =>
        stackSetConstants(
          (region) => {
            regions.push(region);
            return parameters;
          },
          (stackName) => (measured) => void emitted.push({ stackName, ...measured }),
        ),
      new FakeClock(),
    );
  });

  it('reads the parameter of the primary Region', async () => {
    const Data = {
      InstanceId: LAUNCH_ID,
      SolutionUuid: 'uuid-1',
      BackupTableName: 'Backup-BackupTable-ABC',
      MainStackName: 'Backup',
    };
    expect(await deployment.request(createRequest(properties))).to.deep.include({
      Status: 'SUCCESS',
      PhysicalResourceId: NAME,
      Data,
    });
    expect(await deployment.request(updateRequest(NAME, properties, properties))).to.deep.include({ Data });
    expect(regions).to.deep.equal(['us-east-1', 'us-east-1']);
  });

  it('emits the age of a backup that is due from now on when the stack is created, so that its alarm has data; not at an update', async () => {
    await deployment.request(createRequest(properties));
    await deployment.request(updateRequest(NAME, properties, properties));
    expect(emitted).to.deep.equal([{ stackName: 'Backup', BackupAgeRatio: 0 }]);
  });

  it('says where a missing parameter should come from', async () => {
    parameters.values.clear();
    const answer = await deployment.request(createRequest(properties));
    expect(answer.Status).to.equal('FAILED');
    expect(answer.Reason).to.contain(`${NAME} does not exist in us-east-1`).and.to.contain('launch that stack');
  });

  it('refuses a parameter that holds something else', async () => {
    parameters.values.set(NAME, '{"instanceId":"x"}');
    expect((await deployment.request(createRequest(properties))).Reason).to.contain('does not hold the constants');
  });

  it("refuses a parameter that was changed by hand: another launch's, a member less or of another kind, a name that could break out", async () => {
    const members = Object.keys(STORED) as (keyof typeof STORED)[];
    const damages: unknown[] = [
      { ...STORED, instanceId: 'fedcba987654' },
      null,
      [],
      'x',
      7,
      ...members.flatMap((member) =>
        [null, 7, {}, ['x'], '', '../../x', 'a b', '${x}', '"', 'x'.repeat(300), '__proto__ x'].map((value) => ({
          ...STORED,
          [member]: value,
        })),
      ),
      ...members.map((member) => Object.fromEntries(Object.entries(STORED).filter(([name]) => name !== member))),
    ];
    for (const damage of damages) {
      parameters.values.set(NAME, JSON.stringify(damage));
      const { Status, Reason } = await deployment.request(createRequest(properties));
      expect(Status, JSON.stringify(damage)).to.equal('FAILED');
      expect(Reason)
        .to.contain(`${NAME} does not hold the constants of this solution. Update the main stack`)
        .and.not.match(/undefined|TypeError|JSON/);
    }
  });

  it('asks for nothing at Delete, so that it works while the primary Region is away', async () => {
    expect((await deployment.request(deleteRequest(NAME))).Status).to.equal('SUCCESS');
    expect(regions).to.be.empty;
  });
});
