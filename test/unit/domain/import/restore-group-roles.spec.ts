import { expect } from 'chai';
import { groupRoleMapKey } from '../../../../source/domain/import/plan/group-roles.ts';
import { putRequest, rowsOfSelection, select } from '../../../support/import/selections.ts';
import { SOURCE, TARGET, WorkflowWorld } from '../../../support/workflows/workflow-world.ts';
import { addUsers } from '../../../support/world/builders.ts';

/** Every so manyth call of a restore of three users; a prime, so that both kinds of kills meet all kinds of calls. */
const KILLS_APART = 23;
const role = (name: string): string => `arn:aws:iam::111122223333:role/${name}`;
const [OLD, ADMINS, STAFF] = [role('old-admins'), role('admins'), role('staff')];
const KEY = groupRoleMapKey(TARGET);
const REGION = TARGET.slice(0, TARGET.indexOf('_'));

/** Three groups that were exported: two with roles, `admins-canary` with a member. */
async function backedUp(mode: 'REPORT' | 'MAP' = 'MAP'): Promise<WorkflowWorld> {
  const world = new WorkflowWorld();
  world.groupRoles = { mode, allowed: [ADMINS, STAFF] };
  world.writer.passableRoles = new Set([ADMINS, STAFF]);
  addUsers(world.source, 3);
  world.source.putGroup({ name: 'admins-canary', description: 'Few', precedence: 1, roleArn: OLD });
  world.source.putGroup({ name: 'staff', roleArn: OLD });
  world.source.putGroup({ name: 'plain' });
  world.source.join('user0', 'admins-canary');
  expect(await world.export()).to.include({ status: 'SUCCEEDED' });
  return world;
}

const putMap = (world: WorkflowWorld, map: unknown): Promise<unknown> =>
  world.objects.put(KEY, typeof map === 'string' ? map : JSON.stringify(map));
const ofRegion = (roles: object): object => ({ [REGION]: roles, 'ap-south-1': { 'no-group': role('elsewhere') } });
const roleIn = ({ target }: WorkflowWorld, group: string): string | undefined =>
  target.groups.get(group)?.group.roleArn;
/** The last message, on one line. */
const told = ({ messages }: WorkflowWorld): string => (messages.at(-1)?.body ?? '').replaceAll(/\s+/g, ' ');
const reportOf = (world: WorkflowWorld): Record<string, unknown> =>
  JSON.parse(world.report('report.json')) as Record<string, unknown>;

