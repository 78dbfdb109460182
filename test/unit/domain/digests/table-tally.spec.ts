import { expect } from 'chai';
import { itemKind } from '../../../../source/domain/backup/items.ts';
import { OPEN_KEY, openMarkerIn } from '../../../../source/domain/backup/manifest.ts';
import { OpenPlanReader } from '../../../../source/domain/digests/open-plan.ts';
import type { PlannedChanges } from '../../../../source/domain/digests/planned-changes.ts';
import { judgeTable, noTableContent, TableTally } from '../../../../source/domain/digests/table-tally.ts';
import type { TableVerdict } from '../../../../source/domain/digests/table-tally.ts';
import { seededRandom } from '../../../../tools/simulation/random.ts';
import { show, showApplication } from '../../../support/backup/applied-plan.ts';
import { twoRuns } from '../../../support/import/two-runs.ts';
import type { TwoRuns } from '../../../support/import/two-runs.ts';

const planOf = ({ world }: TwoRuns): Promise<PlannedChanges | undefined> =>
  new OpenPlanReader(world.table).read(openMarkerIn(world.table.peek(OPEN_KEY)));

/** What a reader makes of the table as it is, of which `items` are what the scan shows. */
async function verdict(runs: TwoRuns, items = runs.world.table.all()): Promise<TableVerdict> {
  const plan = await planOf(runs);
  const content = noTableContent({ underPlan: plan !== undefined });
  const tally = new TableTally(content, plan);
  for (const item of items) tally.add(item);
  tally.settle();
  return judgeTable(runs.sealed, content, plan);
}

describe('tally of a table', () => {
  const planned = twoRuns(seededRandom(4)).application.content.length;
  const applied = (done: number): TwoRuns => {
    const runs = twoRuns(seededRandom(4));
    showApplication(runs.world.table, runs.application, done);
    return runs;
  };

  it('A2: tells the sealed content, and every state between it and the plan', async () => {
    expect(await verdict(twoRuns(seededRandom(4)))).to.deep.equal({ is: 'sealed' });
    expect(await verdict(applied(0))).to.deep.equal({ is: 'sealed' });
    for (let done = 1; done <= planned; done += 1)
      expect(await verdict(applied(done))).to.deep.equal({ is: 'between', applied: done, planned });
  });

  it('A2: takes nothing for a change of the plan that is none: items that are gone, doubled, added or another', async () => {
    const runs = applied(4);
    const all = runs.world.table.all().filter((item) => itemKind(item) !== undefined);
    const keys = new Set(runs.application.content.map(({ key }) => `${key.id} ${key.type}`));
    for (const [index, item] of all.entries()) {
      const isPlanned = keys.has(`${item.id} ${item.type}`);
      const another = { ...item, status: 'COMPROMISED', precedence: 99 };
      const shown = {
        gone: [],
        doubled: [item, item],
        another: [another],
        'an addition': [item, { ...item, id: `${item.id}0` }],
      };
      for (const [what, instead] of Object.entries(shown)) {
        // What the plan deletes may be gone, and a scan shows nothing twice.
        if (isPlanned && (what === 'gone' || what === 'doubled')) continue;
        const scanned = [...all.slice(0, index), ...instead, ...all.slice(index + 1)];
        expect((await verdict(runs, scanned)).is, `${item.type} ${what}`).to.equal('different');
      }
    }
  });

  it('A2: explains nothing by a plan whose digests have not all arrived', async () => {
    const runs = applied(4);
    show(runs.world.table, runs.application.digests[0] as TwoRuns['application']['digests'][0], 0);
    expect(await planOf(runs)).to.equal(undefined);
    expect(await verdict(runs))
      .to.include({ is: 'different', foreign: 0 })
      .and.not.have.property('applied');
  });
});
