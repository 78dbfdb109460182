import { expect } from 'chai';
import { DAMAGES, shuffled, victims } from '../../../../tools/chaos/mass-damage.ts';
import { QUICK } from '../../../../tools/chaos/options.ts';
import { planOf, tellPlan } from '../../../../tools/chaos/plan.ts';
import { SeededRandom } from '../../../../tools/demo/seed/random.ts';

const users = (count: number): string[] => Array.from({ length: count }, (_, index) => `user-${index}`);

describe('Chaos: mass damage of the source pool', () => {
  it('is beyond the bars of both guards, also in a small pool', () => {
    for (const count of [20, 120]) {
      const shares = DAMAGES.map((damage) => {
        const { renamed, deleted } = victims(damage, users(count), new SeededRandom(1));
        expect(deleted.length === 0 || deleted.length > Math.max(10, count * 0.2), damage).to.equal(true);
        expect(new Set([...renamed, ...deleted]).size, damage).to.equal(renamed.length + deleted.length);
        return [renamed.length / count > 0.5, deleted.length / count];
      });
      expect(shares[0]).to.deep.equal([true, 0]);
      expect(shares[3]).to.deep.equal([false, 1]);
    }
  });

  it('is always the same of a seed', () => {
    const of = (seed: number) => victims('users deleted', users(50), new SeededRandom(seed));
    expect(of(7)).to.deep.equal(of(7));
    expect(of(7)).to.not.deep.equal(of(8));
    expect(shuffled(users(9), new SeededRandom(3)).sort()).to.deep.equal(users(9));
  });

  it('and people are among the first twenty seeds, in every kind, and each seed says so', () => {
    const plans = Array.from({ length: 20 }, (_, index) => planOf(index + 1));
    expect(new Set(plans.flatMap(({ damage }) => damage?.damage ?? []))).to.deep.equal(new Set(DAMAGES));
    for (const plan of plans) {
      expect(plan.damage === undefined || tellPlan(plan).includes(plan.damage.damage)).to.equal(true);
      expect(tellPlan(plan).includes('strangers')).to.equal(plan.people);
    }
    expect(plans.filter(({ people }) => people).length).to.be.within(4, 6);
    const quick = QUICK.seeds.map(planOf);
    expect(quick.some(({ people }) => people) && quick.some(({ damage }) => damage !== undefined)).to.equal(true);
  });
});
