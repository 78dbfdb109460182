import { expect } from 'chai';
import type { VerifyWorld } from '../../../../support/workflows/verify-world.ts';
import { backedUpWorld } from '../../../../support/workflows/verified-backup.ts';

const DAY_MS = 24 * 3600 * 1000;

describe('VerifyWorkflow: deletion protection of the pool', () => {
  let world: VerifyWorld;
  beforeEach(async () => {
    ({ world } = await backedUpWorld());
  });

  async function exportWith(deletionProtected: boolean): Promise<void> {
    world.home.clock.advance(DAY_MS);
    world.home.source.settings = { ...world.home.source.settings, deletionProtected };
    await world.export();
  }
  async function saysSo(site: VerifyWorld['primary']): Promise<boolean> {
    const ended = await world.verify(site);
    expect(ended.status, ended.cause).to.equal('SUCCEEDED');
    const notes = (ended.output as { notes: string[] }).notes.filter((note) => note.includes('Deletion protection'));
    const said = (world.messages.at(-1)?.body ?? '')
      .replaceAll(/\s+/g, ' ')
      .includes('Deletion protection of the user pool');
    expect(notes).to.have.length(said ? 1 : 0);
    return said;
  }

  it('C18: that is off is said once in each Region, and again only after it was on', async () => {
    const heard: string[] = [];
    for (const [at, on] of [true, false, false, true, false].entries()) {
      await exportWith(on);
      for (const site of [world.primary, world.backup]) if (await saysSo(site)) heard.push(`${at} ${site.region}`);
      if (await saysSo(world.primary)) heard.push(`${at} again`);
    }
    expect(heard).to.deep.equal(['1 us-east-1', '1 eu-west-1', '4 us-east-1', '4 eu-west-1']);
  });

  it('C18: is said by the invocation that ends what another one, which died, had recorded', async () => {
    await exportWith(false);
    const { calls } = world.home;
    const { put } = world.home.objects;
    world.home.objects.put = async (key, ...rest) => {
      const etag = await put(key, ...rest);
      if (key === 'verifications/last.json') {
        world.home.objects.put = put;
        calls.killAt(1);
      }
      return etag;
    };
    expect(await saysSo(world.primary)).to.equal(true);
    expect(world.home.objects.put).to.equal(put);
  });
});
