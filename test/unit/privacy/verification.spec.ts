import { expect } from 'chai';
import { Fault } from '../../../source/domain/errors.ts';
import { userKey } from '../../../source/domain/backup/items.ts';
import type { TableItem } from '../../../source/domain/ports.ts';
import { canariesOf, canaryUser, CANARY_GROUPS } from '../../support/privacy/canaries.ts';
import type { CanaryUser } from '../../support/privacy/canaries.ts';
import {
  placesOf,
  putCanaries,
  recordPlaces,
  recordTokens,
  takesCanaries,
} from '../../support/privacy/memory-places.ts';
import { findingsText, Search } from '../../support/privacy/search.ts';
import type { EndedExecution } from '../../../tools/simulation/workflow/run-workflow.ts';
import { RESTORED, VerifyWorld } from '../../support/workflows/verify-world.ts';

describe("Nobody's data outside the table and the encrypted objects, after verifications", () => {
  let world: VerifyWorld;
  let users: CanaryUser[];
  let tokens: ReadonlySet<string>;
  let ended: EndedExecution[];
  beforeEach(async () => {
    world = new VerifyWorld();
    users = ['csv', 'csv', 'csv', 'one by one', 'disabled', 'federated'].map((kind) => canaryUser(kind as 'csv'));
    ended = [];
    world.home.cognito.knobs.pageSize = 2;
    world.home.table.pageItems = 3;
    tokens = recordTokens(world.home);
    for (const pool of [world.home.source, world.restored]) takesCanaries(pool);
    putCanaries(world.home.source, users);
    await world.export();
  });
  const run = async (site: typeof world.primary, input: object = {}): Promise<EndedExecution> => {
    const end = await world.verify(site, input);
    ended.push(end);
    return end;
  };
  const expectSilent = (): void => {
    const canaries = [...canariesOf(users), ...[...tokens].map((text) => ({ kind: 'pagination token', text }))];
    const places = [
      ...placesOf(world.home, ended, [...world.home.messages, ...world.messages]),
      ...recordPlaces(world.backup),
    ];
    expect(world.messages).to.have.length.above(0);
    expect(findingsText(new Search(canaries).in(places))).to.equal('');
  };

  it('of a backup that is as it should be, in both Regions', async () => {
    expect(await run(world.primary)).to.include({ status: 'SUCCEEDED' });
    expect(await run(world.backup)).to.include({ status: 'SUCCEEDED' });
    expectSilent();
  });

  it('of a pool in which users, values and memberships are missing or different', async () => {
    putCanaries(world.restored, users.slice(1, 4));
    const [{ username }] = users.slice(1) as [CanaryUser];
    const held = world.restored.find(username);
    if (held !== undefined)
      world.restored.put({ ...held, attributes: { ...held.attributes, name: users[0]?.attributes.name as string } });
    world.restored.leave(username, CANARY_GROUPS[0]?.name as string);
    expect((await run(world.backup, { UserPoolId: RESTORED })).status).to.equal('FAILED');
    const report = [...world.replicaObjects.stored.keys()].find((key) => key.endsWith('differences.csv')) as string;
    expect(world.replicaObjects.text(report)).to.include(users[0]?.sub);
    expectSilent();
  });

  it('of items that were changed, and of a table that cannot be read', async () => {
    const key = userKey(users[0]?.sub as string);
    world.replica.seed({ ...(world.replica.peek(key) as TableItem), username: users[1]?.username });
    expect((await run(world.backup)).status).to.equal('FAILED');
    world.home.calls.fail({
      call: 'table.scanPage',
      times: 100,
      error: () => Object.assign(new Error(`item ${users[2]?.username}`), { name: 'ValidationException' }),
    });
    expect((await run(world.backup)).status).to.equal('FAILED');
    world.home.calls.fail({ call: 'objects.put', nth: 3, error: () => new Fault('ServiceError', 'PutObject failed.') });
    await run(world.primary);
    expectSilent();
  });
});
