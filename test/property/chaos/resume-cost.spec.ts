import { expect } from 'chai';
import fc from 'fast-check';
import type { EndedExecution } from '../../../tools/simulation/workflow/run-workflow.ts';
import { differences } from '../../support/import/differences.ts';
import { expectSealed } from '../../support/workflows/small-worlds.ts';
import {
  cognitoCalls,
  listingCalls,
  pacedWorld,
  stoppedByHand,
  withKills,
} from '../../support/workflows/resume-cost.ts';
import type { WorkflowWorld } from '../../support/workflows/workflow-world.ts';

/**
 * With pages this small 1,200 users cost an export as many calls as 36,000 with Cognito's own: what four stops repeat, in flight
 * with each, is little beside them.
 */
const SIZE = { users: 1_200, pageSize: 2 };
const SHARE = 0.05;
/** As a share of an undisturbed run's calls. Whoever is stopped at the very end was done: the next start is another run. */
const MOMENT = fc.integer({ min: 1, max: 800 }).map((thousandth) => thousandth / 1000);

describe('What a stop costs', function () {
  this.timeout(300_000);
  let exported: WorkflowWorld;
  before(async () => {
    exported = pacedWorld(SIZE);
    expect(await exported.export()).to.include({ status: 'SUCCEEDED' });
  });

  const WORKFLOWS: Readonly<
    Record<
      string,
      {
        readonly start: (world: WorkflowWorld) => Promise<EndedExecution>;
        readonly ready: () => WorkflowWorld;
        readonly check: (world: WorkflowWorld) => void;
        /** Calls that must not be made again. */
        readonly counted: (world: WorkflowWorld) => number;
      }
    >
  > = {
    ExportWorkflow: {
      start: (world) => world.export(),
      ready: () => pacedWorld(SIZE),
      check: expectSealed,
      counted: cognitoCalls,
    },
    ImportWorkflow: {
      start: (world) => world.import(),
      check: ({ source, target }) => expect(differences(source, target)).to.deep.equal([]),
      // Every start compares the whole pool itself at its end, as far as it comes: none goes by what an earlier one saw.
      counted: (world) => cognitoCalls(world) - listingCalls(world),
      ready: () => {
        const world = pacedWorld(SIZE);
        for (const item of exported.table.all()) world.table.seed(item);
        world.clock.advance(exported.clock.elapsed + 1_000);
        return world;
      },
    },
  };

  for (const [name, { start, ready, check, counted }] of Object.entries(WORKFLOWS)) {
    it(`${name} repeats at most 5 % of its Cognito calls, killed once or several times, or stopped by hand`, async () => {
      const whole = ready();
      expect(await start(whole)).to.include({ status: 'SUCCEEDED' });
      const [calls, toCognito, listings] = [whole.calls.count, counted(whole), listingCalls(whole)];
      const repeated = async (stops: number, stop: (world: WorkflowWorld) => Promise<void>): Promise<number> => {
        const world = ready();
        await stop(world);
        check(world);
        expect(listingCalls(world), 'calls of listings').to.be.most((1 + stops) * listings * (1 + SHARE));
        return (counted(world) - toCognito) / toCognito;
      };
      await fc.assert(
        fc.asyncProperty(
          MOMENT,
          fc.array(MOMENT, { minLength: 2, maxLength: 4 }),
          MOMENT,
          async (once, several, byHand) => {
            expect(
              await repeated(1, (world) => withKills(world, () => start(world), { shares: [once], calls })),
              'killed once',
            ).to.be.most(SHARE);
            expect(
              await repeated(several.length, (world) =>
                withKills(world, () => start(world), { shares: several, calls }),
              ),
              `killed ${several.length} times`,
            ).to.be.most(SHARE);
            expect(
              await repeated(1, (world) => stoppedByHand(world, () => start(world), { share: byHand, calls })),
              'stopped by hand',
            ).to.be.most(SHARE);
          },
        ),
        { numRuns: 1, endOnFailure: true },
      );
    });
  }
});
