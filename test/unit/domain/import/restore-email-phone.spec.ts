import { expect } from 'chai';
import { userKey } from '../../../../source/domain/backup/items.ts';
import type { ContactAttribute, PoolSettings } from '../../../../source/domain/model.ts';
import type { MemoryPool } from '../../../../tools/simulation/cognito/memory-pool.ts';
import { differences } from '../../../support/import/differences.ts';
import { RestoreWorld } from '../../../support/import/restore-world.ts';
import { rejection } from '../../../support/rejection.ts';
import { WorkflowWorld } from '../../../support/workflows/workflow-world.ts';
import { addGroups } from '../../../support/world/builders.ts';
import { emailOf, phoneOf, putBoth, putSignedUp, TWO_ADDRESSES } from '../../../support/world/two-addresses.ts';

const verifiedMail = (name: string): Record<string, string> => ({ email: emailOf(name), email_verified: 'true' });
const verifiedPhone = (n: number): Record<string, string> => ({
  phone_number: phoneOf(n),
  phone_number_verified: 'true',
});

/** Everybody whom such a pool can have: with one address, with both, verified or not, disabled, unconfirmed. */
function fill(pool: MemoryPool): void {
  putBoth(pool, 20);
  putSignedUp(pool, 'mail', 'email', verifiedMail('mail'));
  putSignedUp(pool, 'mail unproven', 'email', { email: emailOf('unproven') });
  putSignedUp(pool, 'phone', 'phone_number', verifiedPhone(9_000));
  putSignedUp(pool, 'phone unproven', 'phone_number', { phone_number: phoneOf(9_001) }, { enabled: false });
  putSignedUp(pool, 'by phone, mail proven', 'phone_number', {
    ...verifiedMail('second'),
    phone_number: phoneOf(9_002),
  });
  putSignedUp(pool, 'by mail, phone proven', 'email', { ...verifiedPhone(9_003), email: emailOf('third') });
  putSignedUp(
    pool,
    'a, "b"\nc',
    'phone_number',
    { ...verifiedPhone(9_004), ...verifiedMail('odd') },
    { enabled: false },
  );
  addGroups(pool, [3, 26, 0]);
}

function worldOfTwo(source: Partial<PoolSettings> = {}, target: Partial<PoolSettings> = source): WorkflowWorld {
  const world = new WorkflowWorld();
  world.allowMultipleUsernameAttributes = true;
  world.source.settings = { ...world.source.settings, ...TWO_ADDRESSES, ...source };
  world.target.settings = { ...world.target.settings, ...TWO_ADDRESSES, ...target };
  return world;
}

const signUpOf = ({ target }: WorkflowWorld, name: string): ContactAttribute | undefined => {
  const found = [...target.users.values()].find(({ user }) => user.attributes.name === name);
  return target.signUps.get(found?.user.username ?? '');
};

