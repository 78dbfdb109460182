import { expect } from 'chai';
import fc from 'fast-check';
import { writeAdopted } from '../../../source/domain/adopt/write-adopted.ts';
import type { PoolUser } from '../../../source/domain/model.ts';
import type { TableItem } from '../../../source/domain/ports.ts';
import { seededRandom } from '../../../tools/simulation/random.ts';
import { ADOPTING_BUCKET, FROM_ADOPTED, adopted, adoptedSnapshot } from '../../support/adopt/adopted.ts';
import {
  EXPORTED_AT,
  legacyGroup,
  legacyItems,
  legacyMembership,
  legacyTime,
  legacyUser,
} from '../../support/adopt/legacy-items.ts';
import { differences } from '../../support/import/differences.ts';
import { WorkflowWorld } from '../../support/workflows/workflow-world.ts';
import { addGroups, addUsers, aUser } from '../../support/world/builders.ts';
import { World } from '../../support/world/world.ts';

/** A launch that has exported nothing, with the table of a retired one adopted into its bucket. */
async function adoptedWorld(
  usernameAttributes: readonly ('email' | 'phone_number')[],
  more: (world: WorkflowWorld) => readonly TableItem[] = () => [],
): Promise<WorkflowWorld> {
  const world = new WorkflowWorld();
  for (const pool of [world.source, world.target]) pool.settings = { ...pool.settings, usernameAttributes };
  addUsers(world.source, 9, { disabled: 0.3 });
  addGroups(world.source, [0, 2, 9]);
  await writeAdopted(world.bucket(ADOPTING_BUCKET), await adopted([...legacyItems(world.source), ...more(world)]));
  world.calls.log.length = 0;
  return world;
}

const reportOf = (world: WorkflowWorld): { readonly counts: object; readonly sourceUserPoolId: string } =>
  JSON.parse(world.report('report.json')) as ReturnType<typeof reportOf>;
const bodyOf = (world: WorkflowWorld): string => world.messages.at(-1)?.body.replaceAll(/\s+/g, ' ') ?? '';

