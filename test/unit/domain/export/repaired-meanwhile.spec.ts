import { expect } from 'chai';
import { HEAD_KEY } from '../../../../source/domain/export/run.ts';
import type { RunHead } from '../../../../source/domain/export/run.ts';
import type { EndedExecution } from '../../../../tools/simulation/workflow/run-workflow.ts';
import { addGroups, addUsers } from '../../../support/world/builders.ts';
import { SelectionAtWork } from '../../../support/workflows/selection-at-work.ts';
import { expectSealed } from '../../../support/workflows/small-worlds.ts';
import { SOURCE, TARGET, WorkflowWorld } from '../../../support/workflows/workflow-world.ts';

const MINUTE_MS = 60_000;

interface Damage {
  readonly name: 'MassChangeRefused' | 'MassDeleteRefused' | 'SourcePoolEmpty';
  readonly strike: (world: WorkflowWorld) => void;
}
const DAMAGES: readonly Damage[] = [
  {
    name: 'MassChangeRefused',
    strike: ({ source }) => {
      for (const { user } of [...source.users.values()])
        source.put({ ...user, attributes: { ...user.attributes, name: '' } });
    },
  },
  {
    name: 'MassDeleteRefused',
    strike: ({ source }) => {
      for (const group of [...source.groups.keys()]) source.removeGroup(group);
    },
  },
  {
    name: 'SourcePoolEmpty',
    strike: ({ source }) => {
      for (const { user } of [...source.users.values()]) source.remove(user.username);
    },
  },
];

/** A pool that was exported, and is damaged now. */
async function damagedWorld({
  strike,
}: Damage): Promise<{ readonly world: WorkflowWorld; readonly repair: () => void }> {
  const world = new WorkflowWorld();
  addUsers(world.source, 14);
  addGroups(world.source, [14]);
  const users = [...world.source.users.values()].map(({ user }) => user);
  const groups = [...world.source.groups.values()].map(({ group }) => group);
  expect(await world.export()).to.include({ status: 'SUCCEEDED' });
  world.clock.advance(MINUTE_MS);
  strike(world);
  const repair = (): void => {
    for (const user of users) world.source.put(user);
    for (const group of groups) world.source.putGroup(group);
    for (const { username } of users) world.source.join(username, 'group0');
  };
  return { world, repair };
}

/** An export beside which a selection begins once everything is listed, into this pool, and repairs it or not. */
function exportBeside(world: WorkflowWorld, pool: string, repair: () => void): Promise<EndedExecution> {
  let begun = false;
  world.entered = async (state) => {
    if (state !== 'BackupTableCleanup' || begun) return;
    begun = true;
    const selection = await SelectionAtWork.begin(world, undefined, { pool });
    repair();
    void world.clock.sleep(MINUTE_MS).then(() => selection.end());
  };
  return world.export();
}

describe('16.2: an export that listed the damage which a selection repairs meanwhile', function () {
  this.timeout(120_000);

  for (const damage of DAMAGES) {
    it(`16.2: lists the pool once more instead of refusing it (${damage.name})`, async () => {
      const { world, repair } = await damagedWorld(damage);
      const messages = world.messages.length;
      const ended = await exportBeside(world, SOURCE, repair);
      expect(ended, ended.cause).to.include({ status: 'SUCCEEDED' });
      expect(ended.output).to.have.nested.property('manifest.runId', world.objects.json<RunHead>(HEAD_KEY).runId);
      expectSealed(world);
      expect(world.messages).to.have.length(messages + 1);
    });

    it(`16.2: refuses what is still there after that (${damage.name})`, async () => {
      const { world } = await damagedWorld(damage);
      const ended = await exportBeside(world, SOURCE, () => undefined);
      expect(ended).to.include({ status: 'FAILED', error: damage.name });
      expect(world.invoked.filter((name) => name === 'CheckUserPoolConfig')).to.have.length(3);
    });

    it(`16.2: refuses at once where the selection was for another pool (${damage.name})`, async () => {
      const { world } = await damagedWorld(damage);
      const ended = await exportBeside(world, TARGET, () => undefined);
      expect(ended).to.include({ status: 'FAILED', error: damage.name });
      expect(world.invoked.filter((name) => name === 'CheckUserPoolConfig')).to.have.length(2);
    });
  }

  it('16.2: ends the same when a function is killed at any call while it gives way', async () => {
    const [damage] = DAMAGES as readonly [Damage];
    const whole = await damagedWorld(damage);
    let from = 0;
    const before = whole.world.calls.count;
    await exportBeside(whole.world, SOURCE, () => {
      from = whole.world.calls.count - before;
      whole.repair();
    });
    const calls = whole.world.calls.count - before;
    // A prime that meets other calls of the repeated phases each time.
    for (let nth = from + 1; nth <= calls; nth += 11) {
      const { world, repair } = await damagedWorld(damage);
      world.calls.killAt(nth, nth % 2 === 0 ? 'before' : 'after');
      const ended = await exportBeside(world, SOURCE, repair);
      expect(ended, `call ${nth} of ${calls}`).to.include({ status: 'SUCCEEDED' });
      expectSealed(world, `call ${nth} of ${calls}`);
    }
  });
});
