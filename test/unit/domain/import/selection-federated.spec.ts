import { expect } from 'chai';
import {
  putRequest,
  reportOfSelection,
  resultsOf,
  rowsOfSelection,
  select,
} from '../../../support/import/selections.ts';
import type { SelectionRow } from '../../../support/import/selections.ts';
import {
  federatedUser,
  federatedWorld,
  identities,
  IDS,
  PROVIDERS,
} from '../../../support/workflows/federated-world.ts';
import type { WorkflowWorld } from '../../../support/workflows/workflow-world.ts';
import { aUser } from '../../../support/world/builders.ts';

const FAY = `corp_${IDS.fay}`.toLowerCase();
const FOX = `corp_${IDS.fox}`.toLowerCase();
const FEE = `google_${IDS.fee}`;
/** Of a profile that a new sign-in made. */
const NEW_SUB = '99999999-0000-4000-8000-000000000000';

/** Exported once; the living pool has every provider but `Gone`. */
async function exported(mode: 'REPORT' | 'PRELINK' = 'REPORT'): Promise<WorkflowWorld> {
  const world = federatedWorld(mode);
  world.source.settings = { ...world.source.settings, identityProviders: PROVIDERS };
  expect(await world.export()).to.include({ status: 'SUCCEEDED' });
  return world;
}

const holder = (world: WorkflowWorld, providerName: string, userId: string): string | undefined =>
  world.source.holderOf({ providerName, userId })?.username;
const groupsOf = (world: WorkflowWorld, username: string): string[] =>
  [...world.source.groups].filter(([, { members }]) => members.has(username)).map(([name]) => name);
const callsOf = (world: WorkflowWorld, call: string): number =>
  world.calls.log.filter((one) => one.call === `cognito.${call}`).length;
const rowOf = (world: WorkflowWorld, id: string, name: string): SelectionRow | undefined =>
  rowsOfSelection(world, id).find(({ sign_in_name: who, group }) => who === name && group === '');