describe('17.8: a table of the retired solution', function () {
  this.timeout(60_000);

  for (const [about, usernameAttributes] of [
    ['user names', []],
    ['e-mail addresses', ['email']],
  ] as const)
    it(`17.8: adopted, it comes back whole into a pool that signs in by ${about}, and the message says what could not be checked`, async () => {
      const world = await adoptedWorld(usernameAttributes);
      expect(await world.import({ ...FROM_ADOPTED, DryRun: true })).to.include({ status: 'SUCCEEDED' });
      expect(bodyOf(world)).to.include('The retired solution stored no settings of its user pool.');
      expect(world.target.users.size).to.equal(0);
      expect(await world.import(FROM_ADOPTED)).to.include({ status: 'SUCCEEDED' });
      expect(differences(world.source, world.target)).to.deep.equal([]);
      expect(bodyOf(world))
        .to.include('The retired solution stored no settings of its user pool.')
        .and.include('which the retired solution (1.x) ended 2026-02-28T00:00:00.000Z');
      expect(world.writer.sentToUsers).to.deep.equal([]);
    });

  it('17.8: odd users and leftovers are restored or reported as those of any backup, each once', async () => {
    const old = aUser({ username: 'old' });
    const world = await adoptedWorld([], () => [
      legacyUser(aUser({ username: 'bare' }), 'bare'),
      { ...legacyUser(aUser({ username: 'damaged' }), 'damaged'), userAttributes: 'none' },
      legacyUser(aUser({ username: 'new', status: 'UNCONFIRMED' }), 'new'),
      legacyUser(aUser({ username: 'Google_1', status: 'EXTERNAL_PROVIDER' }), 'Google_1'),
      legacyUser(old, 'old', EXPORTED_AT - 1),
      legacyMembership('group1', old, 'old'),
      legacyGroup({ name: 'undescribed' }),
    ]);
    const ended = await world.import(FROM_ADOPTED);
    expect(ended.status === 'SUCCEEDED' || ended.error === 'RestoreIncomplete', ended.status).to.equal(true);
    expect(reportOf(world).counts).to.include({
      usersInBackup: 13,
      usersRestored: 10,
      usersExcluded: 3,
      membershipsWithoutUser: 1,
    });
    expect(reportOf(world).sourceUserPoolId).to.equal('not known');
    expect(world.target.find('old')).to.equal(undefined);
    expect(world.target.find('bare')).to.be.an('object');
    expect(world.target.groups.get('undescribed')?.group).to.deep.equal({ name: 'undescribed' });
  });

  it('17.8: preflight refuses a pool of another sign-in mode, or without an attribute that users have', async () => {
    const byName = await adoptedWorld([]);
    byName.target.settings = { ...byName.target.settings, usernameAttributes: ['email'] };
    const refused = await byName.import(FROM_ADOPTED);
    expect(refused).to.include({ status: 'FAILED', error: 'PreflightFailed' });
    expect(refused.cause).to.include('another sign-in mode');
    const custom = aUser({ username: 'zoe', attributes: { email: 'z@example.test', 'custom:team': 'x' } });
    const lacking = await adoptedWorld([], () => [legacyUser(custom, 'zoe')]);
    const missing = await lacking.import(FROM_ADOPTED);
    expect(missing).to.include({ status: 'FAILED', error: 'PreflightFailed' });
    // Of what type it was nobody knows: nothing is said of it.
    expect(missing.cause).to.include('custom:team (1 user)');
    expect(lacking.target.users.size).to.equal(0);
  });

  it('17.8: without a sealed export and without a snapshot, the halt names the way', async () => {
    const world = new WorkflowWorld();
    const ended = await world.import({});
    expect(ended).to.include({ status: 'FAILED', error: 'NoSealedBackup' });
    expect(ended.cause).to.include('docs/runbooks/from-the-retired-solution.md');
  });

  it('17.8: whatever a table holds, each item is adopted once, vouched for by its manifest, or counted as left out', async () => {
    const age = fc.constantFrom(EXPORTED_AT - 1, EXPORTED_AT, EXPORTED_AT + 1);
    const name = fc.constantFrom('a', 'A', 'b', 'ä', 'c d', '__proto__', 'constructor', '\ud800');
    const user = fc.record({
      sub: fc.constantFrom('s1', 's2', 's3', 's4', 's5', ''),
      username: name,
      status: fc.constantFrom('CONFIRMED', 'UNCONFIRMED', 'EXTERNAL_PROVIDER', ''),
      enabled: fc.boolean(),
      attributes: fc.dictionary(name, fc.constantFrom('', 'x', '\n"')),
      signInName: name,
      age,
    });
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(user, { selector: ({ sub }) => sub, maxLength: 6 }),
        fc.uniqueArray(fc.record({ name, age, description: fc.constantFrom('', 'd') }), {
          selector: (group) => group.name,
        }),
        fc.uniqueArray(fc.record({ group: name, sub: fc.constantFrom('s1', 's2', 's9'), age }), {
          selector: ({ group, sub }) => `${group}\u0000${sub}`,
        }),
        fc.boolean(),
        fc.integer({ min: 1, max: 60 }),
        async (users, groups, memberships, withOlder, killedAt) => {
          const items = [
            legacyTime(),
            ...users.map(({ signInName, age: at, ...rest }) =>
              legacyUser({ ...rest, created: '', modified: '' } satisfies PoolUser, signInName, at),
            ),
            ...groups.map(({ age: at, ...group }) => legacyGroup(group, at)),
            ...memberships.map(({ group, sub, age: at }) => legacyMembership(group, { sub, username: sub }, sub, at)),
          ];
          const world = new World({ seed: 1 });
          const backup = await adopted(items, { withOlder });
          world.calls.killAt(killedAt, seededRandom(killedAt)() < 0.5 ? 'before' : 'after');
          await writeAdopted(world.objects, backup).catch(() => undefined);
          world.calls.revive();
          await writeAdopted(world.objects, backup);
          const { manifest, items: stored } = await adoptedSnapshot(world.objects, backup.manifest.runId);
          const kept = <T extends { readonly age: number }>(all: readonly T[]): T[] =>
            all.filter((one) => withOlder || one.age >= EXPORTED_AT);
          const taken = new Set(
            users.filter((one) => one.age >= EXPORTED_AT).map(({ signInName }) => signInName.toLowerCase()),
          );
          const found = new Set(users.filter((one) => one.age > EXPORTED_AT).map(({ signInName }) => signInName));
          const wanted = [
            ...kept(users)
              .filter((one) => one.age >= EXPORTED_AT || !taken.has(one.signInName.toLowerCase()))
              .filter((one) => one.age !== EXPORTED_AT || !found.has(one.signInName))
              .map(({ sub }) => `USER#${sub} PROFILE`),
            ...kept(groups).map((group) => `GROUP#${group.name} GROUP`),
            ...kept(memberships).map(({ group, sub }) => `USER#${sub} MEMBER_OF#${group}`),
          ].sort();
          expect(stored.map(({ id, type }) => `${id} ${type}`).sort()).to.deep.equal(wanted);
          const { counts } = manifest;
          expect(counts.users + counts.groups + counts.memberships).to.equal(wanted.length);
        },
      ),
      { numRuns: 40 },
    );
  });
});
