import { expect } from 'chai';
import { membershipItem, userItem } from '../../../../source/domain/backup/items.ts';
import type { FoundUser } from '../../../../source/domain/history/find-items.ts';
import { fieldsOfUser, groupsOfUser, stepsOfUser } from '../../../../source/domain/history/user-history.ts';
import type { Sighting } from '../../../../source/domain/history/user-history.ts';
import type { PoolUser } from '../../../../source/domain/model.ts';
import { aManifest } from '../../../support/cli/a-manifest.ts';
import { aUser } from '../../../support/world/builders.ts';

const found = (over: Partial<PoolUser>, groups: readonly string[] = []): FoundUser => {
  const user = aUser(over);
  return {
    sub: user.sub,
    profile: userItem(user, 'username', 'r'),
    memberships: groups.map((group) => membershipItem(user.sub, group, 'r')),
    isExact: true,
  };
};
const nights = (...users: (FoundUser | undefined)[]): Sighting[] =>
  users.map((user, n) => ({ run: aManifest(`2026-03-0${n + 1}T00:00:00.000Z`), user }));

describe("A user's history", () => {
  it('16.1: tells per run what changed, with old and new values, and groups joined and left', () => {
    const steps = stepsOfUser(
      nights(
        found({ attributes: { name: 'Ana', locale: 'es' } }, ['a', 'b']),
        found({ attributes: { name: 'Ana', locale: 'es' } }, ['b', 'a']),
        found({ attributes: { name: '', zoneinfo: 'x' }, enabled: false, modified: '2026-01-01' }, ['b', 'c']),
        undefined,
        undefined,
        found({ attributes: { name: '' } }, ['b']),
      ),
    );
    expect(steps.map(({ change, run, since }) => [change, run.startedAt.slice(8, 10), since?.startedAt.slice(8, 10)]))
      // The second and the fifth night changed nothing.
      .to.deep.equal([
        ['held', '01', undefined],
        ['changed', '03', '02'],
        ['vanished', '04', '03'],
        ['appeared', '06', '05'],
      ]);
    const [held, changed, , appeared] = steps;
    expect(held?.joined).to.deep.equal(['a', 'b']);
    expect(changed?.fields).to.deep.equal([
      { field: 'enabled', before: 'true', after: 'false' },
      { field: 'locale', before: 'es', after: undefined },
      { field: 'name', before: 'Ana', after: '' },
      { field: 'zoneinfo', before: undefined, after: 'x' },
    ]);
    expect([changed?.joined, changed?.left, appeared?.joined]).to.deep.equal([['c'], ['a'], ['b']]);
  });

  it('17.2: tells by which address a user signs in, where an export found that out, and nothing of it elsewhere', () => {
    const before = found({ username: 'ana' });
    const after = { ...before, profile: { ...before.profile, signsInBy: 'email' as const } };
    expect(stepsOfUser(nights(before, after))[1]?.fields).to.deep.equal([
      { field: 'signsInBy', before: undefined, after: 'email' },
    ]);
    expect([...fieldsOfUser(before).keys()]).to.not.include('signsInBy');
  });

  it('16.1: tells of the date alone only where nothing else changed, and of nobody where no run has the user', () => {
    const steps = stepsOfUser(nights(found({}), found({ modified: '2026-01-01' })));
    expect(steps[1]?.fields).to.deep.equal([
      { field: 'modified', before: '2025-06-07T08:09:10.000Z', after: '2026-01-01' },
    ]);
    expect(stepsOfUser(nights(undefined, undefined))).to.deep.equal([]);
    expect(stepsOfUser([])).to.deep.equal([]);
  });

  it('16.1: has the fields in one order, attributes last, and the groups sorted', () => {
    const user = found({ attributes: { zoneinfo: 'x', email: 'a@b.test' } }, ['b', 'a']);
    expect([...fieldsOfUser(user).keys()]).to.deep.equal([
      'username',
      'status',
      'enabled',
      'created',
      'modified',
      'email',
      'sub',
      'zoneinfo',
    ]);
    expect(groupsOfUser(user)).to.deep.equal(['a', 'b']);
  });
});
