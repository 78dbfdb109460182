import { expect } from 'chai';
import fc from 'fast-check';
import type { ContactAttribute, PoolSettings, PoolUser } from '../../../source/domain/model.ts';
import { subFor } from '../../../tools/simulation/cognito/memory-pool.ts';
import type { JobKnobs } from '../../../tools/simulation/import-jobs/job-runs.ts';
import { completionMessages } from '../../../tools/simulation/import-jobs/ledger.ts';
import type { JobRecord } from '../../../tools/simulation/import-jobs/ledger.ts';
import { seededRandom } from '../../../tools/simulation/random.ts';
import { putRequest, reportOfSelection, rowsOfSelection, select } from '../../support/import/selections.ts';
import { WorkflowWorld } from '../../support/workflows/workflow-world.ts';
import { aUser } from '../../support/world/builders.ts';
import { emailOf, phoneOf } from '../../support/world/two-addresses.ts';

type Kind = 'username' | 'username insensitive' | 'email' | 'phone_number' | 'alias' | 'emailOrPhone';
const KINDS: Record<Kind, Partial<PoolSettings>> = {
  username: {},
  'username insensitive': { caseSensitive: false },
  email: { usernameAttributes: ['email'] },
  phone_number: { usernameAttributes: ['phone_number'], autoVerifiedAttributes: ['phone_number'] },
  alias: { aliasAttributes: ['email', 'preferred_username'] },
  emailOrPhone: { usernameAttributes: ['email', 'phone_number'], autoVerifiedAttributes: ['email', 'phone_number'] },
};
/** So many that those who are gone go by import job. */
const COUNT = 530;
const GROUPS = ['staff', 'admins'];

const anyCase = fc.record({
  kind: fc.constantFrom(...(Object.keys(KINDS) as Kind[])),
  seed: fc.nat(1_000_000),
  /** Share of the rows that are lost, have no line in the log, or fail. */
  fates: fc.constantFrom(0, 0.01, 0.1),
  ends: fc.array(fc.constantFrom('none', 'Failed', 'Stopped', 'role', 'tooMany'), { maxLength: 3 }),
  jobs: fc.record({
    dropEveryNthLogLine: fc.constantFrom(0, 0, 7),
    firstLineNumber: fc.constantFrom<0 | 1 | 2>(0, 1, 2),
    logDelayMs: fc.constantFrom(0, 30_000, 600_000),
    busyStarts: fc.constantFrom(0, 0, 3),
  }),
  /** What the pool verifies by now; as at the time of the backup where it is empty. */
  verifies: fc.subarray<ContactAttribute>(['email', 'phone_number']),
  datesWrites: fc.boolean(),
  existing: fc.constantFrom('update' as const, 'skip' as const),
});

type Fate = 'gone' | 'there' | 'changed' | 'stranger' | 'renamed';
interface Person {
  readonly user: PoolUser;
  readonly by: ContactAttribute;
  readonly groups: readonly string[];
  readonly fate: Fate;
}

/** Everybody whom the pool had, and what has become of each since: nearly all are gone. */
function peopleOf(kind: Kind, contacts: readonly ContactAttribute[], random: () => number): Person[] {
  return Array.from({ length: COUNT }, (_, n): Person => {
    const either: ContactAttribute = random() < 0.5 ? 'email' : 'phone_number';
    const by = contacts.length === 2 ? either : (contacts[0] ?? 'email');
    const proven = random() > 0.05;
    const address = (name: ContactAttribute, value: string): Record<string, string> => ({
      [name]: value,
      ...(proven ? { [`${name}_verified`]: 'true' } : {}),
    });
    const attributes = {
      name: random() < 0.02 ? `N "${n}"` : `Name ${n}`,
      ...(by === 'email' || random() < 0.4 ? address('email', emailOf(`user${n}`)) : {}),
      ...(by === 'phone_number' || random() < 0.3 ? address('phone_number', phoneOf(n)) : {}),
      ...(kind === 'alias' && random() < 0.1 ? { preferred_username: `pref${n}` } : {}),
    };
    const sub = subFor(`person ${n}`);
    const username = contacts.length > 0 ? sub : `user${n}`;
    const dice = random();
    return {
      user: aUser({ username, sub, attributes, enabled: random() > 0.03 }),
      by,
      groups: GROUPS.filter(() => random() < 0.05),
      fate:
        dice < 0.975
          ? 'gone'
          : dice < 0.98
            ? 'there'
            : dice < 0.985
              ? 'changed'
              : dice < 0.995 || contacts.length === 0
                ? 'stranger'
                : 'renamed',
    };
  });
}

/** What the pool has in place of the user; undefined: nobody. */
function accountNow(
  { user, by, fate }: Person,
  n: number,
  contacts: readonly ContactAttribute[],
): PoolUser | undefined {
  const { attributes } = user;
  if (fate === 'there') return user;
  if (fate === 'changed') return { ...user, attributes: { ...attributes, name: 'Bad' } };
  if (fate === 'renamed') {
    const address = by === 'email' ? emailOf(`moved${n}`) : phoneOf(9_000 + n);
    return { ...user, attributes: { ...attributes, [by]: address, [`${by}_verified`]: 'true' } };
  }
  if (fate === 'gone') return undefined;
  const sub = subFor(`stranger ${n}`);
  return aUser({
    username: contacts.length > 0 ? sub : user.username,
    sub,
    attributes: contacts.length > 0 ? { [by]: attributes[by] as string } : { email: emailOf(`stranger${n}`) },
  });
}

