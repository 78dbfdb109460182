import { expect } from 'chai';
import { FAULTS, HALTS } from '../../../source/domain/errors.ts';
import { BLUNT, memberMutations, recordReads, tamperAt } from '../../support/hostile/tampering.ts';
import type { Mutation, SeenRead } from '../../support/hostile/tampering.ts';
import { seededRandom } from '../../../tools/simulation/random.ts';
import { expectRestored, expectSealed, exportedWorlds, worldAfter } from '../../support/workflows/small-worlds.ts';
import type { EndedExecution } from '../../../tools/simulation/workflow/run-workflow.ts';
import type { WorkflowWorld } from '../../support/workflows/workflow-world.ts';

const OWN: readonly string[] = [...HALTS, ...FAULTS];
/** Share of all changes that a run of this test tries; HOSTILE_SHARE=1 tries every one (a few minutes). */
const SHARE = Number(process.env.HOSTILE_SHARE ?? 0.03);

interface Case {
  readonly read: SeenRead;
  readonly mutation: Mutation;
}

/** A head without `closed` is that of a run in progress, which a start rightly goes on with. */
const isNoDamage = ({ key }: SeenRead, { name }: Mutation): boolean =>
  key === 'exports/current.json' && name === 'without closed';

/** A share of what can be done to an object before its first and before its last read, and everything blunt to some of them. */
function casesOf(reads: readonly SeenRead[]): Case[] {
  const random = seededRandom(6);
  const ends = reads.filter(({ key, nth }) => nth === 1 || nth === reads.filter((other) => other.key === key).length);
  return ends.flatMap((read) =>
    [
      ...BLUNT.filter(() => random() < Math.min(1, SHARE * 5)),
      ...memberMutations(read.body).filter(() => random() < SHARE),
    ]
      .filter((mutation) => !isNoDamage(read, mutation))
      .map((mutation) => ({ read, mutation })),
  );
}

describe('Objects of the state that were changed by hand', function () {
  this.timeout(300_000);
  let once: WorkflowWorld;
  let twice: WorkflowWorld;
  before(async () => {
    ({ once, twice } = await exportedWorlds());
  });

  const workflows = [
    {
      name: 'ExportWorkflow',
      before: () => worldAfter(once),
      start: (world: WorkflowWorld) => world.export(),
      check: expectSealed,
    },
    {
      name: 'ImportWorkflow',
      before: () => worldAfter(twice),
      start: (world: WorkflowWorld) => world.import(),
      check: expectRestored,
    },
  ];
  for (const { name, before: ready, start, check } of workflows) {
    it(`end ${name} with a clear error, or change nothing: half of it is never called done`, async () => {
      const whole = ready();
      const reads = recordReads(whole.objects);
      expect(await start(whole)).to.include({ status: 'SUCCEEDED' });
      const problems: string[] = [];
      const errors = new Map<string, number>();
      const cases = casesOf(reads);
      for (const { read, mutation } of cases) {
        const world = ready();
        const tampered = tamperAt(world.objects, read, mutation);
        const problem = await problemOf(world, start, check);
        if (tampered.done && problem.text !== undefined)
          problems.push(`${read.key} (read ${read.nth}), ${mutation.name}: ${problem.text}`);
        errors.set(problem.ended, (errors.get(problem.ended) ?? 0) + 1);
      }
      expect(problems.join('\n')).to.equal('');
      expect(cases.length).to.be.above(40);
      expect(errors.get('BadState')).to.be.above(cases.length / 3);
    });
  }
});

async function problemOf(
  world: WorkflowWorld,
  start: (world: WorkflowWorld) => Promise<EndedExecution>,
  check: (world: WorkflowWorld, about: string) => void,
): Promise<{ readonly ended: string; readonly text: string | undefined }> {
  const ended = await start(world);
  const foreign = world.history
    .map(({ error }) => error)
    .find((error) => error !== undefined && !OWN.includes(error.name));
  if (foreign !== undefined)
    return { ended: foreign.name, text: `${foreign.name} ${foreign.stack?.split('\n')[1]?.trim() ?? ''}` };
  if (ended.status === 'FAILED')
    return { ended: ended.error ?? '', text: OWN.includes(ended.error ?? '') ? undefined : `ended as ${ended.error}` };
  try {
    check(world, 'although it succeeded');
    return { ended: 'SUCCEEDED', text: undefined };
  } catch (error) {
    return { ended: 'SUCCEEDED', text: `called a success, but ${(error as Error).message.slice(0, 160)}` };
  }
}