describe('17.3: links of users whom a selection brings back', () => {
  it('17.3: a deleted local user gets the links again, by the id that identities holds', async () => {
    const world = await exported();
    world.source.remove('lea');
    const id = await putRequest(world, { users: [{ name: 'lea' }] });
    expect(await select(world, id)).to.include({ status: 'SUCCEEDED' });
    expect(resultsOf(world, id)).to.have.members(['lea created', 'editors lea created']);
    expect(holder(world, 'Corp', IDS.lea)).to.equal('lea');
    expect(rowsOfSelection(world, id, 'differences').map(({ field }) => field)).to.include('identities');
  });

  it('17.3: a provider that the pool lacks is named, and the next start links once it is there', async () => {
    const world = await exported();
    world.source.remove('max');
    const id = await putRequest(world, { users: [{ name: 'max' }] });
    expect(await select(world, id)).to.include({ status: 'FAILED', error: 'RestoreIncomplete' });
    expect(holder(world, 'Google', IDS.max)).to.equal('max');
    expect(rowOf(world, id, 'max')).to.include({ result: 'failed' });
    expect(rowOf(world, id, 'max')?.what).to.match(/^not linked to the identity provider Gone: ProviderMissing/);
    expect(reportOfSelection(world, id).notes.join(' ')).to.include('no identity provider of the name Gone');
    world.source.settings = {
      ...world.source.settings,
      identityProviders: [...PROVIDERS, { name: 'Gone', mapped: [] }],
    };
    const before = callsOf(world, 'linkIdentity');
    expect(await select(world, id)).to.include({ status: 'SUCCEEDED' });
    expect(callsOf(world, 'linkIdentity') - before).to.equal(1);
    expect(holder(world, 'Gone', 'g-1')).to.equal('max');
    expect(rowOf(world, id, 'max')).to.include({ result: 'created', what: '' });
  });

  it('17.3: many who come by import job are linked, too', async function () {
    this.timeout(120_000);
    const world = federatedWorld();
    world.source.settings = { ...world.source.settings, identityProviders: PROVIDERS };
    const names = Array.from({ length: 510 }, (_, n) => `many${n}`);
    for (const username of names)
      world.source.put(
        aUser({
          username,
          attributes: {
            email: `${username}@example.test`,
            email_verified: 'true',
            identities: identities({ providerName: 'Corp', userId: `id-${username}` }),
          },
        }),
      );
    await world.export();
    for (const name of names) world.source.remove(name);
    const id = await putRequest(world, { users: names.map((name) => ({ name })) });
    expect(await select(world, id)).to.include({ status: 'SUCCEEDED' });
    for (const name of names) expect(holder(world, 'Corp', `id-${name}`), name).to.equal(name);
  });

  it('17.3: update gives a link back to the account with the same sub; undo leaves it and says so', async () => {
    const world = await exported();
    const lea = world.source.find('lea') as ReturnType<typeof aUser>;
    const { identities: _unlinked, ...rest } = lea.attributes;
    world.source.put({ ...lea, attributes: rest });
    const id = await putRequest(world, { users: [{ name: 'lea' }] });
    expect(await select(world, id)).to.include({ status: 'SUCCEEDED' });
    expect(rowOf(world, id, 'lea')).to.include({ result: 'updated', what: 'identities' });
    expect(holder(world, 'Corp', IDS.lea)).to.equal('lea');
    const undo = await putRequest(world, { undo: id });
    expect(await select(world, undo)).to.include({ status: 'SUCCEEDED' });
    expect(rowOf(world, undo, 'lea')).to.include({ result: 'skipped' });
    expect(rowOf(world, undo, 'lea')?.what).to.include('AdminDisableProviderForUser');
    expect(holder(world, 'Corp', IDS.lea)).to.equal('lea');
  });

  it('17.3: an account that is the user’s only by somebody’s word is not linked', async () => {
    const world = await exported();
    const sub = world.source.find('lea')?.sub ?? '';
    world.source.remove('lea');
    world.source.put(aUser({ username: 'lea', sub: NEW_SUB, attributes: { email: 'x@example.test' } }));
    const id = await putRequest(world, { users: [{ sub }], confirmed: [sub] });
    expect(await select(world, id)).to.include({ status: 'FAILED', error: 'RestoreIncomplete' });
    expect(rowOf(world, id, 'lea')?.what).to.include('not linked to identity providers: only by its name');
    expect(holder(world, 'Corp', IDS.lea)).to.equal(undefined);
    expect(callsOf(world, 'linkIdentity')).to.equal(0);
  });

  it('17.3: an identity that signed in since, or is linked to somebody else, stays where it is', async () => {
    const world = await exported();
    world.source.remove('lea');
    world.source.put(federatedUser('Corp', IDS.lea));
    const id = await putRequest(world, { users: [{ name: 'lea' }] });
    expect(await select(world, id)).to.include({ status: 'FAILED', error: 'RestoreIncomplete' });
    expect(rowOf(world, id, 'lea')?.what).to.match(/^not linked to the identity provider Corp: /);
    expect(holder(world, 'Corp', IDS.lea)).to.equal(`corp_${IDS.lea}`.toLowerCase());
    expect(world.source.find('lea'), 'everything else came back').to.include({ status: 'CONFIRMED' });
  });

  it('17.3: where nobody is known to a provider, the pool is not asked for its providers', async () => {
    const world = await exported();
    world.source.remove('user1');
    const id = await putRequest(world, { users: [{ name: 'user1' }] });
    expect(await select(world, id)).to.include({ status: 'SUCCEEDED' });
    expect(callsOf(world, 'identityProviders') + callsOf(world, 'mappedAttributes')).to.equal(0);
  });
});