/** How the n-th job of the pool ends before its time. */
function earlyEnd(how: string | undefined): ReturnType<JobKnobs['endEarly']> {
  if (how === undefined || how === 'none') return undefined;
  if (how === 'role') return { afterRows: 0, status: 'Failed', message: 'The log role could not be assumed.' };
  if (how === 'tooMany') return { afterRows: 100, status: 'Failed', message: completionMessages.tooMany };
  return { afterRows: 200, status: how === 'Stopped' ? how : 'Failed', message: completionMessages.internal };
}

describe('A selection of many users', () => {
  it('16.2: brings back everybody who is gone, and touches nobody else, whatever becomes of its import jobs', async function () {
    this.timeout(60_000);
    await fc.assert(
      fc.asyncProperty(anyCase, async (how) => {
        const random = seededRandom(how.seed + 1);
        const world = new WorkflowWorld(how.seed + 1);
        world.allowMultipleUsernameAttributes = true;
        const { source: pool, jobs, writer } = world;
        pool.settings = { ...pool.settings, ...KINDS[how.kind] };
        const contacts = pool.settings.usernameAttributes;
        for (const name of GROUPS) pool.putGroup({ name });
        const people = peopleOf(how.kind, contacts, random);
        for (const { user, by, groups } of people) {
          pool.put(user, by);
          for (const group of groups) pool.join(user.username, group);
        }
        expect(await world.export()).to.include({ status: 'SUCCEEDED' });
        if (how.verifies.length > 0) pool.settings = { ...pool.settings, autoVerifiedAttributes: [...how.verifies] };
        const now = people.map((one, n) => accountNow(one, n, contacts));
        for (const [n, { user, by }] of people.entries()) {
          const account = now[n];
          if (account?.sub !== user.sub) pool.remove(user.username);
          if (account !== undefined) pool.put(account, by);
        }
        const fates = new Map<string, 'lost' | 'silent' | 'failed' | undefined>();
        const fateOf: JobKnobs['rowFate'] = ({ jobId }, line) => {
          const row = `${jobId} ${line}`;
          if (!fates.has(row))
            fates.set(
              row,
              random() < how.fates ? (['lost', 'silent', 'failed'] as const)[Math.floor(random() * 3)] : undefined,
            );
          return fates.get(row);
        };
        Object.assign(jobs.knobs, how.jobs, {
          rowFate: fateOf,
          endEarly: ({ ordinal }: JobRecord) => earlyEnd(how.ends[ordinal - 1]),
        });
        writer.datesWrites = how.datesWrites;

        const users = people.map(({ user: { sub } }) => ({ sub }));
        const id = await putRequest(world, { users, existing: how.existing });
        let ended = await select(world, id);
        while (ended.error === 'ImportJobFailed') ended = await select(world, id);
        const rows = new Map(
          rowsOfSelection(world, id).flatMap((row) => (row.group === '' ? [[row.sub as string, row.result]] : [])),
        );
        const newSubs = new Map(
          rowsOfSelection(world, id, 'subMap').map(({ old_sub: old, new_sub: sub }) => [old as string, sub as string]),
        );
        const unwritten: Readonly<Record<Fate, readonly string[]>> = {
          gone: ['created'],
          stranger: ['collision'],
          there: how.existing === 'skip' ? ['skipped'] : ['unchanged'],
          changed: how.existing === 'skip' ? ['skipped'] : ['updated'],
          renamed: how.existing === 'skip' ? ['skipped'] : ['updated', 'failed'],
        };
        for (const [n, { user, groups, fate }] of people.entries()) {
          const about = `${fate} ${n}, ${ended.error ?? 'complete'}`;
          expect(rows.get(user.sub), about).to.be.oneOf([...unwritten[fate]]);
          expect(newSubs.has(user.sub), about).to.equal(fate === 'gone');
          if (fate === 'stranger' || (fate !== 'gone' && how.existing === 'skip'))
            expect(pool.find(now[n]?.sub ?? ''), about).to.deep.equal(now[n]);
          if (fate !== 'gone') continue;
          const account = pool.find(newSubs.get(user.sub) as string) as PoolUser;
          expect({ ...account.attributes, sub: user.sub }, about).to.deep.equal(user.attributes);
          expect(account.enabled, about).to.equal(user.enabled);
          const joined = GROUPS.filter((group) => pool.groups.get(group)?.members.has(account.username));
          expect(joined, about).to.deep.equal(groups);
        }
        expect(pool.size).to.equal(COUNT);
        expect(writer.sentToUsers).to.deep.equal([]);

        // Whoever was made is known to the next selection.
        const next = await putRequest(world, { users, existing: 'skip' });
        await select(world, next);
        const strangers = people.filter(({ fate }) => fate === 'stranger').length;
        expect(reportOfSelection(world, next).users).to.include({ skipped: COUNT - strangers, collision: strangers });
      }),
      { numRuns: 4 },
    );
  });
});
