import { expect } from 'chai';
import fc from 'fast-check';
import type { Manifest } from '../../../source/domain/backup/manifest.ts';
import { manifestOfThinnedKey, snapshotFolder } from '../../../source/domain/backup/snapshot/names.ts';
import { healthyCli } from '../../support/cli/healthy.ts';
import type { InstalledCli } from '../../support/cli/installed.ts';
import { aUser } from '../../support/world/builders.ts';
import { exportedRun } from '../../support/workflows/exported-run.ts';
import { WorkflowWorld } from '../../support/workflows/workflow-world.ts';

const REGIONS = ['us-east-1', 'eu-west-1'] as const;
const GROUPS = ['staff', 'Staff', 'a,b'];
/** Few names, so that users of several times and spellings share them. */
const nameOf = fc.constantFrom('ana', 'ANA', 'zo\u00eb', 'zoe\u0308', '-x', 'two words', 'a,b@x.test');
const stateOf = fc.constantFrom(
  'whole',
  'whole',
  'whole',
  'damaged',
  'no index',
  'damaged index',
  'thinned',
  'missing',
);

interface Person {
  readonly username: string;
  /** Who comes back has another sub. */
  readonly life: number;
  readonly email: string;
  readonly groups: readonly string[];
  readonly federated: boolean;
}
const person: fc.Arbitrary<Person> = fc.record({
  username: fc.constantFrom('u1', 'u2', 'u3'),
  life: fc.integer({ min: 0, max: 1 }),
  email: nameOf,
  groups: fc.subarray(GROUPS),
  federated: fc.constantFrom(false, false, true),
});
interface Night {
  readonly people: readonly Person[];
  readonly states: readonly [State, State];
}
type State = typeof stateOf extends fc.Arbitrary<infer T> ? T : never;
const nightsOf: fc.Arbitrary<readonly Night[]> = fc.array(
  fc.record({
    people: fc.uniqueArray(person, { selector: ({ username }) => username, maxLength: 3 }),
    states: fc.tuple(stateOf, stateOf),
  }),
  { minLength: 1, maxLength: 5 },
);

const subOf = ({ username, life, federated }: Person): string =>
  `0000000${life}-0000-4000-8000-0000000000${federated ? 'f' : '0'}${username.slice(1)}`;
const BYSTANDERS = Array.from({ length: 12 }, (_, n) => `bystander${n}`);

/** What the pool holds of everybody in one night. */
interface HeldUser {
  readonly names: readonly string[];
  readonly fields: string;
  readonly groups: string;
  readonly federated: boolean;
}
type Held = ReadonlyMap<string, HeldUser>;

interface Kept {
  readonly cli: InstalledCli;
  readonly runs: readonly { readonly runId: string; readonly held: Held; readonly isThinned: boolean }[];
}

async function kept(nights: readonly Night[], caseSensitive: boolean): Promise<Kept> {
  const world = new WorkflowWorld();
  world.retentionDays = 30;
  world.table.pageItems = 4;
  const { source } = world;
  source.settings = { ...source.settings, caseSensitive };
  for (const name of GROUPS) source.putGroup({ name });
  for (const username of BYSTANDERS) source.put(aUser({ username }));
  const cli = healthyCli();
  cli.objects.clear();
  const runs: { runId: string; held: Held; isThinned: boolean }[] = [];
  for (const [n, { people, states }] of nights.entries()) {
    for (const username of ['u1', 'u2', 'u3']) if (source.find(username) !== undefined) source.remove(username);
    const held = new Map<string, HeldUser>();
    for (const one of people) {
      const { username, email, groups, federated } = one;
      const sub = subOf(one);
      source.put(
        aUser({
          username,
          sub,
          attributes: { email },
          status: federated ? 'EXTERNAL_PROVIDER' : 'CONFIRMED',
          modified: `2026-01-0${n + 1}T00:00:00.000Z`,
        }),
      );
      for (const group of groups) source.join(username, group);
      held.set(sub, { names: [sub, username, email], fields: email, groups: [...groups].sort().join(), federated });
    }
    const { manifest } = await exportedRun(world);
    const { runId } = manifest;
    for (const [index, region] of REGIONS.entries()) putIn(cli, region, world, runId, states[index] as State);
    const isThinned = !states.some((state) => !['thinned', 'missing'].includes(state)) && states.includes('thinned');
    if (states.some((state) => state !== 'missing')) runs.push({ runId, held, isThinned });
  }
  return { cli, runs };
}

function putIn(cli: InstalledCli, region: string, world: WorkflowWorld, runId: string, state: State): void {
  for (const [key, { body }] of world.objects.stored) {
    if (!key.startsWith(snapshotFolder(runId)) || state === 'missing') continue;
    const isManifest = key.endsWith('/manifest.json');
    const manifest = isManifest ? (JSON.parse(Buffer.from(body).toString()) as Manifest) : undefined;
    const { snapshot, ...rest } = manifest ?? ({} as Manifest);
    if (state === 'thinned') {
      if (isManifest) cli.put(region, manifestOfThinnedKey(runId), rest);
    } else if (state === 'no index' && isManifest && snapshot !== undefined)
      cli.put(region, key, { ...rest, snapshot: { objects: snapshot.objects } });
    else if ((state === 'damaged' && key.endsWith('.gz')) || (state === 'damaged index' && key.endsWith('index.bin')))
      cli.put(region, key, Buffer.from('?'));
    else cli.put(region, key, body);
  }
}

