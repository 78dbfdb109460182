import { expect } from 'chai';
import { groupOf, subOfKey } from '../../../../source/domain/backup/items.ts';
import { compareRuns } from '../../../../source/domain/history/compare-runs.ts';
import type { RunDifference, RunDifferences } from '../../../../source/domain/history/compare-runs.ts';
import { itemsOfPool } from '../../../../source/domain/history/pool-items.ts';
import type { RunItems } from '../../../../source/domain/history/run-items.ts';
import type { PoolUser } from '../../../../source/domain/model.ts';
import { subFor } from '../../../../tools/simulation/cognito/memory-pool.ts';
import { rejection } from '../../../support/rejection.ts';
import { addGroups, addUsers, aUser } from '../../../support/world/builders.ts';
import { exportedRun } from '../../../support/workflows/exported-run.ts';
import { SOURCE, WorkflowWorld } from '../../../support/workflows/workflow-world.ts';
import { putBoth, TWO_ADDRESSES } from '../../../support/world/two-addresses.ts';

async function compared(
  earlier: RunItems,
  later: RunItems,
): Promise<{ readonly counts: RunDifferences; readonly said: string[] }> {
  const said: string[] = [];
  const counts = await compareRuns(earlier, later, (difference) => said.push(lineOf(difference)));
  return { counts, said: said.sort() };
}

const withoutIndex = ({ manifest, objects }: RunItems): RunItems => ({
  manifest: { ...manifest, snapshot: { objects: manifest.snapshot?.objects ?? [] } },
  objects,
});

function lineOf(difference: RunDifference): string {
  const item = difference.change === 'added' ? difference.later : difference.earlier;
  const about = difference.kind === 'membership' ? `${subOfKey(item)} in ${groupOf(item)}` : item.id;
  const fields =
    difference.change === 'changed'
      ? ` ${difference.fields.map(({ field, change }) => `${field} ${change}`).join()}`
      : '';
  return `${difference.kind} ${about} ${difference.change}${fields}`;
}

function worldOf(users: number): WorkflowWorld {
  const world = new WorkflowWorld();
  world.retentionDays = 30;
  addUsers(world.source, users);
  addGroups(world.source, [5, users]);
  return world;
}

/** Changes a user as Cognito does: the date moves. */
function change({ source }: WorkflowWorld, name: string, over: Partial<PoolUser>): void {
  const user = source.find(name) as PoolUser;
  source.put({ ...user, ...over, modified: '2026-05-05T05:05:05.000Z' });
}

