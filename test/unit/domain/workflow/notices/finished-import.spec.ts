import { expect } from 'chai';
import { importFinished, noticeCounts } from '../../../../support/workflows/notice-events.ts';
import { NoticeWorld } from '../../../../support/workflows/notice-world.ts';

describe('MessageBroker: a restore that finished', () => {
  let world: NoticeWorld;
  beforeEach(() => {
    world = new NoticeWorld();
  });

  it('calls a partial restore incomplete, with what is missing and how to go on', async () => {
    await world.tell(importFinished('partial', { usersRestored: 1988, usersMissing: 12, membershipsMissing: 3 }));
    const { subject, body } = world.onlyMessage();
    expect(subject).to.equal('Restore INCOMPLETE: 12 of 2,000 users not restored');
    expect(`${subject}${body}`).not.to.match(/success|restore complete/i);
    expect(body)
      .to.include('12 users missing')
      .and.to.include('3 memberships missing')
      .and.to.include('s3://mapping/restores/p/r/report/failures.csv')
      .and.to.match(/start\s+ImportWorkflow\s+again/);
    expect(world.sentAnonymous[0]?.EventDetails).to.include({ IsPrimaryRegion: 'No' });
  });

  it('takes a result without an outcome for a partial restore', async () => {
    await world.tell({ ...importFinished('x'), result: { done: true } });
    expect(world.onlyMessage().subject).to.include('INCOMPLETE');
  });

  it('names in the subject how many were left out by rule', async () => {
    await world.tell(importFinished('policy', { usersRestored: 1990, usersExcluded: 10 }));
    expect(world.onlyMessage().subject).to.equal('Restore finished, 10 of 2,000 users not restored (by rule)');
  });

  it('tells a complete restore and what it did not bring back', async () => {
    await world.tell(importFinished('complete'));
    expect(world.onlyMessage().subject).to.equal('Restore complete: 2,000 users');
    expect(world.sent[0]?.body)
      .to.include('forgot password')
      .and.to.include('sub-map.csv')
      .and.to.include('40 of the users created one by one');
  });

  it('says of a complete restore, also with ERRORS_ONLY, who cannot set a password and what to do about it', async () => {
    await world.tell(importFinished('complete', { usersWithoutVerifiedAddress: 3 }), { preference: 'ERRORS_ONLY' });
    const { subject, body } = world.onlyMessage();
    expect(subject).to.equal('Restore complete, BUT 3 users cannot use "forgot password"');
    expect(body.replaceAll(/\s+/g, ' '))
      .to.include('3 users who cannot use "forgot password": none of their addresses is verified')
      .and.to.include('set a permanent password for each')
      .and.to.include('failures.csv');
  });

  it('C14: says who cannot use "forgot password" as the new pool offers it, and does not promise it to everybody', async () => {
    await world.tell(importFinished('complete', { usersWithoutVerifiedAddress: 3, usersWithoutOfferedRecovery: 40 }), {
      preference: 'ERRORS_ONLY',
    });
    const { subject, body } = world.onlyMessage();
    expect(subject).to.equal('Restore complete, BUT 43 users cannot use "forgot password"');
    expect(body.replaceAll(/\s+/g, ' '))
      .to.include('40 users who cannot use "forgot password": the new pool does not recover')
      .and.to.include('AccountRecoverySetting')
      .and.to.include('not everybody can set a new one')
      .and.not.to.include('each sets a new one');
  });

  it('F22: says in the subject, also with ERRORS_ONLY, how many groups have lost their IAM role', async () => {
    for (const [outcome, counts, subject] of [
      ['complete', { groupsWithoutRole: 1 }, 'Restore complete, BUT 1 group has lost its IAM role'],
      ['complete', { groupsWithoutRole: 1200 }, 'Restore complete, BUT 1,200 groups have lost their IAM roles'],
      [
        'complete',
        { groupsWithoutRole: 2, usersWithoutVerifiedAddress: 3 },
        'Restore complete, BUT 3 users cannot use "forgot password", 2 groups have lost their IAM roles',
      ],
      [
        'policy',
        { groupsWithoutRole: 1, usersRestored: 1990, usersExcluded: 10 },
        'Restore finished, 10 of 2,000 users not restored (by rule), 1 group has lost its IAM role',
      ],
      [
        'partial',
        { groupsWithoutRole: 2, usersRestored: 1988, usersMissing: 12 },
        'Restore INCOMPLETE: 12 of 2,000 users not restored, 2 groups have lost their IAM roles',
      ],
    ] as const) {
      const told = new NoticeWorld();
      await told.tell(importFinished(outcome, counts), { preference: 'ERRORS_ONLY' });
      const message = told.onlyMessage();
      expect(message.subject).to.equal(subject);
      expect(message.body)
        .to.include('had an IAM role')
        .and.to.match(/rolesNotSet/);
    }
  });

  it('E19: tells who would come, or came, without an attribute', async () => {
    await world.tell(importFinished('partial', { usersWithoutAttribute: 4 }));
    expect(world.onlyMessage().body.replaceAll(/\s+/g, ' ')).to.include('4 users restored without an attribute');
    const dry = new NoticeWorld();
    const result = { done: true, dryRun: true, backup: noticeCounts(40, 1, 2), byCsv: 40, oneByOne: 0, excluded: 0 };
    await dry.tell({ ...importFinished('x'), result: { ...result, withLosses: 4, groupsWithoutRole: 1 } });
    const { subject, body } = dry.onlyMessage();
    expect(subject).to.equal('Dry run: all 40 users can be restored, 4 without an attribute');
    expect(body.replaceAll(/\s+/g, ' '))
      .to.include('4 users would come back without an attribute')
      .and.to.include('1 groups would come back without their IAM role');
  });

  it('C16: says that the groups of identity providers are not restored, of a dry run, too', async () => {
    await world.tell(importFinished('complete', { groupsAutomatic: 2 }));
    expect(world.sent[0]?.subject).to.equal('Restore complete: 2,000 users');
    expect(world.sent[0]?.body.replaceAll(/\s+/g, ' ')).to.match(/2 groups .*identity providers: neither created nor/);
    const dry = new NoticeWorld();
    const result = { done: true, dryRun: true, backup: noticeCounts(40, 1, 2), byCsv: 40, oneByOne: 0, excluded: 0 };
    await dry.tell({ ...importFinished('x'), result: { ...result, automaticGroups: 2 } });
    expect(dry.sent[0]?.body.replaceAll(/\s+/g, ' ')).to.match(/2 groups .*would be neither created nor filled/);
  });

  it('C14: tells of a dry run who would be locked out', async () => {
    const result = { done: true, dryRun: true, backup: noticeCounts(40, 1, 2), byCsv: 40, oneByOne: 0, excluded: 0 };
    await world.tell(
      { ...importFinished('x'), result: { ...result, withoutRecovery: 7 } },
      { preference: 'ERRORS_ONLY' },
    );
    const { subject, body } = world.onlyMessage();
    expect(subject).to.equal('Dry run: all 40 users can be restored, 7 could not use "forgot password"');
    expect(body.replaceAll(/\s+/g, ' ')).to.include('7 users could not use').and.to.include('AccountRecoverySetting');
  });

  it('tells what a dry run found', async () => {
    const result = {
      done: true,
      dryRun: true,
      backup: noticeCounts(2000, 12, 2400),
      byCsv: 1900,
      oneByOne: 90,
      excluded: 10,
      chunks: 2,
      reportKeys: ['restores/p/r/report/report.json'],
    };
    await world.tell({ ...importFinished('x'), result });
    const { subject, body } = world.onlyMessage();
    expect(subject).to.equal('Dry run: 10 of 2,000 users would not be restored');
    expect(body)
      .to.match(/wrote\s+nothing/)
      .and.to.include('report/report.json');
  });
});
