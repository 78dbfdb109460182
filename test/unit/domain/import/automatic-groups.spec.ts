import { expect } from 'chai';
import { isAutomaticGroup } from '../../../../source/domain/backup/automatic-groups.ts';
import { SOURCE_POOL } from '../../../support/import/planning-world.ts';
import { RestoreWorld } from '../../../support/import/restore-world.ts';
import { RestoredPoolWorld } from '../../../support/workflows/restored-pool.ts';
import { RESTORED } from '../../../support/workflows/verify-world.ts';
import { SOURCE } from '../../../support/workflows/workflow-world.ts';
import { addGroups, addUsers, aGroup } from '../../../support/world/builders.ts';

const GOOGLE = `${SOURCE_POOL}_Google`;

describe("C16: Cognito's own group of an identity provider", () => {
  it('C16: is known by the id of its pool', () => {
    expect(isAutomaticGroup(GOOGLE, SOURCE_POOL)).to.equal(true);
    for (const name of [SOURCE_POOL, `${SOURCE_POOL}_`, `${SOURCE_POOL}-Google`, 'us-east-1_Other_Google', 'staff'])
      expect(isAutomaticGroup(name, SOURCE_POOL), name).to.equal(false);
  });

  it('C16: is neither created nor filled by a restore, and report and dry run say so', async () => {
    const world = new RestoreWorld();
    addUsers(world.source, 5);
    addGroups(world.source, [3]);
    world.source.putGroup(aGroup({ name: GOOGLE }));
    world.source.join('user1', GOOGLE);
    world.source.join('user2', GOOGLE);
    await world.planned();
    expect(world.groups().map(({ name }) => name)).to.deep.equal(['group0']);
    expect(world.plan().counts).to.deep.include({ automaticGroups: 1, memberships: 3, membershipsWithoutUser: 0 });
    expect(world.plan().notes.join()).to.match(/1 group is of the kind .*neither created nor filled/);
    const { outcome, counts } = await world.execute();
    expect(outcome).to.equal('complete');
    expect(counts).to.include({ groups: 1, groupsAutomatic: 1, memberships: 3, membershipsMissing: 0 });
    expect(world.target.hasGroup(GOOGLE)).to.equal(false);
  });

  it('C16: of the old pool and of the new one is no difference when a restored pool is verified', async () => {
    const world = await RestoredPoolWorld.create();
    const name = `${SOURCE}_Google`;
    world.home.source.putGroup(aGroup({ name }));
    world.home.source.join('user1', name);
    world.home.source.join('google_1', name);
    await world.export();
    world.restored.putGroup(aGroup({ name: `${RESTORED}_Google` }));
    world.restored.join('facebook_7', `${RESTORED}_Google`);
    const ended = await world.compareRestored();
    expect(ended.status, ended.cause).to.equal('SUCCEEDED');
  });

  it('C16: is compared as any other with the pool that is backed up', async () => {
    const world = await RestoredPoolWorld.create();
    world.home.source.putGroup(aGroup({ name: `${SOURCE}_Google` }));
    await world.export();
    expect((await world.compareSource()).status).to.equal('SUCCEEDED');
    world.home.source.putGroup(aGroup({ name: `${SOURCE}_Other` }));
    expect((await world.compareSource()).error).to.equal('PoolDiffers');
  });
});
