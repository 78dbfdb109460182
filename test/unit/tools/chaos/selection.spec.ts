import { expect } from 'chai';
import { poolProblems, resultProblems, undoProblems, UNKNOWN } from '../../../../tools/chaos/check/selection.ts';
import type { SelectionFiles } from '../../../../tools/chaos/check/selection.ts';
import { chaosOptions } from '../../../../tools/chaos/options.ts';
import { onlySelection, planOf } from '../../../../tools/chaos/plan.ts';
import { accidentFor } from '../../../../tools/chaos/selection/accident.ts';
import type { Accident } from '../../../../tools/chaos/selection/accident.ts';
import { afterSelection, afterUndo, askedOf } from '../../../../tools/chaos/selection/expected.ts';
import type { SelectionState } from '../../../../tools/chaos/selection/expected.ts';
import { PoolModel } from '../../../../tools/chaos/selection/pool-model.ts';
import type { PoolSnapshot, SnapshotUser } from '../../../../tools/demo/compare/read-pool.ts';
import { SeededRandom } from '../../../../tools/demo/seed/random.ts';

const user = (sub: string, values: Record<string, string> = { name: 'N' }, enabled = true): SnapshotUser => ({
  sub,
  status: 'CONFIRMED',
  enabled,
  attributes: new Map(Object.entries(values)),
});
const group = (description: string | undefined, ...members: string[]) => ({
  description,
  precedence: 1,
  members: new Set(members),
});

const SOURCE: PoolSnapshot = {
  users: new Map(['gone', 'bad', 'off', 'left', 'again', 'other', 'lost'].map((name) => [name, user(`${name}-0`)])),
  groups: new Map([
    ['staff', group('S', 'gone', 'bad', 'left', 'other')],
    ['crew', group('C', 'gone', 'again', 'other')],
  ]),
};
const ASKED = {
  users: ['gone', 'bad', 'off', 'left', 'again'],
  groups: ['crew'],
  confirmed: ['again'],
  collisions: [],
};

/** `gone` and `lost` were deleted, as was the group `crew`; `bad` and `other` were spoiled; `again` signed up again. */
function damaged(): SelectionState {
  const before = new PoolModel(SOURCE);
  for (const name of ['gone', 'lost', 'again']) before.deleteUser(name);
  for (const name of ['bad', 'other']) before.setAttribute(name, 'name', 'spoiled');
  before.setAttribute('bad', 'middle_name', 'more');
  before.change('off', { enabled: false });
  before.groups.get('staff')?.members.delete('left');
  before.groups.delete('crew');
  before.users.set('again', user('again-1', { name: 'else' }));
  return { source: SOURCE, before, asked: ASKED };
}

const key = (sub: string, of: string, result: string, poolSub = ''): Record<string, string> => ({
  sub,
  sign_in_name: '',
  group: of,
  result,
  what: '',
  pool_sub: poolSub,
});
const RESULTS = [
  key('', 'crew', 'created'),
  key('gone-0', '', 'created', 'gone-1'),
  key('bad-0', '', 'updated', 'bad-0'),
  key('off-0', '', 'updated', 'off-0'),
  key('left-0', '', 'unchanged', 'left-0'),
  key('again-0', '', 'updated', 'again-1'),
  key('gone-0', 'staff', 'created'),
  key('gone-0', 'crew', 'created'),
  key('again-0', 'crew', 'created'),
  key('other-0', 'crew', 'created'),
  key('bad-0', 'staff', 'unchanged'),
  key('left-0', 'staff', 'created'),
];
const REPORT = {
  outcome: 'complete',
  users: { created: 1, updated: 3, unchanged: 1, failed: 0 },
  groups: { created: 1 },
  memberships: { created: 5, unchanged: 1 },
};
const FILES: SelectionFiles = {
  results: RESULTS,
  subMap: [{ old_sub: 'gone-0', new_sub: 'gone-1' }],
  report: REPORT,
};

/** As a selection leaves the pool: whoever is created has a sub of a new account. */
function selected(): PoolModel {
  const after = afterSelection(damaged());
  after.change('gone', { sub: 'gone-1' });
  return after;
}

