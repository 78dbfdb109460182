import { expect } from 'chai';
import { peopleProblems } from '../../../../tools/chaos/check/people.ts';
import { PeopleLog } from '../../../../tools/chaos/people-log.ts';
import type { PoolSnapshot, SnapshotUser } from '../../../../tools/demo/compare/read-pool.ts';

const user = (sub: string, values: Record<string, string> = { name: 'N' }, enabled = true): SnapshotUser => ({
  sub,
  status: 'CONFIRMED',
  enabled,
  attributes: new Map(Object.entries(values)),
});
const pool = (users: Record<string, SnapshotUser>, members: readonly string[]): PoolSnapshot => ({
  users: new Map(Object.entries(users)),
  groups: new Map([['staff', { description: undefined, precedence: undefined, members: new Set(members) }]]),
});

const SOURCE = pool({ ann: user('a1'), bob: user('b1') }, ['ann', 'bob']);
const row = (sub: string, reason: string, changed = ''): Record<string, string> => ({ sub, reason, changed });

interface Found {
  readonly users: Record<string, SnapshotUser>;
  readonly members: readonly string[];
  readonly failures?: readonly Record<string, string>[];
  readonly subMap?: Record<string, string>;
  readonly blocked?: number;
}

function problems(
  tell: (log: PeopleLog) => void,
  { users, members, failures = [], subMap, blocked = 0 }: Found,
): string[] {
  const log = new PeopleLog();
  tell(log);
  const mapped = Object.entries(subMap ?? { a1: 'a2', b1: 'b2' });
  return peopleProblems(
    {
      source: SOURCE,
      restored: pool(users, members),
      files: {
        report: { outcome: 'partial', counts: { usersBlocked: blocked } },
        failures,
        subMap: mapped.map(([old_sub, new_sub]) => ({ old_sub, new_sub })),
      },
    },
    log,
  );
}

const WHOLE: Found = { users: { ann: user('a2'), bob: user('b2') }, members: ['ann', 'bob'] };

describe('Chaos: what people do while a pool is restored', () => {
  it('is nothing when nobody came', () => {
    expect(problems(() => undefined, WHOLE)).to.deep.equal([]);
    expect(problems(() => undefined, { ...WHOLE, members: ['ann'] })).to.have.length(1);
    expect(problems(() => undefined, { ...WHOLE, users: { ann: user('a2'), bob: user('b2', {}) } })).to.have.length(1);
    expect(problems(() => undefined, { ...WHOLE, subMap: { a1: 'a2' } })).to.have.length(1);
  });

  describe('a stranger', () => {
    const stranger = user('eve', { nickname: 'somebody else' });
    const signsUp = (log: PeopleLog): void => log.signedUp('bob', stranger);
    const right: Found = {
      users: { ann: user('a2'), bob: stranger },
      members: ['ann'],
      failures: [row('b1', 'NameCollision')],
      subMap: { a1: 'a2' },
      blocked: 1,
    };

    it('keeps the account, gets nothing, and is reported', () => {
      expect(problems(signsUp, right)).to.deep.equal([]);
    });

    it('must not get a membership, an attribute, a row of the sub map, or lose the account', () => {
      for (const wrong of [
        { members: ['ann', 'bob'] },
        { users: { ann: user('a2'), bob: user('eve', { nickname: 'somebody else', name: 'N' }) } },
        { users: { ann: user('a2'), bob: user('eve', { nickname: 'somebody else' }, false) } },
        { users: { ann: user('a2'), bob: user('b2') } },
        { subMap: { a1: 'a2', b1: 'eve' } },
        { failures: [] },
        { blocked: 0 },
      ])
        expect(problems(signsUp, { ...right, ...wrong }), JSON.stringify(wrong)).to.have.length(1);
    });

    it('who has left is none any more', () => {
      const came = (log: PeopleLog): void => {
        signsUp(log);
        log.strangerLeft('bob');
      };
      expect(problems(came, WHOLE)).to.deep.equal([]);
    });
  });

  it('afterwards stays and is listed', () => {
    const nickname = (log: PeopleLog): void => log.changedAfterwards({ name: 'bob', did: 'nickname', value: 'bobby' });
    const kept: Found = {
      ...WHOLE,
      users: { ann: user('a2'), bob: user('b2', { name: 'N', nickname: 'bobby' }) },
      failures: [row('b1', 'ChangedSince', 'changed in the new pool: nickname')],
    };
    expect(problems(nickname, kept)).to.deep.equal([]);
    expect(problems(nickname, WHOLE)).to.have.length(2);

    const leaves = (log: PeopleLog): void => log.changedAfterwards({ name: 'bob', did: 'left', group: 'staff' });
    const left: Found = {
      ...WHOLE,
      members: ['ann'],
      failures: [row('b1', 'ChangedSince', 'not a member of the group staff')],
    };
    expect(problems(leaves, left)).to.deep.equal([]);
    expect(problems(leaves, { ...left, members: ['ann', 'bob'] })).to.have.length(1);
  });

  it('at any other moment is undone or told', () => {
    const touches = (log: PeopleLog): void => log.touch('bob');
    expect(problems(touches, WHOLE)).to.deep.equal([]);
    expect(problems(touches, { ...WHOLE, members: ['ann'] })).to.have.length(1);
    expect(problems(touches, { ...WHOLE, members: ['ann'], failures: [row('b1', 'ChangedSince')] })).to.deep.equal([]);
  });
});
