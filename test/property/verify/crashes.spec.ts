import { expect } from 'chai';
import { Fault } from '../../../source/domain/errors.ts';
import { itemKind } from '../../../source/domain/backup/items.ts';
import type { TableItem } from '../../../source/domain/ports.ts';
import { addGroups, addUsers, aUser } from '../../support/world/builders.ts';
import { subFor } from '../../../tools/simulation/cognito/memory-pool.ts';
import type { EndedExecution } from '../../../tools/simulation/workflow/run-workflow.ts';
import { RESTORED, VerifyWorld } from '../../support/workflows/verify-world.ts';

/** Two Regions after an export; the backup Region holds a pool that differs in a few places. */
async function worldBefore(): Promise<VerifyWorld> {
  const world = new VerifyWorld();
  world.home.cognito.knobs.pageSize = 3;
  world.home.table.pageItems = 4;
  world.replica.pageItems = 4;
  const { source } = world.home;
  addUsers(source, 5);
  addGroups(source, [2, 1]);
  source.put(aUser({ username: 'never', status: 'UNCONFIRMED' }));
  await world.export();
  for (const { user } of source.users.values()) {
    const sub = subFor(`new ${user.username}`);
    if (!['never', 'user2'].includes(user.username))
      world.restored.put({
        ...user,
        sub,
        attributes: { ...user.attributes, sub, ...(user.username === 'user3' ? { name: 'Other' } : {}) },
      });
  }
  world.restored.put(aUser({ username: 'stranger', sub: subFor('stranger') }));
  for (const { group } of source.groups.values()) world.restored.putGroup(group);
  world.restored.join('stranger', 'group0');
  return world;
}

const damaged = (world: VerifyWorld): void => {
  const item = world.replica.all().find((each) => itemKind(each) === 'user') as TableItem;
  world.replica.seed({ ...item, status: 'COMPROMISED' });
};

const SCENES: Readonly<
  Record<
    string,
    { readonly prepare?: (world: VerifyWorld) => void; readonly input?: object; readonly ends: Partial<EndedExecution> }
  >
> = {
  'a backup in order, of which a snapshot is written': { ends: { status: 'SUCCEEDED' } },
  'a damaged backup': { prepare: damaged, ends: { status: 'FAILED', error: 'ChecksumDiffers' } },
  'a pool that differs': {
    prepare: (world) => {
      world.retentionDays = 0;
    },
    input: { UserPoolId: RESTORED },
    ends: { status: 'FAILED', error: 'PoolDiffers' },
  },
};

/** Everything that a verification leaves, but for its checkpoints, progress and permit: those tell who wrote them and when. */
function outcome(world: VerifyWorld, ended: EndedExecution): object {
  const { objects } = world.backup;
  const texts = [...objects.stored.keys()]
    .filter(
      (key) => !/^(?:notices|progress)\/|\/(backup|pool|cognito-calls|tagged-snapshots)\.json$|last\.json$/.test(key),
    )
    .sort()
    .map((key): [string, string] => [
      key,
      key.endsWith('.gz') ? objects.text(key).length.toString() : withoutTimes(objects.text(key)),
    ]);
  return {
    status: ended.status,
    error: ended.error,
    cause: ended.cause,
    output: ended.output,
    objects: Object.fromEntries(texts),
  };
}
const withoutTimes = (text: string): string =>
  text
    .replaceAll(/"\d{4}-\d\d-\d\dT[^"]*"/g, '""')
    .split('\n')
    .sort()
    .join('\n');

/** `every`: the first at each call, the others, which differ from it by one effect or one retry, at some. */
const DISASTERS: Readonly<
  Record<string, { readonly every: number; readonly strike: (world: VerifyWorld, nth: number) => void }>
> = {
  'a process that dies before a call': { every: 1, strike: (world, nth) => world.home.calls.killAt(nth, 'before') },
  'a process that dies after a call': { every: 3, strike: (world, nth) => world.home.calls.killAt(nth, 'after') },
  'an answer that is lost': {
    every: 3,
    strike: (world, nth) =>
      world.home.calls.fail({ nth, when: 'after', error: () => new Fault('ServiceError', 'the answer was lost') }),
  },
};

describe('VerifyWorkflow, with something wrong at any single call', function () {
  this.timeout(120_000);
  let sealed: VerifyWorld;
  before(async () => {
    sealed = await worldBefore();
  });

  for (const [scene, { prepare, input = {}, ends }] of Object.entries(SCENES)) {
    const ready = (): VerifyWorld => {
      const world = sealed.copy();
      prepare?.(world);
      return world;
    };
    for (const [disaster, { every, strike }] of Object.entries(DISASTERS)) {
      it(`${scene}: the same verdict after ${disaster}`, async () => {
        const whole = ready();
        const before = whole.home.calls.count;
        const undisturbed = await whole.verify(whole.backup, input);
        expect(undisturbed).to.include(ends);
        const wanted = outcome(whole, undisturbed);
        const calls = whole.home.calls.count - before;
        for (let nth = 1; nth <= calls; nth += every) {
          const call = whole.home.calls.log[before + nth - 1]?.call ?? '';
          const about = `call ${nth} of ${calls}: ${call}`;
          const world = ready();
          strike(world, nth);
          const ended = await world.verify(world.backup, input);
          // What the primary Region does not answer is noted, and no reason to ask again.
          if (call === 'primary.getItem') expect(ended, about).to.include(ends);
          // Neither is a snapshot that could not be marked to expire.
          else if (JSON.stringify(ended.output ?? '').includes('could not be marked to expire'))
            expect(ended, about).to.include(ends);
          else expect(outcome(world, ended), about).to.deep.equal(wanted);
          expect(world.messages, about).to.not.have.length(0);
        }
      });
    }
  }
});