/** Who answers to a name in a night; users of identity providers only where no other one does. */
function meant(held: Held, name: string, caseSensitive: boolean): readonly string[] {
  const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();
  const isExact = (one: string): boolean => (caseSensitive ? one === name : same(one, name));
  const isAlike = (one: string): boolean => same(one.normalize('NFC'), name.normalize('NFC'));
  for (const kind of [false, true])
    for (const fits of [isExact, isAlike]) {
      const found = [...held].filter(([, { federated, names }]) => federated === kind && names.some(fits));
      if (found.length > 0) return found.map(([sub]) => sub);
    }
  return [];
}

interface ToldStep {
  readonly change: string;
  readonly run_id: string;
  readonly fields: readonly { readonly field: string; readonly after: string | null }[];
  readonly joined: readonly string[];
  readonly left: readonly string[];
}

describe('One user over all kept runs', () => {
  it('16.3: history tells what a comparison of everything that the runs hold tells, whatever became of their snapshots', async () => {
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(nightsOf, nameOf, fc.boolean(), async (nights, name, caseSensitive) => {
        const { cli, runs } = await kept(nights, caseSensitive);
        const code = await cli.run(['history', '--json', '--', name]);
        if (![0, 3].includes(code)) {
          // Nobody, or several in one run.
          const answers = runs.map(({ held }) => meant(held, name, caseSensitive).length);
          if (code === 2) expect(Math.max(...answers), 'several').to.be.above(1);
          else expect(code, cli.err).to.be.oneOf([6, 5]);
          if (code === 6 && !/damaged|thinned/.test(cli.err)) expect(Math.max(0, ...answers), 'nobody').to.equal(0);
          return;
        }
        const { users, damaged_runs, thinned_runs } = cli.summary as {
          users: { sub: string; steps: ToldStep[] }[];
          damaged_runs: string[];
          thinned_runs: string[];
        };
        expect(thinned_runs.toSorted()).to.deep.equal(
          runs.flatMap(({ runId, isThinned }) => (isThinned ? [runId] : [])).toSorted(),
        );
        expect(code).to.equal(damaged_runs.length === 0 ? 0 : 3);
        const looked = runs.filter(({ runId, isThinned }) => !isThinned && !damaged_runs.includes(runId));
        const subs = new Set(looked.flatMap(({ held }) => meant(held, name, caseSensitive)));
        expect(users.map(({ sub }) => sub)).to.have.members([...subs]);
        for (const { sub, steps } of users) {
          let before: HeldUser | undefined;
          const expected: string[] = [];
          for (const [index, { runId, held }] of looked.entries()) {
            const now = held.get(sub);
            if (now === undefined && before !== undefined) expected.push(`vanished ${runId}`);
            if (now !== undefined && before === undefined)
              expected.push(`${index === 0 ? 'held' : 'appeared'} ${runId}`);
            if (now !== undefined && before !== undefined) {
              const what = [
                ...(now.fields === before.fields ? [] : [`email ${now.fields}`]),
                ...(now.groups === before.groups ? [] : ['groups']),
              ].join();
              if (what !== '') expected.push(`changed ${runId} ${what}`);
            }
            before = now;
          }
          const told = steps.flatMap(({ change, run_id, fields, joined, left }) => {
            const emails = fields.filter(({ field }) => field === 'email').map(({ after }) => `email ${after}`);
            const what = [...emails, ...(joined.length + left.length > 0 ? ['groups'] : [])].join();
            return change === 'changed'
              ? what === ''
                ? []
                : [`${change} ${run_id} ${what}`]
              : [`${change} ${run_id}`];
          });
          expect(told).to.deep.equal(expected);
        }
        compared += 1;
      }),
      { numRuns: 20 },
    );
    expect(compared).to.be.above(3);
  });

  it('16.3: show tells of the newest run that holds the name, of those that can be read', async () => {
    await fc.assert(
      fc.asyncProperty(nightsOf, nameOf, fc.boolean(), async (nights, name, caseSensitive) => {
        const { cli, runs } = await kept(nights, caseSensitive);
        const code = await cli.run(['show', '--json', '--', name]);
        if (![0, 3].includes(code)) return;
        const { run_id, user, damaged_runs, thinned_runs, renamed_in_run } = cli.summary as {
          run_id: string;
          user: { sub: string; groups: string[]; attributes: Record<string, string> };
          damaged_runs: string[];
          thinned_runs: string[];
          renamed_in_run?: string;
        };
        const newer = runs.filter(({ runId }) => runId > run_id);
        const unread = [...damaged_runs, ...thinned_runs];
        const read = newer.filter(({ runId }) => !unread.includes(runId));
        for (const { held } of read) expect(meant(held, name, caseSensitive)).to.deep.equal([]);
        expect(newer.map(({ runId }) => runId)).to.include.members(unread);
        const held = runs.find(({ runId }) => runId === run_id)?.held.get(user.sub);
        expect(held).to.include({ fields: user.attributes['email'], groups: user.groups.join() });
        const newest = read.at(-1);
        if (renamed_in_run !== undefined) expect(newest?.held.has(user.sub)).to.equal(true);
      }),
      { numRuns: 12 },
    );
  });
});
