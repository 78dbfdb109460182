import { expect } from 'chai';
import { select, putRequest, resultsOf, rowsOfSelection } from '../../support/import/selections.ts';
import { SOURCE, WorkflowWorld } from '../../support/workflows/workflow-world.ts';
import { aUser } from '../../support/world/builders.ts';
import { selectionKeys } from '../../../source/domain/import/plan/selection-keys.ts';

const REQUEST = {
  users: [{ name: 'ana' }, { name: 'ben' }, { name: 'cleo' }, { name: 'dora' }],
  groups: [{ name: 'staff' }, { name: 'gone' }],
};
const ID = '20260401T000000Z-0000abcd';

/** A pool after an accident: a deleted and a disabled user, changed values, a deleted and a changed group. */
async function damaged(): Promise<WorkflowWorld> {
  const world = new WorkflowWorld();
  world.stopOnKill = true;
  for (const username of ['ana', 'ben', 'cleo', 'dora'])
    world.source.put(
      aUser({
        username,
        enabled: username !== 'dora',
        attributes: { email: `${username}@example.test`, email_verified: 'true', name: `Of ${username}` },
      }),
    );
  world.source.putGroup({ name: 'staff', description: 'Everybody' });
  world.source.putGroup({ name: 'gone', precedence: 4 });
  for (const username of ['ana', 'ben', 'cleo']) world.source.join(username, 'staff');
  for (const username of ['ana', 'dora']) world.source.join(username, 'gone');
  await world.export();
  for (const username of ['ana', 'dora']) world.source.remove(username);
  const ben = world.source.find('ben');
  if (ben !== undefined)
    world.source.put({
      ...ben,
      enabled: false,
      attributes: { ...ben.attributes, name: 'Bad', email: 'x@example.test' },
    });
  world.source.leave('ben', 'staff');
  world.source.removeGroup('gone');
  world.source.putGroup({ name: 'staff', description: 'Bad' });
  await putRequest(world, REQUEST, { id: ID });
  return world;
}

/** Everything that a selection leaves, whoever the new accounts are. */
function left(world: WorkflowWorld): object {
  const subs = new Map(rowsOfSelection(world, ID, 'subMap').map(({ old_sub: old, new_sub: now }) => [now, old]));
  return {
    users: [...world.source.users.values()].map(({ user: { username, enabled, status, attributes } }) => ({
      username,
      enabled,
      status,
      attributes: { ...attributes, sub: subs.get(attributes.sub ?? '') ?? attributes.sub },
    })),
    groups: [...world.source.groups.values()].map(({ group, members }) => ({
      ...group,
      members: [...members.keys()].sort(),
    })),
    results: resultsOf(world, ID),
    undo: world.objects
      .json<{ readonly entries: readonly object[] }>(selectionKeys(SOURCE, ID).undo)
      .entries.map((entry) => JSON.stringify(entry))
      .sort(),
    sent: world.writer.sentToUsers,
  };
}

const sorted = (state: object): object => JSON.parse(JSON.stringify(state)) as object;

/** Every twentieth call, in two ways that never meet; the chaos tests of selections take every one. */
const STEP = 20;

describe('A selection that is killed and started again', () => {
  for (const [when, first] of [
    ['before', 3],
    ['after', 8],
  ] as const)
    it(`16.2: ends the same, killed ${when} now and then`, async function () {
      this.timeout(60_000);
      const whole = await damaged();
      const from = whole.calls.count;
      expect(await select(whole, ID)).to.include({ status: 'SUCCEEDED' });
      const calls = whole.calls.count - from;
      const wanted = sorted(left(whole));
      expect(resultsOf(whole, ID)).to.include.members(['ana created', 'ben updated', 'gone created', 'staff updated']);
      for (let nth = first; nth <= calls; nth += STEP) {
        const world = await damaged();
        world.calls.killAt(nth, when);
        let last = await select(world, ID).catch(() => undefined);
        for (let start = 1; start < 4 && last?.status !== 'SUCCEEDED'; start += 1) {
          world.calls.revive();
          if (last?.error === 'AlreadyRestored') break;
          last = await select(world, ID).catch(() => undefined);
        }
        const about = `killed ${when} call ${nth}: ${world.calls.log[from + nth - 1]?.call ?? ''}`;
        expect(['SUCCEEDED', 'AlreadyRestored'], about).to.include(last?.error ?? last?.status);
        expect(sorted(left(world)), about).to.deep.equal(wanted);
      }
    });
});
