import { expect } from 'chai';
import { groupKey, membershipKey, userKey } from '../../../../../source/domain/backup/items.ts';
import { NO_COUNTS } from '../../../../../source/domain/backup/manifest.ts';
import { DigestSet } from '../../../../../source/domain/digests/digest-set.ts';
import type { GuardOptions } from '../../../../../source/domain/export/clean-up/guard.ts';
import { judgeRun } from '../../../../../source/domain/export/clean-up/judge-run.ts';
import type { Foreseen, ForeseenChange } from '../../../../../source/domain/export/clean-up/judge-run.ts';
import type { ItemKey } from '../../../../../source/domain/ports.ts';

async function* from<T>(list: readonly T[]): AsyncGenerator<T, void, undefined> {
  yield* list;
}
const OPTIONS: GuardOptions = {
  maxDeletePercent: 20,
  allowMassDelete: false,
  maxChangePercent: 50,
  allowMassChange: false,
  uncountedAttributes: ['custom:last_login', 'enabled'],
};
type ChangedItem = Omit<Extract<ForeseenChange, { readonly how: 'changed' }>, 'how'>;
const foreseen = (deleted: readonly ItemKey[], changed: readonly ChangedItem[]): Foreseen => ({
  changes: from<ForeseenChange>([
    ...deleted.map((key) => ({ how: 'deleted' as const, key })),
    ...changed.map((change) => ({ how: 'changed' as const, ...change })),
  ]),
  lastDay: from([]),
  interrupted: from([]),
  staying: () => Promise.resolve(new DigestSet()),
  atLeast: { deleted: NO_COUNTS, changed: NO_COUNTS },
  held: { users: 100, groups: 30, memberships: 200 },
});
const users = (count: number): ItemKey[] => Array.from({ length: count }, (_, n) => userKey(`sub-${n}`));
const changedUsers = (count: number, ...differs: string[]): ChangedItem[] =>
  users(count).map((key) => ({ key, differs }));
const refusedFor = async (changed: readonly ChangedItem[], over: Partial<GuardOptions> = {}) =>
  (await judgeRun(foreseen([], changed), { ...OPTIONS, ...over })).refused;

describe('judgement of a run', () => {
  it('A: refuses to overwrite values of more than half of the users, and names the values and how many', async () => {
    const changed = [...changedUsers(50, 'name'), { key: userKey('one-more'), differs: ['name', 'custom:team'] }];
    expect(await refusedFor(changed.slice(0, 50))).to.equal(undefined);
    const refused = await refusedFor(changed);
    expect(refused).to.include({ name: 'MassChangeRefused', input: '{"AllowMassChange": true}' });
    expect(refused?.would).to.equal(
      'overwrite values of 51 of 100 users (51.0 %) in the backup, more than MaxChangePercent (50 %) allows within 24 hours: name (51 users), custom:team (1 user)',
    );
  });

  it('A: does not count attributes in UncountedAttributes; the enabled flag, which is none, always counts', async () => {
    expect(await refusedFor(changedUsers(90, 'custom:last_login'))).to.equal(undefined);
    expect((await refusedFor(changedUsers(90, 'custom:last_login', 'name')))?.would).to.match(/: name \(90 users\)$/);
    expect((await refusedFor(changedUsers(90, 'enabled')))?.would).to.match(/: enabled \(90 users\)$/);
  });

  it('16.2: counts the users of whom only such attributes are overwritten, whatever is allowed', async () => {
    const changed = [
      ...changedUsers(30, 'custom:last_login'),
      { key: userKey('both'), differs: ['custom:last_login', 'name'] },
      { key: userKey('flag'), differs: ['enabled'] },
      { key: userKey('status'), differs: [] },
    ];
    for (const allowMassChange of [false, true])
      expect((await judgeRun(foreseen([], changed), { ...OPTIONS, allowMassChange })).uncounted).to.deep.equal({
        attributes: ['custom:last_login'],
        users: 30,
      });
    const all = { ...OPTIONS, uncountedAttributes: [] };
    expect(await judgeRun(foreseen([], changed), all)).to.not.have.property('uncounted');
  });

  it('A: counts groups by themselves, ten changes always pass, and 100 % never refuses', async () => {
    const groups = (count: number): ChangedItem[] =>
      Array.from({ length: count }, (_, n) => ({ key: groupKey(`g${n}`), differs: ['description'] }));
    expect((await refusedFor(groups(16)))?.would)
      .to.include('16 of 30 groups')
      .and.to.include('description (16 groups)');
    expect(await refusedFor([...changedUsers(10, 'name'), ...groups(10)], { maxChangePercent: 0 })).to.equal(undefined);
    expect(await refusedFor(changedUsers(100, 'name'), { maxChangePercent: 100 })).to.equal(undefined);
  });

  it('names the ten most frequent values', async () => {
    const changed = users(60).map((key, n) => ({
      key,
      differs: Array.from({ length: 13 }, (_, a) => `custom:a${String(a).padStart(2, '0')}`).slice(0, 1 + (n % 13)),
    }));
    expect((await refusedFor(changed))?.would).to.match(
      /: custom:a00 \(60 users\), .*custom:a09 \(\d+ users\) and 3 others$/,
    );
  });

  it('A: tells both at once, and both inputs', async () => {
    const { refused, counted } = await judgeRun(foreseen(users(30), changedUsers(60, 'name')), OPTIONS);
    expect(refused).to.include({
      name: 'MassDeleteRefused',
      input: '{"AllowMassDelete": true, "AllowMassChange": true}',
    });
    expect(refused?.would).to.include('delete 30 of 100 users').and.to.include('overwrite values of 60 of 100 users');
    expect([counted.deleted.users, counted.changed.users]).to.deep.equal([30, 60]);
  });

  it('A: each input allows its own, and what it allows counts for nothing later', async () => {
    const both = (over: Partial<GuardOptions>) =>
      judgeRun(foreseen(users(30), changedUsers(60, 'name')), { ...OPTIONS, ...over });
    const deletes = await both({ allowMassDelete: true });
    expect(deletes.refused).to.include({ name: 'MassChangeRefused', input: '{"AllowMassChange": true}' });
    expect(deletes.counted.deleted).to.deep.equal(NO_COUNTS);
    const changes = await both({ allowMassChange: true });
    expect(changes.refused).to.include({ name: 'MassDeleteRefused', input: '{"AllowMassDelete": true}' });
    expect(changes.counted.changed).to.deep.equal(NO_COUNTS);
    const all = await both({ allowMassDelete: true, allowMassChange: true });
    expect([all.refused, all.counted.size]).to.deep.equal([undefined, 0]);
  });

  it('holds memberships against memberships', async () => {
    const gone = Array.from({ length: 41 }, (_, n) => membershipKey(`sub-${n}`, 'staff'));
    const { refused } = await judgeRun(foreseen(gone, []), OPTIONS);
    expect(refused?.would)
      .to.include('41 of 200 memberships (20.5 %)')
      .and.not.to.match(/\d (?:users|groups)/);
  });
});
