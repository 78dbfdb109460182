import { expect } from 'chai';
import { addUsers, aGroup } from '../../../support/world/builders.ts';
import type { EndedExecution } from '../../../../tools/simulation/workflow/run-workflow.ts';
import { VerifyWorld } from '../../../support/workflows/verify-world.ts';
import { SOURCE, WorkflowWorld } from '../../../support/workflows/workflow-world.ts';

interface Size {
  readonly groups: number;
  /** Items on a page of users, groups or members, and of the table. */
  readonly page: number;
}

const USERS = 200;
const SMALL: Size = { groups: 20, page: 60 };
const LARGER: Readonly<Record<string, Size>> = {
  '200 groups instead of 20': { groups: 200, page: 60 },
  '200 pages of users instead of 4': { groups: 20, page: 1 },
};

/** Every user is in one group, and calls take no time: an invocation can do all that it is given, whatever the size. */
function filled(world: WorkflowWorld, { groups, page }: Size): void {
  world.cognito.knobs.pageSize = page;
  world.table.pageItems = page;
  const users = addUsers(world.source, USERS, { disabled: 0 });
  for (let index = 0; index < groups; index += 1) world.source.putGroup(aGroup({ name: `group${index}` }));
  users.forEach(({ username }, index) => world.source.join(username, `group${index % groups}`));
}

/** A tenth of the groups are gone, and a few users. */
function shrunk({ source }: WorkflowWorld): void {
  for (const name of [...source.groups.keys()]) if (name.endsWith('5')) source.removeGroup(name);
  for (const name of ['user1', 'user2', 'user3']) source.remove(name);
}

interface Ready {
  readonly world: WorkflowWorld;
  readonly start: () => Promise<EndedExecution>;
}

async function exported(size: Size): Promise<Ready> {
  const world = new WorkflowWorld();
  filled(world, size);
  await world.export();
  return { world, start: () => world.import() };
}

const WORKFLOWS: Readonly<Record<string, (size: Size) => Promise<Ready>>> = {
  'ExportWorkflow, of a new pool,': async (size) => {
    const world = new WorkflowWorld();
    filled(world, size);
    return { world, start: () => world.export() };
  },
  'ExportWorkflow, with deletions,': async (size) => {
    const { world } = await exported(size);
    shrunk(world);
    return { world, start: () => world.export() };
  },
  ImportWorkflow: exported,
  VerifyWorkflow: async (size) => {
    const verified = new VerifyWorld();
    filled(verified.home, size);
    await verified.export();
    return { world: verified.home, start: () => verified.verify(verified.primary, { UserPoolId: SOURCE }) };
  },
};

describe('The history of a workflow, by its own ASL', () => {
  for (const [workflow, ready] of Object.entries(WORKFLOWS)) {
    /** States entered, and invocations, with those that Step Functions repeats. */
    const history = async (size: Size): Promise<unknown> => {
      const { world, start } = await ready(size);
      const before = world.history.length;
      const { status, cause, states } = await start();
      expect(status, cause).to.equal('SUCCEEDED');
      return { states, invocations: world.history.slice(before).map(({ state }) => state) };
    };
    let small: unknown;
    before(async () => {
      small = await history(SMALL);
    });

    for (const [what, size] of Object.entries(LARGER)) {
      it(`${workflow} does not grow with ${what}`, async () => {
        expect(await history(size)).to.deep.equal(small);
      });
    }
  }
});
