import { expect } from 'chai';
import { EXPORT_ARN, EXPORT_RESULT, exportFinished } from '../../../../support/workflows/notice-events.ts';
import { NoticeWorld } from '../../../../support/workflows/notice-world.ts';

describe('MessageBroker: an export that finished', () => {
  let world: NoticeWorld;
  beforeEach(() => {
    world = new NoticeWorld();
  });

  it('tells a complete export with its counts, what changed, who is not in it, and where to look', async () => {
    expect(await world.tell(exportFinished())).to.deep.equal({ sent: true });
    const { subject, body } = world.onlyMessage();
    expect(subject).to.equal('Export of eu-west-1_Source complete: 2,000 users');
    expect(body)
      .to.include('in 2 min 5 s')
      .and.to.include('users: 2,000 (added 5, changed 3, deleted 2)')
      .and.to.include('3 users of identity providers');
    expect(body).to.include(
      `https://eu-west-1.console.aws.amazon.com/states/home?region=eu-west-1#/v2/executions/details/${EXPORT_ARN}`,
    );
    expect(world.sentAnonymous).to.deep.equal([
      {
        EventType: 'StepFunctionsWorkflowFinished',
        EventDetails: {
          WorkflowName: 'ExportWorkflow',
          AWSRegion: 'eu-west-1',
          IsPrimaryRegion: 'Yes',
          RunTimeInSeconds: 125,
        },
      },
    ]);
  });

  it('17.5: names the settings of the pool that changed, and what of them is not kept', async () => {
    const bodies: string[] = [];
    const record = { hash: 'a'.repeat(64), items: 1, leftOut: 0 };
    for (const [index, settings] of [
      undefined,
      record,
      { ...record, changed: { count: 0, names: [] } },
      { ...record, leftOut: 2, changed: { count: 25, names: ['Policies.PasswordPolicy.MinimumLength'] } },
      { ...record, carriedOver: true },
    ].entries()) {
      const one = new NoticeWorld();
      const manifest = { ...EXPORT_RESULT.manifest, ...(settings === undefined ? {} : { settings }) };
      await one.tell({
        ...exportFinished(),
        executionArn: `${EXPORT_ARN}-${index}`,
        result: { ...EXPORT_RESULT, manifest },
      });
      bodies.push(one.onlyMessage().body);
    }
    expect(bodies[0]).to.include('It was not kept').and.to.include('KeepSettings');
    expect(bodies[1]).to.include('Kept, for the first time.');
    expect(bodies[2]).to.include('nothing in it changed');
    expect(bodies[3])
      .to.include('25 settings differ from the last complete export')
      .and.to.include('- Policies.PasswordPolicy.MinimumLength')
      .and.to.include('- and 24 more')
      .and.to.include('2 parts could not be read');
    expect(bodies[4]).to.include('keeps that of an earlier export');
  });

  it('warns of a replica that is behind or does not answer, and not of one that is current', async () => {
    const look = (state: string, over: object = {}) => ({
      ...exportFinished(),
      executionArn: `${EXPORT_ARN}-${state}`,
      result: { ...EXPORT_RESULT, replica: { region: 'eu-central-1', state, ...over } },
    });
    await world.tell(look('current'), { preference: 'ERRORS_ONLY' });
    await world.tell(look('behind', { lastRunId: '20260228T000000Z-12345678' }), { preference: 'ERRORS_ONLY' });
    await world.tell(look('unreachable'), { preference: 'ERRORS_ONLY' });
    expect(world.sent.map(({ subject }) => subject)).to.deep.equal([
      'Export complete, BUT eu-central-1 is behind (eu-west-1_Source)',
      'Export complete, BUT eu-central-1 did not answer (eu-west-1_Source)',
    ]);
    expect(world.sent[0]?.body).to.include('20260228T000000Z-12345678').and.to.include('VerifyWorkflow');
    expect(world.sent[1]?.body.replaceAll(/\s+/g, ' ')).to.include('The backup in the primary Region is complete.');
  });

  it('warns of an export that listed far fewer users than Cognito estimates, also with ERRORS_ONLY', async () => {
    const listed = (users: number) => ({
      ...exportFinished(),
      executionArn: `${EXPORT_ARN}-${users}`,
      result: { ...EXPORT_RESULT, listing: { users, estimatedUsers: 2300 } },
    });
    await world.tell(listed(2070), { preference: 'ERRORS_ONLY' });
    expect(world.sent).to.have.length(0);
    await world.tell(listed(2069), { preference: 'ERRORS_ONLY' });
    expect(world.onlyMessage().subject).to.equal(
      'Export complete, BUT Cognito listed 2,069 of about 2,300 users (eu-west-1_Source)',
    );
    expect(world.onlyMessage().body.replaceAll(/\s+/g, ' '))
      .to.include('who are then not in the backup')
      .and.to.include('start ExportWorkflow again')
      .and.not.to.include('Nothing.');
  });

  it('F20: warns of users whom the table cannot hold, also with ERRORS_ONLY, and says where they are named', async () => {
    const skipping = async (tooLarge: number, tooLargeKept?: number): Promise<{ subject: string; body: string }> => {
      world = new NoticeWorld();
      const skipped = { tooLarge, ...(tooLargeKept === undefined ? {} : { tooLargeKept }) };
      const manifest = { ...EXPORT_RESULT.manifest, skipped: { ...EXPORT_RESULT.manifest.skipped, ...skipped } };
      await world.tell({ ...exportFinished(), result: { ...EXPORT_RESULT, manifest } }, { preference: 'ERRORS_ONLY' });
      const { subject, body } = world.onlyMessage();
      return { subject, body: body.replaceAll(/\s+/g, ' ') };
    };
    const one = await skipping(1);
    expect(one.subject).to.equal('Export complete, BUT 1 user is not in the backup (eu-west-1_Source)');
    expect(one.body)
      .to.include('more than the 400 KB')
      .and.to.include('exports/20260301T000000Z-12345678/too-large.json in the mapping-file bucket')
      .and.not.to.include('earlier export saw');
    const some = await skipping(5, 2);
    expect(some.subject).to.equal('Export complete, BUT 3 users are not in the backup (eu-west-1_Source)');
    expect(some.body).to.include('2 users are in the backup only as an earlier export saw them.');
    expect((await skipping(1, 1)).subject).to.equal(
      'Export complete, BUT 1 user is in the backup only as an earlier export saw them (eu-west-1_Source)',
    );
  });

  it('says how to restore exactly this export, where a snapshot is kept', async () => {
    await world.tell({
      ...exportFinished(),
      result: { ...EXPORT_RESULT, manifest: { ...EXPORT_RESULT.manifest, snapshotObjects: 8 } },
    });
    expect(world.onlyMessage().body).to.include('{"ExportRun":"20260301T000000Z-12345678"}');
    expect(world.onlyMessage().body).to.match(/Nothing\./);
  });
});
