import { expect } from 'chai';
import { contentHash } from '../../../../source/domain/backup/hashing.ts';
import { itemKind, keyText } from '../../../../source/domain/backup/items.ts';
import { LATEST_KEY, OPEN_KEY } from '../../../../source/domain/backup/manifest.ts';
import type { RestoreOutcome } from '../../../../source/domain/import/plan/outcome.ts';
import type { PoolUser } from '../../../../source/domain/model.ts';
import type { TableItem } from '../../../../source/domain/ports.ts';
import { TARGET } from '../../../support/workflows/workflow-world.ts';
import { VerifyWorld } from '../../../support/workflows/verify-world.ts';
import { Stopped } from '../../../support/workflows/workflow-world.ts';
import { addGroups, addUsers } from '../../../support/world/builders.ts';

/** A sealed run, and a pool that has changed in every way since. */
async function changedSince(): Promise<{ readonly world: VerifyWorld; readonly sealed: string }> {
  const world = new VerifyWorld();
  const { source } = world.home;
  addUsers(source, 40);
  addGroups(source, [4, 9]);
  const sealed = await world.export();
  for (const name of ['user3', 'user17']) source.remove(name);
  for (const name of ['user5', 'user6', 'user7'])
    source.put({ ...(source.find(name) as PoolUser), enabled: false, status: 'RESET_REQUIRED' });
  addUsers(source, 3, { prefix: 'new' });
  source.join('new1', 'group0');
  return { world, sealed };
}

const content = (items: readonly TableItem[]): Map<string, string> =>
  new Map(items.filter((item) => itemKind(item) !== undefined).map((item) => [keyText(item), contentHash(item)]));

describe('An export that is cut short while it changes the table', () => {
  it('A2: a restore and a verification in between see each item old or new, wherever it was cut', async function () {
    this.timeout(60_000);
    const whole = await changedSince();
    const begun = whole.world.home.calls.count;
    expect(await whole.world.home.export()).to.include({ status: 'SUCCEEDED' });
    const after = content(whole.world.home.table.all());
    const calls = whole.world.home.calls.log.slice(begun).map(({ call }) => call);
    const opened = calls.indexOf('table.putItemIf', calls.lastIndexOf('cognito.listUsersInGroupPage'));
    const sealing = calls.indexOf('table.transact');
    expect(opened).to.be.within(1, sealing - 3);
    const seen = new Set<number>();
    for (let at = opened; at < sealing; at += 2) {
      const { world, sealed } = await changedSince();
      const before = content(world.home.table.all());
      world.home.stopOnKill = true;
      world.home.calls.killAt(at + 2);
      expect(await world.home.export().catch((error: unknown) => error)).to.be.instanceOf(Stopped);
      world.home.stopOnKill = false;
      expect(world.home.table.peek(OPEN_KEY), `call ${at}`).to.have.property('plan');
      expect(world.home.table.peek(LATEST_KEY)).to.include({ runId: sealed });
      const now = content(world.home.table.all());
      for (const key of new Set([...before.keys(), ...after.keys()]))
        expect([before.get(key), after.get(key)]).to.include(now.get(key));

      const verified = await world.verify(world.primary);
      expect(verified, verified.cause).to.include({ status: 'SUCCEEDED' });
      expect((verified.output as { notes: string[] }).notes[0]).to.match(
        /is being applied to the table: \d+ of its \d+ changes/,
      );
      const ended = await world.home.import();
      expect(ended, ended.cause).to.include({ status: 'SUCCEEDED' });
      const { remarks, exportRun, counts } = ended.output as RestoreOutcome;
      expect(exportRun).to.equal(sealed);
      expect(counts.usersRestored).to.equal([...now.keys()].filter((key) => key.endsWith('PROFILE')).length);
      expect(remarks).to.have.length(1);
      const [, applied] = /: (\d+) of its (\d+) changes were in it/.exec(remarks?.[0] ?? '') ?? [];
      seen.add(Number(applied));
      expect(world.home.messages.at(-1)?.body.replaceAll(/\s+/g, ' ')).to.include(remarks?.[0]);
      expect(world.home.pools.get(TARGET)?.users.size).to.equal(counts.usersRestored);
    }
    expect(seen.size).to.be.greaterThan(2);
  });
});
