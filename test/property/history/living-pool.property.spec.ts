import { expect } from 'chai';
import fc from 'fast-check';
import { compareRuns } from '../../../source/domain/history/compare-runs.ts';
import type { RunDifference } from '../../../source/domain/history/compare-runs.ts';
import { differenceRow } from '../../../source/domain/history/difference-rows.ts';
import { itemsOfPool, itemsStillThere } from '../../../source/domain/history/pool-items.ts';
import type { Manifest } from '../../../source/domain/backup/manifest.ts';
import type { PoolUser } from '../../../source/domain/model.ts';
import { WorkflowWorld } from '../../support/workflows/workflow-world.ts';
import { aUser } from '../../support/world/builders.ts';

const GROUPS = ['staff', 'Staff', 'all'];
const person = fc.record({
  provider: fc.boolean(),
  groups: fc.subarray(GROUPS),
  before: fc.constantFrom('', '', '', 'deleted', 'renamed', 'disabled', 'changed', 'left', 'joined', 'again'),
  during: fc.constantFrom('', '', '', '', 'deleted', 'renamed', 'left'),
});
type Fate = '' | 'deleted' | 'renamed' | 'disabled' | 'changed' | 'left' | 'joined' | 'again';

describe('diff --pool and a pool in use', () => {
  it('tells every difference once, and nothing that does not differ', async function () {
    this.timeout(60_000);
    await fc.assert(
      fc.asyncProperty(
        fc.array(person, { minLength: 1, maxLength: 10 }),
        fc.record({
          pageSize: fc.integer({ min: 1, max: 4 }),
          offsetTokens: fc.boolean(),
          shortPages: fc.constantFrom(0, 0.4),
          at: fc.nat(8),
          deletesGroup: fc.boolean(),
          seed: fc.nat(1000),
        }),
        async (people, how) => {
          const world = new WorkflowWorld(how.seed + 1);
          const { source: pool, cognito } = world;
          for (const name of GROUPS) pool.putGroup({ name });
          const users = people.map(({ provider, groups }, n) => {
            const user = provider
              ? aUser({ username: `google_${n}`, status: 'EXTERNAL_PROVIDER' })
              : aUser({ username: `user${n}` });
            pool.put(user);
            for (const group of groups) pool.join(user.username, group);
            return user;
          });
          const ended = await world.export();
          expect(ended.status, ended.cause).to.equal('SUCCEEDED');
          const { runId } = (ended.output as { manifest: Manifest }).manifest;
          const manifest = world.objects.json<Manifest>(`snapshots/${runId}/manifest.json`);
          /** What differs before the pool is listed, and what may or may not be seen of what happens meanwhile. */
          const must = new Set<string>();
          const may = new Set<string>();
          const isNative = (user: PoolUser): boolean => user.status !== 'EXTERNAL_PROVIDER';
          const change = (n: number, fate: Fate, told: Set<string>): void => {
            const user = users[n] as PoolUser;
            const now = pool.users.get(user.username)?.user;
            if (fate === '' || now === undefined || now.sub !== user.sub) return;
            const note = (text: string): void => void (isNative(user) && told.add(text));
            const groups = GROUPS.filter((group) => pool.groups.get(group)?.members.has(user.username));
            const modified = '2026-07-07T07:07:07.000Z';
            if (fate === 'deleted' || fate === 'again') {
              pool.remove(user.username);
              note(`user removed ${user.sub}`);
              for (const group of people[n]?.groups ?? []) note(`membership removed ${user.sub} ${group}`);
              if (fate === 'again') {
                const sub = `99999999-0000-4000-8000-${String(n).padStart(12, '0')}`;
                pool.put({ ...user, sub, attributes: { ...user.attributes, sub } });
                note(`user added ${sub}`);
              }
              return;
            }
            if (fate === 'left' && groups[0] !== undefined) {
              pool.leave(user.username, groups[0]);
              note(`membership removed ${user.sub} ${groups[0]}`);
            }
            const free = GROUPS.find((group) => !groups.includes(group));
            if (fate === 'joined' && free !== undefined) {
              pool.join(user.username, free);
              note(`membership added ${user.sub} ${free}`);
            }
            if (fate === 'disabled') pool.put({ ...now, enabled: false, modified });
            if (fate === 'renamed')
              pool.put({ ...now, attributes: { ...now.attributes, email: 'x@example.test' }, modified });
            if (fate === 'changed') pool.put({ ...now, attributes: { ...now.attributes, name: 'X' }, modified });
            if (['disabled', 'renamed', 'changed'].includes(fate)) note(`user changed ${user.sub}`);
          };
          people.forEach(({ before }, n) => change(n, before, must));
          Object.assign(cognito.knobs, {
            pageSize: how.pageSize,
            offsetTokens: how.offsetTokens,
            shortPages: how.shortPages,
          });
          let pages = 0;
          const { listUsersPage } = cognito;
          cognito.listUsersPage = async (...request) => {
            const page = await listUsersPage(...request);
            pages += 1;
            if (pages !== how.at) return page;
            people.forEach(({ during }, n) => change(n, during, may));
            if (how.deletesGroup) {
              for (const { user } of pool.users.values())
                if (pool.groups.get('all')?.members.has(user.username)) may.add(`membership removed ${user.sub} all`);
              may.add('group removed  all');
              pool.removeGroup('all');
            }
            pool.put(aUser({ username: 'newcomer', sub: 'eeeeeeee-0000-4000-8000-000000000000' }));
            pool.join('newcomer', 'staff');
            may.add('user added eeeeeeee-0000-4000-8000-000000000000');
            may.add('membership added eeeeeeee-0000-4000-8000-000000000000 staff');
            return page;
          };
          const told: RunDifference[] = [];
          const living = { poolId: pool.id, settings: pool.settings, pool: cognito, clock: world.clock };
          const counts = await compareRuns(
            { manifest, objects: world.objects },
            { about: 1, list: (take) => itemsOfPool(living, take), lookUp: (keys) => itemsStillThere(living, keys) },
            (difference) => told.push(difference),
          );
          const texts = told.map((difference) => {
            const { kind, change: what, sub, group } = differenceRow(difference);
            return `${kind} ${what} ${sub}${group === '' ? '' : ` ${group}`}`;
          });
          expect(texts.length, texts.join('\n')).to.equal(new Set(texts).size);
          expect(texts.filter((text) => !must.has(text) && !may.has(text))).to.deep.equal([]);
          // What was so before the listing began, and was not changed once more. Where pages are places in a list, what goes
          // meanwhile moves somebody to a page that was shown already: nobody can look for one of whom the run does not know.
          const moved = how.offsetTokens && people.some(({ during }) => during === 'deleted' || during === 'left');
          const overtaken = (text: string): boolean =>
            text.endsWith(' all') ||
            (moved && text.includes(' added ')) ||
            [...may].some((other) => other.includes(text.split(' ')[2] ?? ''));
          expect([...must].filter((text) => !texts.includes(text) && !overtaken(text))).to.deep.equal([]);
          const sum = (['added', 'removed', 'changed'] as const).reduce(
            (all, key) => all + counts[key].users + counts[key].groups + counts[key].memberships,
            0,
          );
          expect(sum).to.equal(texts.length);
          // Who was created meanwhile, and is shown in a group, is shown as a user, too.
          if (texts.includes('membership added eeeeeeee-0000-4000-8000-000000000000 staff'))
            expect(texts).to.include('user added eeeeeeee-0000-4000-8000-000000000000');
        },
      ),
      { numRuns: 60 },
    );
  });
});
