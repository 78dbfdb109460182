import { expect } from 'chai';
import { putRaw } from '../../../support/import/kept-snapshot.ts';
import {
  federatedWorld,
  groupsIn,
  holderIn,
  identities,
  IDS,
  PROVIDERS,
} from '../../../support/workflows/federated-world.ts';
import type { WorkflowWorld } from '../../../support/workflows/workflow-world.ts';
import { aUser } from '../../../support/world/builders.ts';

const GONE = { name: 'Gone', mapped: [] };

async function restored(world: WorkflowWorld): Promise<Record<string, number>> {
  expect((await world.export()).status).to.equal('SUCCEEDED');
  await world.import();
  return (JSON.parse(world.report('report.json')) as { counts: Record<string, number> }).counts;
}

const told = (world: WorkflowWorld): string => (world.messages.at(-1)?.body ?? '').replaceAll(/\s+/g, ' ');

describe('17.3: users of identity providers, restored', () => {
  it('17.3: links of local users come back, by the id that identities holds; a missing provider is reported', async () => {
    const world = federatedWorld();
    const counts = await restored(world);
    expect(holderIn(world, 'Corp', IDS.lea)).to.include({ username: 'lea' });
    expect(holderIn(world, 'Google', IDS.max)).to.include({ username: 'max' });
    expect(counts).to.include({ usersLinked: 1, usersNotLinked: 1, federatedUsers: 3, federatedMade: 0 });
    expect(world.report('failures.csv')).to.match(/^yes,[^,]*,max,,ProviderMissing:[^\n]*identity provider Gone\n/m);
    expect(world.messages.at(-1)?.subject).to.match(/INCOMPLETE|not|BUT/i);
  });

  it('17.3: a provider that is made afterwards is linked by the next start, which does nothing else again', async () => {
    const world = federatedWorld();
    await restored(world);
    world.target.settings = {
      ...world.target.settings,
      identityProviders: [...PROVIDERS, { name: 'Gone', mapped: [] }],
    };
    const before = world.calls.log.filter(({ call }) => call === 'cognito.linkIdentity').length;
    expect((await world.import()).status).to.equal('SUCCEEDED');
    expect(holderIn(world, 'Gone', 'g-1')).to.include({ username: 'max' });
    expect(world.calls.log.filter(({ call }) => call === 'cognito.linkIdentity').length - before).to.equal(1);
  });

  it('17.3: REPORT creates nobody, and federated.csv lists all with their groups', async () => {
    const world = federatedWorld();
    await restored(world);
    expect([...world.target.users.keys()].sort()).to.deep.equal(['lea', 'max', 'user0', 'user1', 'user2', 'user3']);
    const csv = world.report('federated.csv');
    expect(csv.trim().split('\n')).to.have.length(4);
    const fay = csv.split('\n').find((line) => line.includes(IDS.fay)) ?? '';
    expect(fay).to.contain('admins').and.contain('editors').and.not.contain('_Corp"');
    expect(told(world)).to.match(/3 users of identity providers/);
  });

  it('17.3: PRELINK makes those who would lose something, under a safe name, without an address, and links them', async () => {
    const world = federatedWorld('PRELINK');
    const counts = await restored(world);
    expect(counts).to.include({ federatedUsers: 3, federatedMade: 2, federatedIncomplete: 0, unknownUsers: 0 });
    expect(counts, 'groups that Cognito makes for providers are nobody’s').to.include({ unknownGroups: 0 });
    const fay = holderIn(world, 'Corp', IDS.fay);
    const fox = holderIn(world, 'Corp', IDS.fox);
    for (const user of [fay, fox]) {
      expect(user?.username).to.match(/^restored-[0-9a-f]{32}$/);
      expect(user?.status).to.equal('CONFIRMED');
      expect(Object.keys(user?.attributes ?? {})).to.not.include.members(['email']);
      expect(user?.attributes).to.not.have.any.keys('email', 'phone_number', 'email_verified', 'phone_number_verified');
    }
    expect(groupsIn(world, fay?.username ?? '').sort()).to.deep.equal(['admins', 'editors']);
    expect(fay?.enabled).to.equal(true);
    expect(fox).to.include({ enabled: false });
    expect(fox?.attributes).to.include({ nickname: 'foxy' });
    expect(holderIn(world, 'Google', IDS.fee), 'nothing to lose').to.equal(undefined);
    expect(world.writer.sentToUsers).to.deep.equal([]);
    expect(world.report('sub-map.csv')).to.contain(fay?.sub ?? '?');
    const wide = [...world.writer.passwords].filter(([name]) => name.startsWith('restored-'));
    expect(wide.map(([, password]) => password.length)).to.deep.equal([132, 132]);
  });

  for (const [what, settings] of [
    ['a pool whose usernames are addresses', { usernameAttributes: ['email' as const] }],
    ['a pool that requires an address', {}],
  ] as const)
    it(`17.3: ${what} gets nobody beforehand, and the report says why`, async () => {
      const world = federatedWorld('PRELINK');
      world.source.settings = { ...world.source.settings, ...settings };
      const required = world.target.settings.schema.map((entry) =>
        entry.name === 'email' ? { ...entry, required: true } : entry,
      );
      world.target.settings = {
        ...world.target.settings,
        ...settings,
        ...('usernameAttributes' in settings ? {} : { schema: required }),
      };
      const counts = await restored(world);
      expect(counts).to.include({ federatedUsers: 3, federatedMade: 0 });
      expect(world.report('federated.csv')).to.contain('a password reset leads past the provider');
      expect(world.report('report.json')).to.contain('although FederatedUsers is PRELINK');
    });

  it('17.3: an identity that signed in meanwhile, or is linked to somebody else, is a collision: reported, never merged', async () => {
    const world = federatedWorld('PRELINK');
    await world.export();
    world.entered = (state) => {
      if (!state.startsWith('Update') || world.target.find('thief') !== undefined) return;
      const held = (id: string): string => JSON.stringify([{ providerName: 'Corp', userId: id }]);
      world.target.put(aUser({ username: 'thief', attributes: { identities: held(IDS.lea) } }));
      world.target.put(
        aUser({ username: 'corp_x', status: 'EXTERNAL_PROVIDER', attributes: { identities: held(IDS.fay) } }),
      );
    };
    await world.import();
    expect(holderIn(world, 'Corp', IDS.lea)?.username).to.equal('thief');
    expect(holderIn(world, 'Corp', IDS.fay)?.username).to.equal('corp_x');
    const { counts } = JSON.parse(world.report('report.json')) as { counts: Record<string, number> };
    expect(counts).to.include({ usersNotLinked: 2, federatedIncomplete: 1 });
    expect(world.report('failures.csv')).to.match(/,lea,,IdentityCollision/);
    for (const name of world.target.users.keys())
      if (name.startsWith('restored-') && world.target.find(name)?.attributes.identities === undefined)
        expect(groupsIn(world, name), 'nobody would be that user').to.deep.equal([]);
  });

  it('17.3: nothing is linked to an account of the name that is not ours', async () => {
    const world = federatedWorld();
    await world.export();
    world.entered = (state) => {
      if (state.startsWith('Update') && world.target.find('lea')?.status !== 'UNCONFIRMED') {
        world.target.remove('lea');
        world.target.put(
          aUser({ username: 'lea', sub: '99999999-0000-4000-8000-000000000000', status: 'UNCONFIRMED' }),
        );
      }
    };
    await world.import();
    expect(holderIn(world, 'Corp', IDS.lea)).to.equal(undefined);
    expect(world.report('failures.csv')).to.match(/,lea,,UserNotRestored,nothing,/);
  });

  it('17.3: a sixth link, an immutable attribute and an unknown provider cost that link only', async () => {
    const world = federatedWorld();
    const refused = new Set<string>();
    world.writer.refuse = (call, name) =>
      call === 'linkIdentity' && name === 'lea' ? (refused.add(name), 'LimitExceededException') : undefined;
    const counts = await restored(world);
    expect(refused).to.deep.equal(new Set(['lea']));
    expect(counts).to.include({ usersNotLinked: 2 });
    expect(world.report('failures.csv')).to.match(/^yes,[^,]*,lea,,LinkRefused: LimitExceededException/m);
  });

  it('17.3: a provider of the same name and another type is another provider: nothing is linked to it', async () => {
    const newWorld = async (): Promise<WorkflowWorld> => {
      const world = federatedWorld('PRELINK');
      const providers = PROVIDERS.map((one) => (one.name === 'Corp' ? { ...one, type: 'SAML' } : one));
      world.target.settings = { ...world.target.settings, identityProviders: providers };
      await world.export();
      return world;
    };
    const looked = await newWorld();
    await looked.import({ DryRun: true });
    expect(told(looked)).to.include('the identity provider Corp of the new pool is of another type');
    const world = await newWorld();
    await world.import();
    const { counts } = JSON.parse(world.report('report.json')) as { counts: Record<string, number> };
    expect(counts).to.include({ usersNotLinked: 2, federatedMade: 0, federatedIncomplete: 2 });
    expect(world.report('failures.csv')).to.match(/^yes,[^,]*,lea,,"?ProviderDiffers:/m);
    expect(holderIn(world, 'Corp', IDS.lea)).to.equal(undefined);
    expect([...world.target.users.keys()].filter((name) => name.startsWith('restored-'))).to.deep.equal([]);
    // With the type that it had, the next start does what is left.
    world.target.settings = { ...world.target.settings, identityProviders: [...PROVIDERS, GONE] };
    expect((await world.import()).status).to.equal('SUCCEEDED');
    expect(holderIn(world, 'Corp', IDS.lea)).to.include({ username: 'lea' });
  });

  it('17.3: odd identities cost themselves only: names such as constructor, one id twice, two holders, six links, no JSON', async () => {
    const world = federatedWorld('PRELINK');
    const odd = (username: string, held: string): void =>
      world.source.put(
        aUser({
          username,
          attributes: { email: `${username}@example.test`, email_verified: 'true', identities: held },
        }),
      );
    const one = { providerName: 'Corp', userId: 'Corp_Müller 名前 "x",\n' };
    odd('twice', identities(one, one));
    odd('other', identities(one));
    odd('object', identities({ providerName: 'constructor', userId: '1' }));
    odd('nojson', '[{"userId":');
    odd('nolist', '{"userId":"1","providerName":"Corp"}');
    odd('longname', identities({ providerName: 'x'.repeat(500), userId: '1' }));
    odd('six', identities(...[1, 2, 3, 4, 5, 6].map((n) => ({ providerName: 'Corp', userId: `six-${n}` }))));
    const counts = await restored(world);
    const csv = world.report('failures.csv');
    expect(holderIn(world, 'Corp', one.userId)?.username).to.be.oneOf(['twice', 'other']);
    expect(csv)
      .to.match(/,(twice|other),,IdentityCollision/)
      .and.match(/,object,,ProviderMissing/);
    expect(csv).to.match(/,six,,LinkRefused: LimitExceededException/);
    for (const name of ['nojson', 'nolist', 'longname'])
      expect(csv, name).to.match(new RegExp(`,${name},[^\\n]*Unreadable`));
    for (const { user } of world.source.users.values())
      if (user.status !== 'EXTERNAL_PROVIDER')
        expect(world.target.find(user.username), user.username).to.not.equal(undefined);
    // lea, six (five of them), twice or other; max and object lack a provider.
    expect(counts).to.include({ usersLinked: 2, usersNotLinked: 4 });
    expect(told(world)).to.not.include('x'.repeat(33));
  });

  it('17.3: a provider that is removed in the middle, and a denied permission, cost the links only', async () => {
    for (const refusal of ['ResourceNotFoundException', 'AccessDeniedException']) {
      const world = federatedWorld('PRELINK');
      world.writer.refuse = (call) => (call === 'linkIdentity' ? refusal : undefined);
      const counts = await restored(world);
      expect(counts).to.include({ usersNotLinked: 2, federatedIncomplete: 2, usersMissing: 0 });
      expect(world.report('failures.csv')).to.include(`LinkRefused: ${refusal}`);
      for (const name of world.target.users.keys())
        if (name.startsWith('restored-')) expect(groupsIn(world, name)).to.deep.equal([]);
      world.writer.refuse = () => undefined;
      world.target.settings = { ...world.target.settings, identityProviders: [...PROVIDERS, GONE] };
      expect((await world.import()).status).to.equal('SUCCEEDED');
    }
  });

  it('17.3: a dry run tells what would be linked and made, and writes nothing to the pool', async () => {
    const world = federatedWorld('PRELINK');
    await world.export();
    expect((await world.import({ DryRun: true })).status).to.equal('SUCCEEDED');
    expect(world.target.size).to.equal(0);
    expect(told(world))
      .to.match(/2 users? .*linked/)
      .and.match(/Gone/);
    expect(world.report('federated.csv')).to.contain(IDS.fay);
    expect(JSON.parse(world.report('report.json'))).to.have.nested.property('identities.counts.prelinks', 2);
  });

  it('17.3: users of providers come from the place that SnapshotPrefix names, too', async () => {
    const world = federatedWorld('PRELINK');
    world.vaultBucket = 'my-vault';
    expect((await world.export()).status).to.equal('SUCCEEDED');
    for (const [key, { body }] of world.objects.stored) putRaw(world.bucket('my-vault'), key, body);
    world.objects.stored.clear();
    world.table.clear();
    await world.import({ SnapshotPrefix: 's3://my-vault/' });
    const { counts } = JSON.parse(world.report('report.json')) as { counts: Record<string, number> };
    expect(counts).to.include({ federatedUsers: 3, federatedMade: 2, usersLinked: 1 });
  });

  it('17.3: asks a new pool for its providers only where the backup names one', async () => {
    const world = federatedWorld();
    for (const name of [...world.source.users.keys()]) if (!name.startsWith('user')) world.source.remove(name);
    await restored(world);
    expect(world.calls.log.filter(({ call }) => /identityProviders|mappedAttributes/.test(call))).to.deep.equal([]);
    expect(world.report('report.json').includes('usersLinked')).to.equal(false);
  });

  it('17.3: a further start knows whom it made, and counts nobody as unknown', async () => {
    const world = federatedWorld('PRELINK');
    await restored(world);
    await world.import();
    const { counts } = JSON.parse(world.report('report.json')) as { counts: Record<string, number> };
    expect(counts).to.include({ unknownUsers: 0, unknownMemberships: 0, federatedMade: 2, usersNotLinked: 1 });
    expect([...world.target.users.keys()].filter((name) => name.startsWith('restored-'))).to.have.length(2);
  });

  it('17.3: nobody’s id, name, sub or attribute is in messages, logs, inputs, answers and metrics', async () => {
    const world = federatedWorld('PRELINK');
    await restored(world);
    const secrets = [...Object.values(IDS), 'g-1', 'foxy', 'somebody@corp.example', 'lea@example.test'];
    for (const pool of [world.source, world.target])
      for (const { user } of pool.users.values())
        secrets.push(user.sub, ...(user.username.length > 4 ? [user.username] : []));
    const shown = JSON.stringify([world.messages, world.log.lines, world.history, world.metrics]);
    expect(secrets.filter((secret) => shown.includes(secret))).to.deep.equal([]);
    expect(JSON.stringify(world.table.all().filter(({ id }) => !/^(USER|FEDERATED)#/.test(id)))).to.not.contain(
      IDS.fay,
    );
  });
});
