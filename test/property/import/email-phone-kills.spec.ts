import { expect } from 'chai';
import { actualItems, expectedItems } from '../../support/export/expected-table.ts';
import { differences } from '../../support/import/differences.ts';
import { WorkflowWorld } from '../../support/workflows/workflow-world.ts';
import { addGroups } from '../../support/world/builders.ts';
import { emailOf, phoneOf, putBoth, putSignedUp, TWO_ADDRESSES } from '../../support/world/two-addresses.ts';

function worldOfTwo(): WorkflowWorld {
  const world = new WorkflowWorld();
  world.allowMultipleUsernameAttributes = true;
  world.source.settings = { ...world.source.settings, ...TWO_ADDRESSES };
  world.target.settings = { ...world.target.settings, ...TWO_ADDRESSES };
  world.cognito.knobs.pageSize = 4;
  world.calls.latencies.cognito = 300;
  const { source } = world;
  putBoth(source, 4);
  putSignedUp(source, 'phone', 'phone_number', { phone_number: phoneOf(100) }, { enabled: false });
  // The e-mail address of one is the name of the other.
  putSignedUp(source, 'owner', 'email', { email: emailOf('shared'), email_verified: 'true' });
  putSignedUp(source, 'other', 'phone_number', { email: emailOf('shared'), phone_number: phoneOf(101) });
  addGroups(source, [2, 7]);
  world.jobs.knobs.rowFate = (_job, line) => (line === 2 ? 'lost' : line === 3 ? 'silent' : undefined);
  return world;
}

function exported(from: WorkflowWorld): WorkflowWorld {
  const world = worldOfTwo();
  for (const item of from.table.all()) world.table.seed(item);
  for (const [key, object] of from.objects.stored) world.objects.stored.set(key, object);
  world.clock.advance(from.clock.elapsed + 1000);
  return world;
}

function expectRestored(world: WorkflowWorld, about: string): void {
  expect(differences(world.source, world.target), about).to.deep.equal([]);
  expect(world.head()?.phase, about).to.equal('complete');
  expect(world.writer.sentToUsers, about).to.deep.equal([]);
}

/** Of each workflow, spread over all of its calls. */
const KILLS = 40;

describe('17.2: processes that die, with users who sign in by e-mail or phone number', function () {
  this.timeout(120_000);

  it('17.2: at any call of an export leave no wrong and no missing sign-in address', async () => {
    const whole = worldOfTwo();
    await whole.export();
    const wanted = actualItems(whole.table);
    const step = Math.ceil(whole.calls.count / KILLS);
    for (let nth = 1; nth < whole.calls.count; nth += step) {
      const when = Math.floor(nth / step) % 2 === 0 ? 'before' : 'after';
      const about = `${when} call ${nth}, ${whole.calls.log[nth - 1]?.call}`;
      const world = worldOfTwo();
      world.calls.killAt(nth, when);
      expect(await world.export(), about).to.include({ status: 'SUCCEEDED' });
      expect(actualItems(world.table), about).to.deep.equal(wanted);
    }
    expect(Object.keys(wanted)).to.have.members(Object.keys(expectedItems(whole.source)));
  });

  it('17.2: at any call of a restore give the same pool', async () => {
    const source = worldOfTwo();
    await source.export();
    const whole = exported(source);
    expect(await whole.import()).to.include({ status: 'SUCCEEDED' });
    expectRestored(whole, 'undisturbed');
    const step = Math.ceil(whole.calls.count / KILLS);
    for (let nth = 1; nth < whole.calls.count; nth += step) {
      const when = Math.floor(nth / step) % 2 === 0 ? 'before' : 'after';
      const about = `${when} call ${nth}, ${whole.calls.log[nth - 1]?.call}`;
      const world = exported(source);
      world.calls.killAt(nth, when);
      expect(await world.import(), about).to.include({ status: 'SUCCEEDED' });
      expectRestored(world, about);
    }
  });
});