describe('17.2: a restore into a pool whose users sign in by e-mail or phone number', () => {
  for (const autoVerifiedAttributes of [['email', 'phone_number'], ['email'], ['phone_number']] as const)
    for (const caseSensitive of [true, false])
      it(`17.2: brings everybody back with both addresses and the same sign-in, ${autoVerifiedAttributes.join(' and ')} verified, case ${caseSensitive ? '' : 'in'}sensitive`, async () => {
        const world = worldOfTwo({ autoVerifiedAttributes: [...autoVerifiedAttributes], caseSensitive });
        fill(world.source);
        expect(await world.export()).to.include({ status: 'SUCCEEDED' });
        expect(await world.import()).to.include({ status: 'SUCCEEDED' });
        expect(differences(world.source, world.target)).to.deep.equal([]);
        expect(world.head()?.phase).to.equal('complete');
        expect(world.report('sub-map.csv').trim().split('\n')).to.have.length(world.source.users.size + 1);
        expect(world.writer.sentToUsers).to.deep.equal([]);
        expect(world.report('failures.csv')).to.not.include('SignInUnknown');
        // Who signs in by the address that the pool does not verify is created with that address as Username.
        for (const { user } of world.target.users.values())
          if (!autoVerifiedAttributes.some((name) => name === world.target.signUps.get(user.username)))
            expect(user.status).to.equal('CONFIRMED');
      });

  it('17.2: takes the e-mail address where nobody knows, counts these users, and names them', async () => {
    const world = worldOfTwo();
    fill(world.source);
    world.cognito.knobs.probes = 'refused';
    await world.export();
    const [, body] = [world.messages.at(-1)?.subject, world.messages.at(-1)?.body ?? ''];
    expect(world.messages.at(-1)?.subject).to.include('for 23 users the sign-in address is unknown');
    expect(body).to.include('AdminListGroupsForUser').and.not.include('example.test');
    const dry = await world.import({ DryRun: true });
    expect(dry.output).to.include({ signInUnknown: 23 });
    const preview = [...world.objects.stored.keys()].filter((key) => key.endsWith('/report/failures.csv'));
    expect(preview).to.have.length(1);
    expect(world.objects.text(preview[0] as string).match(/SignInUnknown/g)).to.have.length(23);
    expect(world.target.users.size).to.equal(0);
    expect(world.messages.at(-1)?.body.replaceAll(/\s+/g, ' ')).to.include(
      '23 users of whom the backup does not tell for certain by which of two addresses they sign in; failures.csv names them',
    );
    expect(await world.import()).to.include({ status: 'SUCCEEDED' });
    expect(world.messages.at(-1)?.body.replaceAll(/\s+/g, ' ')).to.include('23 users of whom the backup does not tell');
    const rows = world
      .report('failures.csv')
      .split('\n')
      .filter((row) => row.includes('SignInUnknown'));
    expect(rows).to.have.length(23);
    expect(rows.every((row) => row.includes('restored with this name'))).to.equal(true);
    expect(signUpOf(world, 'both1')).to.equal('email');
    expect(signUpOf(world, 'phone')).to.equal('phone_number');
    expect(world.target.users.size).to.equal(world.source.users.size);
    expect(world.report('report.json')).to.include('Of 23 users the backup does not tell');
  });

  it('17.2: knows the name of a user whose other, unproven address is the name of another one', async () => {
    const world = worldOfTwo();
    putSignedUp(world.source, 'owner', 'email', verifiedMail('shared'));
    putSignedUp(world.source, 'partner', 'phone_number', { ...verifiedPhone(1), email: emailOf('shared') });
    putBoth(world.source, 5, 10);
    await world.export();
    await world.import();
    expect(differences(world.source, world.target)).to.deep.equal([]);
    expect(world.report('failures.csv')).to.not.include('SignInUnknown');
  });

  it('17.2: brings back two users of whom one signs in by what is the other address of the other', async () => {
    const world = worldOfTwo();
    putSignedUp(world.source, 'owner', 'email', verifiedMail('shared'));
    putSignedUp(world.source, 'partner', 'phone_number', { phone_number: phoneOf(1), email: emailOf('shared') });
    putSignedUp(world.source, 'child', 'email', { ...verifiedMail('child'), phone_number: phoneOf(1) });
    putBoth(world.source, 5, 10);
    addGroups(world.source, [2, 4]);
    await world.export();
    // Cognito says "yes" to the address of the partner: that is the owner's name.
    expect(await world.import()).to.include({ status: 'SUCCEEDED' });
    expect(differences(world.source, world.target)).to.deep.equal([]);
    expect(signUpOf(world, 'partner')).to.equal('phone_number');
    expect(world.report('failures.csv')).to.match(/,SignInUnknown: Another user of the backup signs in/);
  });

  it('17.2: is refused where the new pool takes one address only', async () => {
    for (const usernameAttributes of [['email'], ['phone_number'], []] as const) {
      const world = new RestoreWorld(TWO_ADDRESSES, { ...TWO_ADDRESSES, usernameAttributes: [...usernameAttributes] });
      fill(world.source);
      const error = await rejection(world.planned());
      expect(error).to.have.property('name', 'PreflightFailed');
      expect(error.message).to.include('the backup needs email, phone_number');
    }
  });

  it('17.2: takes a pool that has the same two in another order', async () => {
    const world = worldOfTwo({}, { usernameAttributes: ['phone_number', 'email'] });
    fill(world.source);
    await world.export();
    await world.import();
    expect(differences(world.source, world.target)).to.deep.equal([]);
  });

  it('17.2: reads a damaged word of the backup as unknown, and costs nobody', async () => {
    const world = worldOfTwo();
    const [user] = putBoth(world.source, 4);
    await world.export();
    const item = world.table.peek(userKey(user?.sub ?? ''));
    world.table.seed({ ...(item as NonNullable<typeof item>), signsInBy: 'fax' });
    expect(await world.import({ AcceptIncomplete: true })).to.include({ status: 'SUCCEEDED' });
    expect(world.target.users.size).to.equal(4);
    expect(world.report('failures.csv')).to.include('SignInUnknown');
  });

  it('17.2: gives up no user where rows are refused, lost, or imported without a word', async () => {
    const world = worldOfTwo();
    fill(world.source);
    await world.export();
    world.jobs.knobs.rowFate = (_job, line) => (['failed', 'silent', 'lost', undefined] as const)[line % 4];
    expect(await world.import()).to.include({ status: 'SUCCEEDED' });
    expect(differences(world.source, world.target)).to.deep.equal([]);
  });
});
