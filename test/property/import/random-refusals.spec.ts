import { expect } from 'chai';
import fc from 'fast-check';
import { differences } from '../../support/import/differences.ts';
import { RestoreWorld } from '../../support/import/restore-world.ts';
import { addGroups, addUsers, aUser } from '../../support/world/builders.ts';

const REFUSALS: Readonly<Record<string, readonly string[]>> = {
  createGroup: ['LimitExceededException', 'InvalidParameterException'],
  createUser: ['InvalidParameterException', 'AliasExistsException', 'UserLambdaValidationException'],
  setPassword: ['InvalidPasswordException'],
  disableUser: ['NotAuthorizedException'],
  addUserToGroup: ['LimitExceededException', 'InvalidParameterException'],
  updateAttributes: ['InvalidParameterException'],
};

interface Refused {
  readonly call: string;
  readonly reason: string;
  /** Which user or group, of those who are written by the call. */
  readonly nth: number;
}

const refused: fc.Arbitrary<Refused> = fc.constantFrom(...Object.keys(REFUSALS)).chain((call) =>
  fc.record({
    call: fc.constant(call),
    reason: fc.constantFrom(...(REFUSALS[call] as readonly string[])),
    nth: fc.nat({ max: 6 }),
  }),
);

/** Twelve users, a third of them disabled, as many who come one by one, and four groups. */
function smallWorld(): RestoreWorld {
  const world = new RestoreWorld();
  addUsers(world.source, 12, { disabled: 0.3 });
  for (let n = 0; n < 4; n += 1)
    world.source.put(aUser({ username: `odd${n}`, enabled: n > 0, attributes: { email: `odd${n}@example.test` } }));
  addGroups(world.source, [1, 3, 8, 16]);
  return world;
}

/** Refuses every write of the call to the n-th user or group that it comes to, whatever name or sub it goes by. */
function refuse(world: RestoreWorld, cases: readonly Refused[]): ReadonlySet<string> {
  const seen = new Map<string, string[]>();
  const hit = new Set<string>();
  world.writer.refuse = (call, given) => {
    const name = world.target.find(given)?.username ?? given;
    const names = seen.get(call) ?? [];
    if (!names.includes(name)) seen.set(call, [...names, name]);
    const at = (seen.get(call) as string[]).indexOf(name);
    const found = cases.find((one) => one.call === call && one.nth === at);
    if (found !== undefined) hit.add(name);
    return found?.reason;
  };
  return hit;
}

describe('Refusals of any single write of a restore', function () {
  this.timeout(60_000);

  it('E15: cost what they are about and nothing else, and all of it is reported', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(refused, { minLength: 1, maxLength: 3 }), async (cases) => {
        const world = await smallWorld().planned();
        const hit = refuse(world, cases);
        const outcome = await world.execute();
        const found = differences(world.source, world.target);
        const rows = world.report('failures.csv').split('\n');
        for (const difference of found) {
          const about = [...hit].filter((name) => new RegExp(`\\b${name}\\b`).test(difference));
          expect(about, `${difference}, of which nothing was refused`).to.not.be.empty;
          const words = difference.replace(/^missing (group )?|^group /, '').split(/: | not in /);
          const told = rows.some((row) => words.every((word) => new RegExp(`\\b${word}\\b`).test(row)));
          expect(told, `${difference}, which the report does not name`).to.equal(true);
        }
        if (found.length > 0) expect(outcome.outcome).to.equal('partial');

        world.writer.refuse = () => undefined;
        expect((await world.execute('execution-2')).outcome).to.equal('complete');
        expect(differences(world.source, world.target)).to.deep.equal([]);
      }),
      { numRuns: 25 },
    );
  });
});