describe('17.3: users of identity providers in a selection', () => {
  it('17.3: REPORT makes nobody, and says how the user comes back', async () => {
    const world = await exported();
    world.source.remove(FAY);
    const id = await putRequest(world, { users: [{ name: FAY }] });
    expect(await select(world, id)).to.include({ status: 'FAILED', error: 'RestoreIncomplete' });
    expect(rowOf(world, id, FAY)).to.include({ result: 'failed' });
    expect(rowOf(world, id, FAY)?.what).to.match(/^Federated: FederatedUsers is REPORT; .* next sign-in/);
    expect(world.source.size).to.equal(8);
  });

  it('17.3: PRELINK makes the user under a safe name, without an address, linked and in the groups', async () => {
    const world = await exported('PRELINK');
    const sub = world.source.find(FAY)?.sub ?? '';
    for (const name of [FAY, FOX]) world.source.remove(name);
    const id = await putRequest(world, { users: [{ sub }, { name: FOX }] });
    expect(await select(world, id)).to.include({ status: 'SUCCEEDED' });
    const made = holder(world, 'Corp', IDS.fay) ?? '';
    expect(made).to.match(/^restored-[0-9a-f]{32}$/);
    expect(groupsOf(world, made).sort()).to.deep.equal(['admins', 'editors']);
    expect(world.source.find(made)?.attributes).to.not.have.any.keys('email', 'email_verified');
    const fox = world.source.find(holder(world, 'Corp', IDS.fox) ?? '');
    expect(fox).to.include({ enabled: false, status: 'CONFIRMED' });
    expect(fox?.attributes).to.include({ nickname: 'foxy' });
    expect(rowsOfSelection(world, id, 'subMap').map(({ old_sub: old }) => old)).to.include(sub);
    expect(world.writer.sentToUsers).to.deep.equal([]);
    // The next selection knows by the sub map whose profile that is.
    const again = await putRequest(world, { users: [{ sub }], existing: 'skip' });
    expect(await select(world, again)).to.include({ status: 'SUCCEEDED' });
    expect(rowOf(world, again, FAY)).to.include({ result: 'skipped' });
  });

  it('17.3: whom somebody enables, who was made disabled, stays so when the selection is started again', async () => {
    const world = await exported('PRELINK');
    world.source.remove(FOX);
    let refused = 0;
    world.writer.refuse = (call) =>
      call === 'createUser' && refused++ === 0 ? 'InvalidParameterException' : undefined;
    const id = await putRequest(world, { users: [{ name: FOX }] });
    expect(await select(world, id)).to.include({ status: 'FAILED', error: 'RestoreIncomplete' });
    const made = holder(world, 'Corp', IDS.fox) ?? '';
    const fox = world.source.find(made);
    expect(fox).to.include({ enabled: false });
    await world.clock.sleep(3_600_000);
    if (fox !== undefined) world.source.put({ ...fox, enabled: true });
    await select(world, id);
    expect(world.source.find(made)).to.include({ enabled: true });
  });

  it('17.3: who loses nothing by the next sign-in is not made', async () => {
    const world = await exported('PRELINK');
    world.source.remove(FEE);
    const id = await putRequest(world, { users: [{ name: FEE }] });
    expect(await select(world, id)).to.include({ status: 'SUCCEEDED' });
    expect(rowOf(world, id, FEE)).to.include({ result: 'skipped' });
    expect(holder(world, 'Google', IDS.fee)).to.equal(undefined);
  });

  for (const mode of ['REPORT', 'PRELINK'] as const)
    it(`17.3: ${mode}: who has signed in since is a collision, and gets groups only when confirmed singly`, async () => {
      const world = await exported(mode);
      const sub = world.source.find(FAY)?.sub ?? '';
      world.source.remove(FAY);
      world.source.put(federatedUser('Corp', IDS.fay, { sub: NEW_SUB }));
      const id = await putRequest(world, { users: [{ sub }] });
      expect(await select(world, id)).to.include({ status: 'FAILED', error: 'RestoreIncomplete' });
      expect(rowOf(world, id, FAY)).to.include({ result: 'collision', pool_sub: world.source.find(FAY)?.sub });
      expect(rowOf(world, id, FAY)?.what).to.include('signed in again since');
      expect(groupsOf(world, FAY)).to.deep.equal([]);
      const confirmed = await putRequest(world, { users: [{ sub }], confirmed: [sub] });
      expect(await select(world, confirmed)).to.include({ status: 'SUCCEEDED' });
      expect(groupsOf(world, FAY).sort()).to.deep.equal(['admins', 'editors']);
      expect([...world.source.users.keys()].filter((name) => name.startsWith('restored-'))).to.deep.equal([]);
    });

  it('17.3: who signs in while the selection is at work keeps the identity, and nobody gets the groups twice', async () => {
    const world = await exported('PRELINK');
    world.source.remove(FAY);
    world.entered = (state) => {
      if (state.startsWith('Update') && world.source.find(FAY) === undefined)
        world.source.put(federatedUser('Corp', IDS.fay, { sub: NEW_SUB }));
    };
    const id = await putRequest(world, { users: [{ name: FAY }] });
    expect(await select(world, id)).to.include({ status: 'FAILED', error: 'RestoreIncomplete' });
    expect(holder(world, 'Corp', IDS.fay)).to.equal(FAY);
    expect(rowOf(world, id, FAY)?.what).to.match(/not linked to the identity provider Corp: /);
    for (const name of world.source.users.keys())
      if (name.startsWith('restored-')) expect(groupsOf(world, name), 'nobody would be that user').to.deep.equal([]);
  });

  it('17.3: a profile that is still there gets its groups, its flag and what no provider sets, but no address', async () => {
    const world = await exported();
    const fox = world.source.find(FOX) as ReturnType<typeof aUser>;
    world.source.put({
      ...fox,
      enabled: true,
      attributes: { ...fox.attributes, nickname: 'spoiled', email: 'other@corp.example' },
    });
    for (const group of ['editors', 'admins']) world.source.leave(FAY, group);
    const id = await putRequest(world, { users: [{ name: FAY }, { sub: fox.sub }] });
    expect(await select(world, id)).to.include({ status: 'SUCCEEDED' });
    expect(groupsOf(world, FAY)).to.include.members(['admins', 'editors']);
    expect(world.source.find(FOX)).to.include({ enabled: false });
    expect(world.source.find(FOX)?.attributes).to.include({ nickname: 'foxy', email: 'other@corp.example' });
  });

  it('17.3: a group that was deleted gets its members from identity providers back', async () => {
    const world = await exported();
    world.source.groups.delete('admins');
    const id = await putRequest(world, { groups: [{ name: 'admins' }] });
    expect(await select(world, id)).to.include({ status: 'SUCCEEDED' });
    expect(resultsOf(world, id)).to.have.members(['admins created', `admins ${FAY} created`]);
    expect(groupsOf(world, FAY)).to.include('admins');
  });

  it('17.3: parts that have not arrived halt it, and AcceptIncomplete goes on without them', async () => {
    const world = await exported();
    world.source.groups.delete('admins');
    for (const item of world.table.all()) if (item.id.startsWith('FEDERATED#')) world.table.take(item);
    for (const key of world.objects.stored.keys()) if (key.includes('federated')) world.objects.stored.delete(key);
    const id = await putRequest(world, { groups: [{ name: 'admins' }] });
    expect(await select(world, id)).to.include({ status: 'FAILED', error: 'ReplicaBehind' });
    const other = await putRequest(world, { groups: [{ name: 'admins' }] });
    expect(await select(world, other, { AcceptIncomplete: true })).to.include({ status: 'SUCCEEDED' });
    expect(reportOfSelection(world, other).notes.join(' ')).to.match(/users of identity providers could not be read/);
  });

  it('17.3: native users alone never cost a look at users of identity providers', async () => {
    const world = await exported();
    world.source.remove('user1');
    const from = world.calls.log.length;
    const id = await putRequest(world, { users: [{ name: 'user1' }] });
    expect(await select(world, id)).to.include({ status: 'SUCCEEDED' });
    const read = world.calls.log.slice(from).filter(({ call }) => call === 'objects.readRange');
    expect(read).to.deep.equal([]);
  });

  it('17.3: a dry run tells what would be linked and made, and writes nothing', async () => {
    const world = await exported('PRELINK');
    world.source.remove(FAY);
    world.source.remove('lea');
    const size = world.source.size;
    const id = await putRequest(world, { users: [{ name: FAY }, { name: 'lea' }] });
    expect(await select(world, id, { DryRun: true })).to.include({ status: 'SUCCEEDED' });
    expect(world.source.size).to.equal(size);
    const fields = rowsOfSelection(world, id, 'differences').filter(({ field }) => field === 'identities');
    expect(fields.map(({ sign_in_name: name }) => name).sort()).to.deep.equal([FAY, 'lea']);
    expect(callsOf(world, 'linkIdentity') + callsOf(world, 'createUser')).to.equal(0);
  });
});
