import { expect } from 'chai';
import { noRecoveryOf } from '../../../../source/domain/import/csv/recovery.ts';
import { RestoreWorld } from '../../../support/import/restore-world.ts';
import { WorkflowWorld } from '../../../support/workflows/workflow-world.ts';
import { addUsers, aUser } from '../../../support/world/builders.ts';

const BOTH = { autoVerifiedAttributes: ['email' as const, 'phone_number' as const] };
const BY_PHONE = { phone_number: '+34600000001', phone_number_verified: 'true' };

/** Five users with a verified e-mail address, `pia` with a phone number only, `una` with nothing verified. */
function fill(source: RestoreWorld['source']): void {
  addUsers(source, 5);
  source.put(aUser({ username: 'pia', attributes: BY_PHONE }));
  source.put(aUser({ username: 'una', attributes: { email: 'una@example.test' } }));
}

async function restored(recoveryMechanisms?: readonly string[]): Promise<RestoreWorld> {
  const world = new RestoreWorld(BOTH, recoveryMechanisms === undefined ? {} : { recoveryMechanisms });
  fill(world.source);
  return world.planned();
}

const rowsOf = (csv: string): string[] => csv.split('\n').filter((row) => row.includes(',NoRecovery,'));

describe('C14: who can get in again', () => {
  it('is who has a verified address by which the pool recovers; without a setting any verified one', () => {
    const email = { email: 'a@b.test', email_verified: 'true' };
    const proven = (attributes: object, ...recoveryMechanisms: string[]): string | undefined =>
      noRecoveryOf(attributes as Record<string, string>, recoveryMechanisms.length === 0 ? {} : { recoveryMechanisms });
    expect(proven(email)).to.equal(undefined);
    expect(proven(BY_PHONE)).to.equal(undefined);
    expect(proven({ email: 'a@b.test' })).to.equal('unverified');
    expect(proven(BY_PHONE, 'verified_email')).to.equal('notOffered');
    expect(proven({ ...email, ...BY_PHONE }, 'verified_email')).to.equal(undefined);
    expect(proven(BY_PHONE, 'verified_email', 'verified_phone_number')).to.equal(undefined);
    expect(proven({}, 'verified_email')).to.equal('unverified');
    expect(proven(email, 'admin_only')).to.equal('notOffered');
    expect(proven({}, 'admin_only')).to.equal('notOffered');
  });

  it('C14: the report counts and names users by whose verified address the new pool does not recover', async () => {
    const world = await restored(['verified_email']);
    expect(world.plan().notes.join()).to.match(/2 of 7 users cannot use "forgot password".*by a verified email/);
    const { outcome, counts, summary } = await world.execute();
    expect(outcome).to.equal('complete');
    expect(counts).to.include({ usersWithoutVerifiedAddress: 1, usersWithoutOfferedRecovery: 1 });
    expect(summary).to.contain('1 who cannot use "forgot password" as the pool offers it');
    const rows = rowsOf(world.report('failures.csv'));
    expect(rows).to.have.length(1);
    expect(rows[0]).to.match(/,pia,,NoRecovery,nothing,.*AccountRecoverySetting.*administrator/);
  });

  it('C14: in a pool that lets administrators only, one row tells of everybody', async () => {
    const world = await restored(['admin_only']);
    const { counts } = await world.execute();
    expect(counts).to.include({ usersRestored: 7, usersWithoutVerifiedAddress: 0, usersWithoutOfferedRecovery: 7 });
    const rows = rowsOf(world.report('failures.csv'));
    expect(rows).to.have.length(1);
    expect(rows[0]).to.contain('all 7 users');
    expect(world.report('failures.csv')).to.not.contain('by "forgot password"');
  });

  it('C14: a dry run names users of import jobs, too', async () => {
    const world = new RestoreWorld(BOTH, { recoveryMechanisms: ['verified_email'] });
    fill(world.source);
    await world.planned({ dryRun: true });
    const rows = rowsOf(world.report('failures.csv'));
    expect(rows).to.have.length(1);
    expect(rows[0]).to.match(/,pia,,NoRecovery,would be restored,.*AccountRecoverySetting/);
  });

  it('C14: a pool without the setting is as before', async () => {
    const world = await restored();
    const { counts } = await world.execute();
    expect(counts).to.include({ usersWithoutVerifiedAddress: 1, usersWithoutOfferedRecovery: 0 });
    expect(rowsOf(world.report('failures.csv'))).to.deep.equal([]);
  });

  it('C14: a dry run says it before anything is written, and so does one of a restore that has begun', async () => {
    const world = new WorkflowWorld();
    fill(world.source);
    await world.export();
    world.target.settings = { ...world.target.settings, recoveryMechanisms: ['verified_email'] };
    const ended = await world.import({ DryRun: true });
    expect(ended.status, ended.cause).to.equal('SUCCEEDED');
    expect(world.messages.at(-1)?.subject).to.equal(
      'Dry run: all 7 users can be restored, 2 could not use "forgot password"',
    );
    const failures = (ended.output as { reportKeys: string[] }).reportKeys[1] as string;
    expect(world.objects.text(failures))
      .to.match(/,pia,,[^\n]*would be created one by one,[^\n]*AccountRecoverySetting/)
      .and.to.match(/,una,,[^\n]*would be created one by one,"?no address/);
    world.writer.refuse = (call, name) =>
      call === 'createUser' && name === 'una' ? 'InvalidParameterException' : undefined;
    expect(await world.import()).to.include({ status: 'FAILED', error: 'RestoreIncomplete' });
    expect(await world.import({ DryRun: true })).to.include({ status: 'SUCCEEDED' });
    expect(world.messages.at(-1)?.body).to.contain('1 of the users there cannot use');
  });
});