describe('Comparison of two runs', () => {
  it('tells every user, group and membership that was added, removed or changed, with the fields', async () => {
    const world = worldOf(60);
    const earlier = await exportedRun(world);
    const { source } = world;
    const { attributes } = source.find('user7') as PoolUser;
    change(world, 'user7', { attributes: { ...attributes, name: '', locale: 'fr-FR' }, enabled: false });
    const { name: _gone, ...others } = (source.find('user8') as PoolUser).attributes;
    change(world, 'user8', { attributes: others });
    change(world, 'user9', {});
    source.remove('user10');
    source.put(aUser({ username: 'new' }));
    source.join('new', 'group0');
    source.putGroup({ name: 'group1', description: 'Another one', precedence: 1 });
    const { counts, said } = await compared(earlier, await exportedRun(world));
    const sub = (name: string): string => subFor(name);
    expect(said.filter((line) => !line.startsWith('membership'))).to.have.members([
      `user USER#${sub('user7')} changed name emptied,locale changed,enabled changed`,
      `user USER#${sub('user8')} changed name removed`,
      `user USER#${sub('user9')} changed modified changed`,
      `user USER#${sub('user10')} removed`,
      `user USER#${sub('new')} added`,
      'group GROUP#group1 changed description changed',
    ]);
    expect(said.filter((line) => line.startsWith('membership'))).to.include.members([
      `membership ${sub('new')} in group0 added`,
      `membership ${sub('user10')} in group1 removed`,
    ]);
    expect(counts.added).to.deep.equal({ users: 1, groups: 0, memberships: 1 });
    expect(counts.changed).to.deep.equal({ users: 3, groups: 1, memberships: 0 });
    expect(counts.removed).to.deep.include({ users: 1, groups: 0 });
  });

  it('reads the two snapshots once each where nothing differs or was only added', async () => {
    const world = worldOf(20);
    const earlier = await exportedRun(world);
    world.source.put(aUser({ username: 'new' }));
    const later = await exportedRun(world);
    world.calls.log.length = 0;
    const { counts, said } = await compared(withoutIndex(earlier), withoutIndex(later));
    expect(said).to.deep.equal([`user USER#${subFor('new')} added`]);
    expect(counts.added.users).to.equal(1);
    const objects = [earlier, later].flatMap(({ manifest }) => manifest.snapshot?.objects ?? []);
    expect(world.calls.countOf('objects.read')).to.equal(objects.length);
  });

  it('16.3: reads of two snapshots with indexes only the parts that are not the same in both, and tells the same', async () => {
    const world = worldOf(300);
    world.table.pageItems = 4;
    await exportedRun(world);
    const earlier = await exportedRun(world);
    change(world, 'user7', { attributes: { name: 'quoted " and \\ text "id":"x","contentHash":"y"' } });
    world.source.putGroup({ name: 'a "quoted" \\ group' });
    world.source.join('user8', 'a "quoted" \\ group');
    world.source.remove('user9');
    const later = await exportedRun(world);
    world.calls.log.length = 0;
    const byIndex = await compared(earlier, later);
    expect(world.calls.countOf('objects.read')).to.equal(0);
    const members = world.calls.countOf('objects.readRange');
    expect(byIndex).to.deep.equal(await compared(withoutIndex(earlier), withoutIndex(later)));
    expect(byIndex.counts.changed.users).to.equal(1);
    expect(members).to.be.lessThan(150);
    expect(await compared(later, later)).to.deep.include({ said: [] });
    // An index that cannot be used is no reason not to compare.
    world.objects.stored.delete(`snapshots/${later.manifest.runId}/index.bin`);
    expect(await compared(earlier, later)).to.deep.equal(byIndex);
  });

  it('16.3: reads of the earlier snapshot once more only the parts in which something was changed or removed', async () => {
    const world = worldOf(40);
    world.table.pageItems = 4;
    const earlier = await exportedRun(world);
    const reads: string[] = [];
    const { manifest, objects } = earlier;
    const noted: RunItems = {
      manifest,
      objects: {
        read: (key) => objects.read(key),
        readRange: (key, from, bytes) => {
          reads.push(`${key} ${from}`);
          return objects.readRange(key, from, bytes);
        },
      },
    };
    change(world, 'user7', { enabled: false });
    world.source.leave('user20', 'group1');
    // Added beside what was there: another part, in which nothing was changed or removed.
    world.source.put(aUser({ username: 'new' }));
    const { said } = await compared(noted, await exportedRun(world));
    expect(said, said.join('; ')).to.have.length(3);
    const once = new Set(reads).size;
    expect([reads.length - once, once > 3]).to.deep.equal([2, true]);
  });

  it('adds up to what the later run itself counted, whatever happened in between', async () => {
    const world = worldOf(80);
    let earlier = await exportedRun(world);
    for (let round = 0; round < 4; round += 1) {
      for (let n = round; n < 80; n += 7 - round)
        if (world.source.find(`user${n}`) !== undefined) {
          if (n % 3 === round % 3) world.source.remove(`user${n}`);
          else change(world, `user${n}`, { status: `ROUND_${round}` });
        }
      addUsers(world.source, 5, { prefix: `round${round}-` });
      const later = await exportedRun(world);
      const { counts } = await compared(earlier, later);
      expect(counts).to.deep.equal({
        added: later.manifest.added,
        changed: later.manifest.changed,
        removed: later.manifest.deleted,
      });
      earlier = later;
    }
  });

  it('17.2: with a pool whose users sign in by either address: no listing tells by which, and nobody differs by it', async () => {
    const world = new WorkflowWorld();
    world.retentionDays = 30;
    world.allowMultipleUsernameAttributes = true;
    world.source.settings = { ...world.source.settings, ...TWO_ADDRESSES };
    const [first] = putBoth(world.source, 9);
    const run = await exportedRun(world);
    world.source.put({ ...(first as PoolUser), enabled: false });
    const living = { poolId: SOURCE, settings: world.source.settings, pool: world.cognito, clock: world.clock };
    const said: string[] = [];
    await compareRuns(
      run,
      { list: (take) => itemsOfPool(living, take), about: 9 },
      (difference) => void said.push(lineOf(difference)),
    );
    expect(said).to.deep.equal([`user USER#${(first as PoolUser).sub} changed enabled changed`]);
  });

  it('17.2: tells where an export found out by which address a user signs in', async () => {
    const world = new WorkflowWorld();
    world.retentionDays = 30;
    world.allowMultipleUsernameAttributes = true;
    world.source.settings = { ...world.source.settings, ...TWO_ADDRESSES };
    const [user] = putBoth(world.source, 1);
    world.cognito.knobs.probes = 'refused';
    const earlier = await exportedRun(world);
    world.cognito.knobs.probes = 'byAddress';
    const { said } = await compared(earlier, await exportedRun(world));
    expect(said).to.deep.equal([`user USER#${user?.sub ?? ''} changed signsInBy added`]);
  });

  it('says how far it is', async () => {
    const world = worldOf(20);
    const earlier = await exportedRun(world);
    world.source.remove('user3');
    const later = await exportedRun(world);
    const steps: number[] = [];
    await compareRuns(
      earlier,
      later,
      () => undefined,
      ({ items, of }) => steps.push(items / of),
    );
    expect(steps).to.deep.equal([...steps].sort((one, two) => one - two));
    expect(steps.at(-1)).to.equal(1);
  });

  it('names a snapshot that is damaged', async () => {
    const world = worldOf(20);
    const earlier = await exportedRun(world);
    const key = [...world.objects.stored.keys()].find(
      (stored) => stored.startsWith('snapshots/') && stored.endsWith('.gz'),
    );
    const stored = world.objects.stored.get(key as string) as { body: Uint8Array; etag: string };
    const body = Uint8Array.from(stored.body);
    body[body.length >> 1] = (body[body.length >> 1] as number) ^ 1;
    world.objects.stored.set(key as string, { ...stored, body });
    const error = await rejection(compared(withoutIndex(earlier), withoutIndex(earlier)));
    expect(error.name).to.equal('SnapshotDamaged');
    expect(error.message).to.contain(key);
  });
});
