import { expect } from 'chai';
import { manifestIn, manifestKey } from '../../../../source/domain/backup/manifest.ts';
import type { Manifest } from '../../../../source/domain/backup/manifest.ts';
import { userKey } from '../../../../source/domain/backup/items.ts';
import { Pacer } from '../../../../source/domain/pacing/pacer.ts';
import type { TableItem } from '../../../../source/domain/ports.ts';
import type { MemoryPool } from '../../../../tools/simulation/cognito/memory-pool.ts';
import { actualItems, expectedItems } from '../../../support/export/expected-table.ts';
import { ExportRunner, POOL_ID } from '../../../support/export/export-runner.ts';
import { addGroups } from '../../../support/world/builders.ts';
import { emailOf, phoneOf, putBoth, putSignedUp, TWO_ADDRESSES } from '../../../support/world/two-addresses.ts';
import { World } from '../../../support/world/world.ts';

const ALLOWED = { allowMultipleUsernameAttributes: true };

function worldOfTwo(): { readonly world: World; readonly pool: MemoryPool } {
  const world = new World();
  return { world, pool: world.pool(POOL_ID, TWO_ADDRESSES) };
}

const probes = (world: World): number => world.calls.countOf('cognito.signsIn');
const run = (world: World): Promise<{ readonly runId: string }> => new ExportRunner(world, ALLOWED).run();

async function sealed(world: World): Promise<Manifest> {
  const { runId } = await run(world);
  return manifestIn(world.table.peek(manifestKey(runId)) as TableItem);
}