describe('Chaos: single users and groups in a living pool', () => {
  it('16: expects of a selection what was asked for, and nothing else', () => {
    const after = selected();
    expect(after.users.get('bad')?.attributes).to.deep.equal(
      new Map([
        ['name', 'N'],
        ['middle_name', 'more'],
      ]),
    );
    expect(after.users.get('off')?.enabled).to.equal(true);
    expect(after.users.get('again')).to.deep.equal(user('again-1'));
    expect(after.users.get('other')?.attributes.get('name')).to.equal('spoiled');
    expect(after.users.has('lost')).to.equal(false);
    expect([...(after.groups.get('crew')?.members ?? [])].sort()).to.deep.equal(['again', 'gone', 'other']);
    expect([...(after.groups.get('staff')?.members ?? [])].sort()).to.deep.equal(['bad', 'gone', 'left', 'other']);
    expect(resultProblems(damaged(), after, { files: FILES, odd: false })).to.deep.equal([]);
  });

  it('16: a pool that is otherwise in anything is a finding', () => {
    const wrong: readonly ((pool: PoolModel) => void)[] = [
      (pool) => pool.deleteUser('other'),
      (pool) => pool.users.set('nobody', user('x')),
      (pool) => pool.setAttribute('other', 'name', 'N'),
      (pool) => pool.change('other', { enabled: false }),
      (pool) => pool.change('other', { sub: 'other-1' }),
      (pool) => pool.change('gone', { status: 'FORCE_CHANGE_PASSWORD' }),
      (pool) => pool.join('off', 'staff'),
      (pool) => pool.setGroup('staff', { description: 'T', precedence: 1 }),
      (pool) => pool.groups.delete('crew'),
      (pool) => pool.groups.set('more', group('M')),
    ];
    const made = (name: string): boolean => name === 'gone';
    expect(poolProblems(afterSelection(damaged()), selected(), made)).to.deep.equal([]);
    for (const [index, spoil] of wrong.entries()) {
      const pool = selected();
      spoil(pool);
      expect(poolProblems(afterSelection(damaged()), pool, made), `${index}`).to.not.deep.equal([]);
    }
  });

  it('16: a row that is not true, is missing, twice or too much is a finding, and so is a wrong count or sub map', () => {
    const replaced = (index: number, row: object): Partial<SelectionFiles> => ({
      results: RESULTS.map((one, at) => (at === index ? { ...one, ...row } : one)),
    });
    const wrong: readonly Partial<SelectionFiles>[] = [
      ...RESULTS.map((_row, index) => replaced(index, { result: 'failed' })),
      ...RESULTS.map((_row, index) => ({ results: RESULTS.filter((_one, at) => at !== index) })),
      replaced(2, { pool_sub: 'other-0' }),
      { results: [...RESULTS, RESULTS[1] as Record<string, string>] },
      { results: [...RESULTS, key('other-0', '', 'updated', 'other-0')] },
      { results: [...RESULTS, key('off-0', 'staff', 'created')] },
      { subMap: [] },
      { subMap: [{ old_sub: 'gone-0', new_sub: 'gone-2' }] },
      { report: { ...REPORT, outcome: 'partial' } },
      { report: { ...REPORT, groups: { created: 2 } } },
    ];
    for (const [index, files] of wrong.entries())
      expect(
        resultProblems(damaged(), selected(), { files: { ...FILES, ...files }, odd: false }),
        `${index}`,
      ).to.not.deep.equal([]);
    const odd = [key('', '', 'notInBackup'), key('', UNKNOWN.group, 'notInBackup')];
    expect(resultProblems(damaged(), selected(), { files: FILES, odd: true })).to.have.length.above(1);
    const told = {
      ...FILES,
      results: [...RESULTS, { ...odd[0], sign_in_name: UNKNOWN.user }, { ...odd[1] }] as Record<string, string>[],
      report: {
        ...REPORT,
        outcome: 'partial',
        users: { ...REPORT.users, notInBackup: 1 },
        groups: { created: 1, notInBackup: 1 },
      },
    };
    expect(resultProblems(damaged(), selected(), { files: told, odd: true })).to.deep.equal([]);
  });

  it('16: an undo puts back what was overwritten and nobody changed since; what was made stays', () => {
    const state = damaged();
    const after = selected();
    const now = new PoolModel(after);
    now.setAttribute('bad', 'name', 'by hand');
    const undone = afterUndo(state, after, now);
    expect(undone.users.get('bad')?.attributes.get('name')).to.equal('by hand');
    expect(undone.users.get('off')?.enabled).to.equal(false);
    expect(undone.users.get('again')?.attributes.get('name')).to.equal('else');
    expect(undone.users.has('gone')).to.equal(true);
    expect([...(undone.groups.get('crew')?.members ?? [])]).to.deep.equal(['gone']);
    expect([...(undone.groups.get('staff')?.members ?? [])].sort()).to.deep.equal(['bad', 'gone', 'other']);
    const results = [
      key('', 'crew', 'skipped'),
      key('gone-0', '', 'skipped'),
      key('bad-0', '', 'changedSince'),
      key('off-0', '', 'undone'),
      key('again-0', '', 'undone'),
      key('left-0', 'staff', 'undone'),
      key('again-0', 'crew', 'undone'),
      key('other-0', 'crew', 'undone'),
    ];
    const report = {
      outcome: 'complete',
      users: { skipped: 1, changedSince: 1, undone: 2 },
      groups: { skipped: 1 },
      memberships: { undone: 3 },
    };
    const problems = (rows: readonly Record<string, string>[], pool: PoolSnapshot = undone): readonly string[] =>
      undoProblems(
        state,
        { after, undone: pool },
        { files: { results: rows, subMap: [], report }, changedSince: ['bad'] },
      );
    expect(problems(results)).to.deep.equal([]);
    expect(problems(results, after)).to.have.length.above(2);
    for (const index of results.keys()) {
      expect(problems(results.filter((_one, at) => at !== index)), `${index}`).to.not.deep.equal([]);
      expect(
        problems(results.map((one, at) => (at === index ? { ...one, result: 'unchanged' } : one))),
        `${index}`,
      ).to.not.deep.equal([]);
    }
  });

  it('16: of each kind of damage one is not asked for, and nobody is in two lists', () => {
    const users = new Map(Array.from({ length: 40 }, (_, n) => [`user${n}`, user(`sub${n}`)] as const));
    const source: PoolSnapshot = {
      users,
      groups: new Map(
        Array.from({ length: 6 }, (_, n) => [`group${n}`, group('G', `user${n}`, `user${n + 10}`, `user${n + 20}`)]),
      ),
    };
    for (let seed = 0; seed < 50; seed += 1) {
      const accident: Accident = accidentFor(source, new SeededRandom(seed));
      const { deleted, spoiled, switched, left, takenOver, whole, deletedGroups, spoiledGroups } = accident;
      const names = [...deleted, ...spoiled, ...switched, ...left.map(({ name }) => name), ...takenOver, ...whole];
      expect(new Set(names).size).to.equal(names.length);
      const { users: asked, groups } = askedOf(accident, true);
      for (const some of [deleted, spoiled, switched, left.map(({ name }) => name), whole])
        expect(some.filter((name) => !asked.includes(name))).to.have.length.above(0);
      for (const some of [deletedGroups, spoiledGroups])
        expect(some.filter((name) => !groups.includes(name))).to.have.length(1);
    }
  });

  it('16: every fourth seed has one, --selections gives it to all, and the same seed is always the same', () => {
    const having = [1, 2, 3, 4].map((seed) => planOf(seed).selection !== undefined);
    expect(having).to.deep.equal([false, true, false, false]);
    const [one, same] = [onlySelection(3), onlySelection(3)].map(({ selection }) =>
      selection?.faults.map(({ name }) => name),
    );
    expect(one).to.deep.equal(same).and.to.include('killed after calls of every action');
    expect(chaosOptions(['--selections', '--seeds', '20'])).to.include({ selections: true, write: false });
    expect(chaosOptions(['--seeds', '20'])).to.include({ selections: false, write: true });
  });
});
