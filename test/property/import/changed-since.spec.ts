import { expect } from 'chai';
import fc from 'fast-check';
import { differences } from '../../support/import/differences.ts';
import { People } from '../../support/import/meanwhile.ts';
import { RestoreWorld } from '../../support/import/restore-world.ts';
import { addGroups, addUsers, aUser } from '../../support/world/builders.ts';

/** Something that somebody does before the n-th call after the jobs, or between two starts. */
interface Deed {
  readonly kind: 'attribute' | 'leave' | 'enable' | 'disable' | 'delete';
  readonly user: number;
  readonly at: number;
}

const USERS = 24;
const deed: fc.Arbitrary<Deed> = fc.record({
  kind: fc.constantFrom('attribute', 'leave', 'enable', 'disable', 'delete'),
  user: fc.nat({ max: USERS - 1 }),
  at: fc.nat({ max: 120 }),
});

async function worldOf(datesWrites: boolean): Promise<RestoreWorld> {
  const world = new RestoreWorld();
  addUsers(world.source, USERS, { disabled: 0.2 });
  world.source.put(aUser({ username: 'una', attributes: { email: 'una@example.test' } }));
  addGroups(world.source, [3, 10, USERS + 1]);
  await world.planned();
  world.writer.datesWrites = datesWrites;
  world.calls.latencies.cognito = 2_000;
  // One who never comes: so every start tries again, and none closes the restore.
  world.writer.refuse = (call) => (call === 'createUser' ? 'InvalidParameterException' : undefined);
  return world;
}

/** Something that was done: what is left of it in the pool, and what a report must name because of it. */
interface DeedDone {
  readonly user: string;
  readonly left: () => boolean;
  readonly difference: RegExp;
}

/** What people do, one after the other. */
class Deeds {
  /** Of deeds that undo each other the last one. */
  done: readonly DeedDone[] = [];
  readonly #people: People;

  constructor(
    private readonly world: RestoreWorld,
    private readonly deeds: readonly Deed[],
  ) {
    this.#people = new People(world.target, world.clock);
  }

  /** Does what is due; a deed for which the pool is not ready yet is nobody's. */
  before(call: number): void {
    for (const { kind, user, at } of this.deeds) if (at === call) this.#act(kind, `user${user}`);
  }

  all(deeds: readonly Deed[]): void {
    for (const { kind, user } of deeds) this.#act(kind, `user${user}`);
  }

  #act(kind: Deed['kind'], name: string): void {
    const { target } = this.world;
    const found = target.find(name);
    if (found === undefined) return;
    const note = (difference: string, left: () => boolean): void => {
      const others = this.done.filter(({ difference: { source } }) => source !== difference);
      this.done = [...others, { user: name, left, difference: new RegExp(difference) }];
    };
    const planned = this.world.source.find(name);
    if (kind === 'attribute') {
      // Within five seconds of a write to the same account nobody could tell whose change it was.
      this.world.clock.advance(6_000);
      this.#people.change(name, { nickname: 'theirs' });
      note(`^${name}: nickname$`, () => target.find(name)?.attributes.nickname === 'theirs');
      this.world.clock.advance(6_000);
    } else if (kind === 'leave') {
      const [group] = [...target.groups.values()].filter(({ members }) => members.has(name));
      if (group === undefined) return;
      this.#people.leave(name, group.group.name);
      note(`^${name} not in ${group.group.name}$`, () => !group.members.has(name));
    } else if (kind === 'delete') {
      this.#people.delete(name);
      note(`^missing ${name}$|^${name} not in `, () => target.find(name) === undefined);
    } else if (kind === 'enable' ? !found.enabled : found.enabled && planned?.enabled === true) {
      this.#people.enable(name, kind === 'enable');
      note(`^${name}: enabled$`, () => target.find(name)?.enabled === (kind === 'enable'));
    }
  }
}

const isWrite = (call: string): boolean => /^cognito\.(create|add|disable|list)/.test(call);

function assertKept(world: RestoreWorld, { done }: Deeds, about: string, listed: boolean): void {
  const deleted = new Set(
    done.filter(({ difference }) => difference.source.startsWith('^missing')).map(({ user }) => user),
  );
  // Whoever is deleted later leaves nothing else of what was done before.
  for (const { user, left, difference } of done)
    if (!deleted.has(user) || difference.source.startsWith('^missing'))
      expect(left(), `undone: ${difference.source}; ${about}`).to.equal(true);
  const reported = world.report('failures.csv').split('\n');
  for (const difference of differences(world.source, world.target)) {
    if (difference.includes('una')) continue;
    expect(
      done.some((deed) => deed.difference.test(difference)),
      `${difference} was nobody's deed; ${about}`,
    ).to.equal(true);
    if (!listed) continue;
    const [name] = /user\d+/.exec(difference) ?? [''];
    expect(
      reported.some((row) => row.includes(`,${name},`)),
      `${difference} is not in failures.csv; ${about}`,
    ).to.equal(true);
  }
}

describe('What people do in the new pool at any moment', function () {
  this.timeout(120_000);

  for (const datesWrites of [false, true])
    it(`C10: is kept and listed, and what nobody touched is as in the backup, where writes ${datesWrites ? 'move' : 'do not move'} the date of change`, async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(deed, { minLength: 1, maxLength: 6 }),
          fc.array(deed, { maxLength: 4 }),
          async (first, then) => {
            const about = JSON.stringify({ first, then });
            const world = await worldOf(datesWrites);
            // Where writes move the date, only what comes after the last of them can be told from it.
            const lastWrite = datesWrites ? 85 : 0;
            const deeds = new Deeds(
              world,
              first.map((each) => (each.kind === 'attribute' ? { ...each, at: Math.max(each.at, lastWrite) } : each)),
            );
            let calls = 0;
            world.calls.turn = (call) => {
              if (isWrite(call)) deeds.before((calls += 1));
              return Promise.resolve();
            };
            expect((await world.execute('execution-1')).outcome, about).to.equal('partial');
            // What is done after the listing has passed is seen by the next start.
            assertKept(world, deeds, about, false);
            world.calls.turn = undefined;
            world.clock.advance(7 * 24 * 3_600_000);
            deeds.all(then);
            const last = await world.execute('execution-2');
            assertKept(world, deeds, about, true);
            expect(last.counts.usersDifferent, about).to.equal(0);
            expect(last.counts.membershipsMissing, about).to.equal(1);
          },
        ),
        { numRuns: 60 },
      );
    });
});