describe('17.4: IAM roles of groups in a restore', () => {
  it('17.4: REPORT restores groups without roles, and the report lists the roles that were there', async () => {
    const world = await backedUp('REPORT');
    expect(await world.import()).to.include({ status: 'SUCCEEDED' });
    for (const group of ['admins-canary', 'staff', 'plain']) expect(roleIn(world, group), group).to.equal(undefined);
    expect(reportOf(world)).to.deep.include({
      rolesNotSet: [
        { group: 'staff', roleArn: OLD },
        { group: 'admins-canary', roleArn: OLD },
      ],
      rolesByMap: [],
    });
    expect(world.messages.at(-1)?.subject).to.include('2 groups have lost their IAM roles');
  });

  it('17.4: MAP gives groups the roles of the map for this Region, also one that had none; the others are listed', async () => {
    const world = await backedUp();
    await putMap(world, ofRegion({ 'admins-canary': ADMINS, plain: STAFF }));
    const dry = await world.import({ GroupRoleMap: KEY, DryRun: true });
    expect(dry).to.include({ status: 'SUCCEEDED' });
    expect(world.target.groups.size).to.equal(0);
    expect(told(world)).to.include('1 group would come back without');
    expect(await world.import({ GroupRoleMap: KEY })).to.include({ status: 'SUCCEEDED' });
    expect(['admins-canary', 'plain', 'staff'].map((group) => roleIn(world, group))).to.deep.equal([
      ADMINS,
      STAFF,
      undefined,
    ]);
    expect(reportOf(world)).to.deep.include({
      rolesNotSet: [{ group: 'staff', roleArn: OLD }],
      rolesByMap: [
        { group: 'plain', roleArn: STAFF },
        { group: 'admins-canary', roleArn: ADMINS },
      ],
    });
    expect(world.messages.at(-1)?.subject).to.include('1 group has lost its IAM role');
  });

  const REFUSED: readonly (readonly [string, unknown, string])[] = [
    ['an object that is not there', undefined, `has no ${KEY}`],
    ['what is no JSON', '{', 'is no map from Region to group to role'],
    ['another form', { 'admins-canary': ADMINS }, 'is no map from Region to group to role'],
    ['a map without this Region', { 'ap-south-1': { plain: STAFF } }, `names no roles for ${REGION}`],
    ['what is no ARN', ofRegion({ plain: 'canary@example.test' }), 'does not give the ARN of an IAM role'],
    [
      'a role that is not listed',
      ofRegion({ plain: OLD }),
      `gives ${OLD}, which the parameter GroupRoleArns does not list`,
    ],
    [
      'a role of another account',
      ofRegion({ plain: 'arn:aws:iam::444455556666:role/admins' }),
      'a role of another account or partition',
    ],
    [
      'a role of another partition',
      ofRegion({ plain: 'arn:aws-cn:iam::111122223333:role/admins' }),
      'a role of another account or partition',
    ],
    ['a group that the backup lacks', ofRegion({ plain: STAFF, 'canary-group': STAFF }), 'entry 2 of GroupRoleMap'],
  ];
  for (const [what, map, words] of REFUSED)
    it(`17.4: refuses ${what} before the first write, in one message that names no group`, async () => {
      const world = await backedUp();
      if (map !== undefined) await putMap(world, map);
      const ended = await world.import({ GroupRoleMap: KEY });
      expect(ended).to.include({ status: 'FAILED', error: 'PreflightFailed' });
      expect(told(world)).to.include(words).and.not.include('canary');
      expect(world.calls.countOf('cognito.createGroup') + world.target.users.size).to.equal(0);
    });

  it('17.4: refuses a map where the stack only reports, and one for another pool', async () => {
    const world = await backedUp('REPORT');
    await putMap(world, ofRegion({ plain: STAFF }));
    await world.import({ GroupRoleMap: KEY });
    expect(told(world)).to.include('the parameter GroupRoles is REPORT');
    expect(await world.import({ GroupRoleMap: groupRoleMapKey(`${REGION}_Another1`) })).to.include({
      error: 'InvalidInput',
    });
  });

  it('17.4: a role that may not be passed costs this role: the group and its members are there, and it is told', async () => {
    const world = await backedUp();
    world.writer.passableRoles = new Set([STAFF]);
    await putMap(world, ofRegion({ 'admins-canary': ADMINS, plain: STAFF }));
    expect(await world.import({ GroupRoleMap: KEY })).to.include({ status: 'FAILED', error: 'RestoreIncomplete' });
    const admins = world.target.groups.get('admins-canary');
    expect(admins?.group).to.deep.equal({ name: 'admins-canary', description: 'Few', precedence: 1 });
    expect(admins?.members.size).to.equal(1);
    expect(roleIn(world, 'plain')).to.equal(STAFF);
    expect(reportOf(world)).to.deep.include({ groupsMissingOrDifferent: ['admins-canary'] });
    // Once it may be passed, the next start gives it.
    world.writer.passableRoles = new Set([ADMINS, STAFF]);
    expect(await world.import({ GroupRoleMap: KEY })).to.include({ status: 'SUCCEEDED' });
    expect(roleIn(world, 'admins-canary')).to.equal(ADMINS);
  });

  it('17.4: a group that exists with another role when the restore comes to it is put right', async () => {
    const world = await backedUp();
    await putMap(world, ofRegion({ plain: STAFF }));
    let made = false;
    world.entered = (state) => {
      if (made || state !== 'UpdateUsers') return;
      made = true;
      world.target.putGroup({ name: 'plain', roleArn: OLD });
    };
    expect(await world.import({ GroupRoleMap: KEY })).to.include({ status: 'SUCCEEDED' });
    expect(made).to.equal(true);
    expect(roleIn(world, 'plain')).to.equal(STAFF);
  });

  for (const when of ['before', 'after'] as const)
    it(`17.4: killed ${when} any single call, the groups have their roles in the end`, async function () {
      this.timeout(120_000);
      const started = async (): Promise<WorkflowWorld> => {
        const world = await backedUp();
        await putMap(world, ofRegion({ 'admins-canary': ADMINS, plain: STAFF }));
        return world;
      };
      const whole = await started();
      const before = whole.calls.log.length;
      expect(await whole.import({ GroupRoleMap: KEY })).to.include({ status: 'SUCCEEDED' });
      const calls = whole.calls.log.length - before;
      for (let nth = 1; nth <= calls; nth += KILLS_APART) {
        const world = await started();
        world.calls.killAt(nth, when);
        const ended = await world.import({ GroupRoleMap: KEY });
        if (ended.status !== 'SUCCEEDED') await world.import({ GroupRoleMap: KEY });
        expect(
          [roleIn(world, 'admins-canary'), roleIn(world, 'plain'), roleIn(world, 'staff')],
          `${nth}`,
        ).to.deep.equal([ADMINS, STAFF, undefined]);
      }
    });
});

describe('17.4: IAM roles of groups in a selection', () => {
  it('17.4: a group that is made gets the role of the map; without a map it says what is missing', async () => {
    for (const mapped of [true, false]) {
      const world = await backedUp();
      const map = mapped ? { GroupRoleMap: groupRoleMapKey(SOURCE) } : {};
      await world.objects.put(groupRoleMapKey(SOURCE), JSON.stringify(ofRegion({ staff: STAFF, other: ADMINS })));
      world.source.removeGroup('staff');
      const id = await putRequest(world, { groups: [{ name: 'staff' }] });
      expect(await select(world, id, map)).to.include({ status: 'SUCCEEDED' });
      expect(world.source.groups.get('staff')?.group.roleArn).to.equal(mapped ? STAFF : undefined);
      const said = rowsOfSelection(world, id).some(({ what = '' }) => what.includes('no map names one'));
      expect(said).to.equal(!mapped);
    }
  });
});