describe('17.2: an export of a pool whose users sign in by e-mail or phone number', () => {
  it('17.2: stores by which address each user signs in, with one probe for each who has both', async () => {
    const { world, pool } = worldOfTwo();
    putBoth(pool, 150);
    putSignedUp(pool, 'mail', 'email', { email: emailOf('mail') });
    putSignedUp(pool, 'phone', 'phone_number', { phone_number: phoneOf(9_000) });
    addGroups(pool, [3]);
    const manifest = await sealed(world);
    expect(actualItems(world.table)).to.deep.equal(expectedItems(pool));
    expect(manifest.signInUnknown).to.equal(undefined);
    // The first ones are asked for by both addresses, until Cognito has said "yes" to an e-mail address.
    expect(probes(world)).to.be.within(150, 154);
  });

  it('17.2: asks about new users only in later exports, and never about one whose address was added', async () => {
    const { world, pool } = worldOfTwo();
    const [first] = putBoth(pool, 60);
    const mail = putSignedUp(pool, 'mail', 'email', { email: emailOf('mail') });
    await run(world);
    const before = probes(world);
    pool.put({ ...mail, attributes: { ...mail.attributes, phone_number: phoneOf(9_000) } });
    pool.put({ ...(first as typeof mail), enabled: false });
    putBoth(pool, 1, 61);
    await run(world);
    expect(actualItems(world.table)).to.deep.equal(expectedItems(pool));
    expect(probes(world) - before).to.be.within(1, 2);
    const unchanged = probes(world);
    const writes = world.table.written;
    await run(world);
    expect(probes(world)).to.equal(unchanged);
    expect(world.table.written - writes).to.be.at.most(20);
  });

  it('17.2: makes no probe and no further read for any other pool', async () => {
    const world = new World();
    const pool = world.pool(POOL_ID, { usernameAttributes: ['email'] });
    putSignedUp(pool, 'ana', 'email', { email: emailOf('ana'), phone_number: phoneOf(1) });
    await new ExportRunner(world).run();
    expect(probes(world)).to.equal(0);
    expect(actualItems(world.table)).to.deep.equal(expectedItems(pool));
  });

  for (const [kind, signUp] of [
    ['phone number', 'phone_number'],
    ['e-mail address', 'email'],
  ] as const)
    it(`17.2: needs one probe per user where all signed up by ${kind}`, async () => {
      const { world, pool } = worldOfTwo();
      for (let n = 0; n < 120; n += 1)
        putSignedUp(pool, `user${n}`, signUp, { email: emailOf(`user${n}`), phone_number: phoneOf(n) });
      const manifest = await sealed(world);
      expect(manifest.signInUnknown).to.equal(undefined);
      expect(actualItems(world.table)).to.deep.equal(expectedItems(pool));
      expect(probes(world)).to.be.within(120, 136);
    });

  for (const how of ['byUsernameOnly', 'refused'] as const)
    it(`17.2: goes on without where Cognito answers ${how}: counts who is unknown, asks few, and asks again later`, async () => {
      const { world, pool } = worldOfTwo();
      putBoth(pool, 100);
      world.cognito.knobs.probes = how;
      const manifest = await sealed(world);
      expect(manifest).to.include({ signInUnknown: 100 });
      expect(probes(world)).to.be.below(40);
      const items = Object.values(actualItems(world.table)) as { readonly signsInBy?: string }[];
      expect(items.filter(({ signsInBy }) => signsInBy !== undefined)).to.deep.equal([]);
      world.cognito.knobs.probes = 'byAddress';
      expect((await sealed(world)).signInUnknown).to.equal(undefined);
      expect(actualItems(world.table)).to.deep.equal(expectedItems(pool));
    });

  it('17.2: takes "no" for no answer about a user whose address changed after the listing', async () => {
    const { world, pool } = worldOfTwo();
    putBoth(pool, 59);
    const moved = putSignedUp(pool, 'moved', 'email', { email: emailOf('old'), phone_number: phoneOf(9_000) });
    const page = world.cognito.listUsersPage;
    let changed = false;
    world.cognito.listUsersPage = async (...request) => {
      const shown = await page(...request);
      if (!changed) pool.put({ ...moved, attributes: { ...moved.attributes, email: emailOf('new') } });
      changed = true;
      return shown;
    };
    const manifest = await sealed(world);
    expect(manifest).to.include({ signInUnknown: 1 });
    expect(world.table.peek(userKey(moved.sub))).to.not.have.property('signsInBy');
    expect((await sealed(world)).signInUnknown).to.equal(undefined);
    expect(world.table.peek(userKey(moved.sub))).to.include({ signsInBy: 'email' });
  });

  it('17.2: finds out about a member whom the listing of users did not show, and keeps the word of one it missed', async () => {
    const { world, pool } = worldOfTwo();
    putBoth(pool, 20);
    addGroups(pool, [20]);
    await run(world);
    const [seen] = [...pool.users.values()].filter(({ user }) => pool.signUps.get(user.username) === 'phone_number');
    const late = putSignedUp(pool, 'late', 'phone_number', { email: emailOf('late'), phone_number: phoneOf(9_000) });
    pool.join(late.username, 'group0');
    const before = probes(world);
    const pages = world.cognito.listUsersPage;
    world.cognito.listUsersPage = async (poolId, request) => {
      const page = await pages(poolId, request);
      const hidden = request.filter?.includes('=') === true ? [] : [late.sub, seen?.user.sub];
      return { ...page, items: page.items.filter(({ sub }) => !hidden.includes(sub)) };
    };
    await run(world);
    expect(actualItems(world.table)).to.deep.equal(expectedItems(pool));
    expect(probes(world) - before).to.be.within(1, 2);
  });

  for (const callsPerSecond of [10, 25])
    it(`17.2: the first export takes probes / ${callsPerSecond} longer, never above CognitoTPS, and the next one nothing`, async function () {
      this.timeout(60_000);
      const { world, pool } = worldOfTwo();
      Object.assign(world.calls.latencies, { 'cognito.listUsersPage': 100, cognito: 60, table: 10, objects: 20 });
      world.paceBy(new Pacer({ callsPerSecond, clock: world.clock }));
      const users = 3_300;
      putBoth(pool, users);
      const seconds = async (): Promise<number> => {
        const before = world.clock.elapsed;
        await new ExportRunner(world, { ...ALLOWED, callsPerSecond }).run();
        return (world.clock.elapsed - before) / 1000;
      };
      const bar = 1.15 * (users / 60 / callsPerSecond) + 60;
      expect(await seconds()).to.be.below(bar + (1.15 * users) / callsPerSecond);
      expect(world.calls.maxPerSecond('cognito')).to.be.at.most(callsPerSecond);
      expect(probes(world)).to.be.within(users, users + 20);
      // Once more for each page that holds somebody of whom Cognito said "no": the pages were listed alone until then.
      expect(world.calls.countOf('cognito.listUsersPage')).to.be.at.most(2 * Math.ceil(users / 60) + 2);
      const before = probes(world);
      expect(await seconds()).to.be.below(bar);
      expect(probes(world)).to.equal(before);
      expect(actualItems(world.table)).to.deep.equal(expectedItems(pool));
    });

  it('17.2: takes "no" for no answer about a user whom Cognito does not know yet', async () => {
    const { world, pool } = worldOfTwo();
    putBoth(pool, 50);
    const created = new Date(world.clock.now()).toISOString();
    const late = putSignedUp(
      pool,
      'late',
      'email',
      { email: emailOf('late'), phone_number: phoneOf(9_000) },
      { created },
    );
    const signsIn = world.cognito.signsIn;
    world.cognito.signsIn = async (poolId, name) => {
      const answer = await signsIn(poolId, name);
      return name === emailOf('late') ? 'no' : answer;
    };
    expect(await sealed(world)).to.include({ signInUnknown: 1 });
    expect(world.table.peek(userKey(late.sub))).to.not.have.property('signsInBy');
  });

  it('17.2: takes "no" for no answer about an address that is not verified: its owner may still sign in by the one before', async () => {
    const { world, pool } = worldOfTwo();
    putBoth(pool, 50);
    const addresses = { email: emailOf('changed'), phone_number: phoneOf(9_000) };
    const changed = putSignedUp(pool, 'changed', 'email', addresses);
    const byPhone = putSignedUp(pool, 'by phone', 'phone_number', {
      email: emailOf('unproven'),
      phone_number: phoneOf(9_001),
    });
    const signsIn = world.cognito.signsIn;
    world.cognito.signsIn = async (poolId, name) =>
      name === addresses.email ? signsIn(poolId, 'the address before') : signsIn(poolId, name);
    expect(await sealed(world)).to.include({ signInUnknown: 1 });
    expect(world.table.peek(userKey(changed.sub))).to.not.have.property('signsInBy');
    expect(world.table.peek(userKey(byPhone.sub))).to.include({ signsInBy: 'phone_number' });
  });
});
