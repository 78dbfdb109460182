import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { PlannedChangesWriter } from '../../../../source/domain/digests/planned-changes.ts';
import { contentsOf } from '../../../../tools/chaos/check/contents.ts';
import { standingProblems } from '../../../../tools/chaos/check/standing.ts';

interface Item {
  readonly id: string;
  readonly type: string;
  readonly [member: string]: unknown;
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
const user = (sub: string, name: string): Item => ({
  id: `USER#${sub}`,
  type: 'PROFILE',
  username: sub,
  attributes: { name },
  contentHash: hashOf(sub + name),
});
const member = (sub: string, groupName: string): Item => ({
  id: `USER#${sub}`,
  type: `MEMBER_OF#${groupName}`,
  groupName,
  contentHash: hashOf(sub + groupName),
});
const group = (groupName: string): Item => ({
  id: `GROUP#${groupName}`,
  type: 'GROUP',
  groupName,
  contentHash: hashOf(groupName),
});
const latest = (runId: string): Item => ({ id: 'EXPORT#LATEST', type: 'MARKER', runId });

const [OLD, NEW] = [user('ann', 'Ann'), user('ann', 'NULL')];
const [GONE, COME, STAYS] = [member('ann', 'two words'), user('bob', 'Bob'), group('two words')];
const SEALED = [OLD, GONE, STAYS];
const POOL = [NEW, COME, STAYS];

const hash = (item: Item): string => item['contentHash'] as string;

/** OPEN of run 2 and the plan's items, in the product's own form. */
function open(): Item[] {
  const writer = new PlannedChangesWriter();
  writer.add(OLD, { before: hash(OLD), after: hash(NEW) });
  writer.add(GONE, { before: hash(GONE) });
  writer.add(COME, { after: hash(COME) });
  const { plan, items } = writer.stored('2');
  return [...items, { id: 'EXPORT#OPEN', type: 'MARKER', runId: '2', plan }];
}

const problems = (items: readonly Item[]): string[] =>
  standingProblems(items, { sealed: contentsOf(SEALED), sealedRun: '1', pool: contentsOf(POOL) }, 'x');

describe('Chaos: the table after exports of a damaged pool', () => {
  it('may be what the last run sealed, whichever that is', () => {
    expect(problems([...SEALED, latest('1')])).to.deep.equal([]);
    expect(problems([...POOL, latest('2')])).to.deep.equal([]);
  });

  it('must not be anything else without OPEN', () => {
    expect(problems([...POOL, latest('1')])).to.not.deep.equal([]);
    expect(problems([...SEALED, latest('2')])).to.not.deep.equal([]);
    expect(problems([NEW, GONE, STAYS, latest('1')])).to.have.length(1);
  });

  it('may have any part of the plan that OPEN names', () => {
    for (const items of [SEALED, POOL, [NEW, GONE, STAYS], [OLD, STAYS], [OLD, COME, STAYS]])
      expect(problems([...items, ...open(), latest('1')])).to.deep.equal([]);
  });

  it('must have nothing beside that plan', () => {
    for (const items of [
      [user('ann', 'spoiled'), GONE, STAYS],
      [{ ...NEW, contentHash: hash(OLD) }, GONE, STAYS],
      [OLD, GONE],
      [GONE, STAYS],
      [...SEALED, user('eve', 'Eve')],
    ])
      expect(problems([...items, ...open(), latest('1')])).to.have.length(1);
  });

  it('must have the plan', () => {
    const [, marker] = open() as [Item, Item];
    expect(problems([...SEALED, marker, latest('1')])).to.have.length(1);
    expect(problems([...SEALED, { ...marker, plan: undefined }, latest('1')])).to.deep.equal(['x: OPEN names no plan']);
  });
});
