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
const UNDO = '20260401T000000Z-0000abce';

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
function left(world: WorkflowWorld, id: string): object {
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
    results: resultsOf(world, id),
    undo: world.objects
      .json<{ readonly entries: readonly object[] }>(selectionKeys(SOURCE, id).undo)
      .entries.map((entry) => JSON.stringify(entry))
      .sort(),
    sent: world.writer.sentToUsers,
  };
}

const sorted = (state: object): object => JSON.parse(JSON.stringify(state)) as object;

/** A pool after the accident to which a selection was restored, and an undo is asked for; some was changed since. */
async function toUndo(): Promise<WorkflowWorld> {
  const world = await damaged();
  expect(await select(world, ID)).to.include({ status: 'SUCCEEDED' });
  const ben = world.source.find('ben');
  if (ben !== undefined) world.source.put({ ...ben, attributes: { ...ben.attributes, name: 'By himself' } });
  await putRequest(world, { undo: ID }, { id: UNDO });
  return world;
}

/** Every twentieth call, in two ways that never meet; `npm run kills:selections` takes every one. */
const STEP = Number(process.env['KILLS_APART'] ?? '20');
const KILLS = [
  ['before', Math.min(3, STEP)],
  ['after', Math.min(8, STEP)],
] as const;

describe('A selection that is killed and started again', () => {
  for (const [what, begin, id, expected] of [
    ['a selection', damaged, ID, ['ana created', 'ben updated', 'gone created', 'staff updated']],
    ['an undo', toUndo, UNDO, ['ana skipped', 'ben changedSince', 'staff undone', 'staff ben undone']],
  ] as const)
    for (const [when, first] of KILLS)
      it(`16.2: ${what} ends the same, killed ${when} ${STEP === 1 ? 'every call' : 'now and then'}`, async function () {
        this.timeout((60_000 * 20) / STEP);
        const whole = await begin();
        const from = whole.calls.count;
        expect(await select(whole, id)).to.include({ status: 'SUCCEEDED' });
        const calls = whole.calls.count - from;
        const wanted = sorted(left(whole, id));
        expect(resultsOf(whole, id)).to.include.members([...expected]);
        for (let nth = first; nth <= calls; nth += STEP) {
          const world = await begin();
          world.calls.killAt(nth, when);
          let last = await select(world, id).catch(() => undefined);
          for (let start = 1; start < 4 && last?.status !== 'SUCCEEDED'; start += 1) {
            world.calls.revive();
            if (last?.error === 'AlreadyRestored') break;
            last = await select(world, id).catch(() => undefined);
          }
          const about = `killed ${when} call ${nth}: ${world.calls.log[from + nth - 1]?.call ?? ''}`;
          expect(['SUCCEEDED', 'AlreadyRestored'], about).to.include(last?.error ?? last?.status);
          expect(sorted(left(world, id)), about).to.deep.equal(wanted);
        }
      });
});
