import { expect } from 'chai';
import { runSeeds } from '../../tools/chaos/chaos.ts';
import { QUICK } from '../../tools/chaos/options.ts';
import { startLocalCloud } from '../../tools/local-cloud/index.ts';

describe('Chaos on the local cloud', function () {
  this.timeout(1_800_000);

  it('loses nothing', async () => {
    const cloud = await startLocalCloud({ waitScale: 0.02 });
    try {
      const told: string[] = [];
      const { seeds, resumes } = await runSeeds(cloud, { ...QUICK, everywhere: false }, (line) => {
        told.push(line);
        // Each seed takes a minute or more; whoever waits sees which one runs.
        process.stdout.write(`${line.replaceAll(/^(?=.)/gm, '    ')}\n`);
      });
      expect(
        seeds.flatMap(({ plan, problems }) => problems.map((problem) => `seed ${plan.seed}: ${problem}`)),
        told.join('\n'),
      ).to.deep.equal([]);
      expect(resumes.map(({ problem }) => problem)).to.deep.equal([undefined, undefined]);
    } finally {
      await cloud.stop();
    }
  });
});
