import { expect } from 'chai';
import { HALTS } from '../../../../../source/domain/errors.ts';
import { assertPreflight, preflight } from '../../../../../source/domain/import/preflight/preflight.ts';
import type { SchemaAttribute } from '../../../../../source/domain/model.ts';
import { notify, type NotifySettings } from '../../../../../source/domain/workflow/notices/notify.ts';
import type { MetricsEvent } from '../../../../../source/domain/workflow/metrics.ts';
import { rejection } from '../../../../support/rejection.ts';
import { PLAIN_SETTINGS } from '../../../../../tools/simulation/cognito/settings.ts';
import { World } from '../../../../support/world/world.ts';

const EXPORT = 'arn:aws:states:eu-west-1:000000000000:execution:ExportWorkflow-0123456789ab:run-1';
const IMPORT = 'arn:aws:states:eu-central-1:000000000000:execution:ImportWorkflow-0123456789ab:run-2';
const START = '2026-03-01T00:00:00Z';
const SETTINGS: NotifySettings = {
  preference: 'INFO_AND_ERRORS',
  primaryRegion: 'eu-west-1',
  userPoolId: 'eu-west-1_Source',
  tableName: 'main-BackupTable-1',
  maxChangePercent: 50,
};

const counts = (users: number, groups: number, memberships: number) => ({ users, groups, memberships });
const EXPORTED = {
  done: true,
  manifest: {
    runId: '20260301T000000Z-12345678',
    userPoolId: 'eu-west-1_Source',
    counts: counts(2000, 12, 2400),
    added: counts(5, 1, 7),
    changed: counts(3, 0, 0),
    deleted: counts(2, 0, 1),
    skipped: { federatedUsers: 3, federatedMemberships: 1 },
  },
};
const RESTORED = {
  usersInBackup: 2000,
  usersRestored: 2000,
  usersExcluded: 0,
  usersMissing: 0,
  usersBlocked: 0,
  usersDifferent: 0,
  usersWithoutPassword: 0,
  usersWithoutVerifiedAddress: 0,
  usersCreatedOneByOne: 40,
  groups: 12,
  groupsMissingOrDifferent: 0,
  memberships: 2400,
  membershipsMissing: 0,
  membershipsWithoutUser: 0,
  unknownUsers: 0,
  unknownGroups: 0,
  unknownMemberships: 0,
  importJobs: 2,
};
const REPORT = { bucket: 'mapping', keys: ['restores/p/r/report/report.json', 'restores/p/r/report/failures.csv'] };

describe('MessageBroker', () => {
  let world: World;
  let sent: { subject: string; body: string }[];
  let sentMetrics: MetricsEvent[];
  beforeEach(() => {
    world = new World();
    world.clock.advance(125_000);
    sent = [];
    sentMetrics = [];
  });
  const tell = (event: unknown, settings: Partial<NotifySettings> = {}) =>
    notify(
      event,
      {
        publish: async (subject, body) => void sent.push({ subject, body }),
        sendMetrics: async (event_) => void sentMetrics.push(event_),
        objects: world.objects,
        clock: world.clock,
        log: world.log,
      },
      { ...SETTINGS, ...settings },
    );
  const failed = (error: object, workflow = 'ExportWorkflow', executionArn = EXPORT) => ({
    event: 'failed',
    workflow,
    executionArn,
    startTime: START,
    error,
  });
  const exported = () => ({
    event: 'finished',
    workflow: 'ExportWorkflow',
    executionArn: EXPORT,
    startTime: START,
    result: EXPORTED,
  });
  const restored = (outcome: string, over: object = {}) => ({
    event: 'finished',
    workflow: 'ImportWorkflow',
    executionArn: IMPORT,
    startTime: START,
    result: { done: true, outcome, counts: { ...RESTORED, ...over }, report: REPORT },
  });
  const ended = (status: string, over: object = {}) => ({
    'detail-type': 'Step Functions Execution Status Change',
    source: 'aws.states',
    detail: {
      executionArn: IMPORT,
      stateMachineArn: 'arn:aws:states:eu-central-1:000000000000:stateMachine:ImportWorkflow-0123456789ab',
      name: 'run-2',
      status,
      startDate: Date.parse(START),
      stopDate: Date.parse(START) + 7_500_000,
      input: '{"canary": 1}',
      output: null,
      ...over,
    },
  });
  const lambdaError = (errorType: string, errorMessage: string) => ({
    Error: errorType,
    Cause: JSON.stringify({ errorType, errorMessage, trace: ['at canary'] }),
  });
  const only = () => {
    expect(sent).to.have.length(1);
    const [message] = sent as [{ subject: string; body: string }];
    expect(message.subject.length).to.be.within(1, 99);
    expect(message.subject).to.match(/^[\x20-\x7e]+$/);
    for (const line of message.body.split('\n'))
      if (line.trim().includes(' ')) expect(line.length, line).to.be.at.most(78);
    return message;
  };

  it('tells a complete export with its counts, what changed, who is not in it, and where to look', async () => {
    expect(await tell(exported())).to.deep.equal({ sent: true });
    const { subject, body } = only();
    expect(subject).to.equal('Export of eu-west-1_Source complete: 2,000 users');
    expect(body)
      .to.include('in 2 min 5 s')
      .and.to.include('users: 2,000 (added 5, changed 3, deleted 2)')
      .and.to.include('3 users of identity providers');
    expect(body).to.include(
      `https://eu-west-1.console.aws.amazon.com/states/home?region=eu-west-1#/v2/executions/details/${EXPORT}`,
    );
    expect(sentMetrics).to.deep.equal([
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

  it('warns of an export that changed more than MaxChangePercent of the users, also with ERRORS_ONLY', async () => {
    const changing = (users: number) => ({
      ...exported(),
      executionArn: `${EXPORT}-${users}`,
      result: { ...EXPORTED, manifest: { ...EXPORTED.manifest, changed: counts(users, 0, 0) } },
    });
    const settings = { preference: 'ERRORS_ONLY', maxChangePercent: 50 } as const;
    expect(await tell(changing(1000), settings)).to.deep.equal({ sent: false });
    await tell(changing(1001), settings);
    const { subject, body } = only();
    expect(subject).to.equal('Export complete, BUT 1,001 of 2,000 users changed (eu-west-1_Source)');
    expect(body.replaceAll(/\s+/g, ' '))
      .to.include('more than MaxChangePercent (50 %)')
      .and.to.include('{"ExportRun":"<its run id>"}');
  });

  it('says nothing of ten changed users, whatever their share', async () => {
    const changing = (users: number) => ({
      ...exported(),
      executionArn: `${EXPORT}-${users}`,
      result: { ...EXPORTED, manifest: { ...EXPORTED.manifest, changed: counts(users, 0, 0) } },
    });
    await tell(changing(10), { maxChangePercent: 0 });
    await tell(changing(11), { maxChangePercent: 0 });
    expect(sent.map(({ subject }) => subject.includes('BUT'))).to.deep.equal([false, true]);
  });

  it('warns of a replica that is behind or does not answer, and not of one that is current', async () => {
    const look = (state: string, over: object = {}) => ({
      ...exported(),
      executionArn: `${EXPORT}-${state}`,
      result: { ...EXPORTED, replica: { region: 'eu-central-1', state, ...over } },
    });
    await tell(look('current'), { preference: 'ERRORS_ONLY' });
    await tell(look('behind', { lastRunId: '20260228T000000Z-12345678' }), { preference: 'ERRORS_ONLY' });
    await tell(look('unreachable'), { preference: 'ERRORS_ONLY' });
    expect(sent.map(({ subject }) => subject)).to.deep.equal([
      'Export complete, BUT eu-central-1 is behind (eu-west-1_Source)',
      'Export complete, BUT eu-central-1 did not answer (eu-west-1_Source)',
    ]);
    expect(sent[0]?.body).to.include('20260228T000000Z-12345678').and.to.include('VerifyWorkflow');
    expect(sent[1]?.body.replaceAll(/\s+/g, ' ')).to.include('The backup in the primary Region is complete.');
  });

  it('warns of an export that listed far fewer users than Cognito estimates, also with ERRORS_ONLY', async () => {
    const listed = (users: number) => ({
      ...exported(),
      executionArn: `${EXPORT}-${users}`,
      result: { ...EXPORTED, listing: { users, estimatedUsers: 2300 } },
    });
    await tell(listed(2070), { preference: 'ERRORS_ONLY' });
    expect(sent).to.have.length(0);
    await tell(listed(2069), { preference: 'ERRORS_ONLY' });
    expect(only().subject).to.equal(
      'Export complete, BUT Cognito listed 2,069 of about 2,300 users (eu-west-1_Source)',
    );
    expect(only().body.replaceAll(/\s+/g, ' '))
      .to.include('who are then not in the backup')
      .and.to.include('start ExportWorkflow again')
      .and.not.to.include('Nothing.');
  });

  it('says how to restore exactly this export, where a snapshot is kept', async () => {
    await tell({ ...exported(), result: { ...EXPORTED, manifest: { ...EXPORTED.manifest, snapshotObjects: 8 } } });
    expect(only().body).to.include('{"ExportRun":"20260301T000000Z-12345678"}');
    expect(only().body).to.match(/Nothing\./);
  });

  it("reminds of the other Region's subscription in the first message only", async () => {
    await tell(exported());
    await tell({ ...exported(), executionArn: `${EXPORT}-again` });
    expect(sent.map(({ body }) => /confirmed\s+that\s+subscription/.test(body))).to.deep.equal([true, false]);
  });

  it('with ERRORS_ONLY keeps clean successes back and sends everything else', async () => {
    const settings = { preference: 'ERRORS_ONLY' } as const;
    expect(await tell(exported(), settings)).to.deep.equal({ sent: false });
    await tell(restored('complete'), settings);
    expect(sent).to.have.length(0);
    const events = [
      restored('policy', { usersRestored: 1990, usersExcluded: 10 }),
      restored('partial', { usersRestored: 1999, usersMissing: 1 }),
      failed(lambdaError('MfaNotSupported', 'MFA')),
      ended('TIMED_OUT'),
    ];
    for (const [n, event] of events.entries())
      await tell(
        'detail' in event
          ? { ...event, detail: { ...event.detail, executionArn: `${IMPORT}-${n}` } }
          : { ...event, executionArn: `${IMPORT}-${n}` },
        settings,
      );
    expect(sent).to.have.length(4);
    expect(sentMetrics.map(({ EventType }) => EventType.replace('StepFunctionsWorkflow', ''))).to.deep.equal([
      'Finished',
      'Finished',
      'Finished',
      'Error',
      'Error',
      'Error',
    ]);
  });

  it('calls a partial restore incomplete, with what is missing and how to go on', async () => {
    await tell(restored('partial', { usersRestored: 1988, usersMissing: 12, membershipsMissing: 3 }));
    const { subject, body } = only();
    expect(subject).to.equal('Restore INCOMPLETE: 12 of 2,000 users not restored');
    expect(`${subject}${body}`).not.to.match(/success|restore complete/i);
    expect(body)
      .to.include('12 users missing')
      .and.to.include('3 memberships missing')
      .and.to.include('s3://mapping/restores/p/r/report/failures.csv')
      .and.to.match(/start\s+ImportWorkflow\s+again/);
    expect(sentMetrics[0]?.EventDetails).to.include({ IsPrimaryRegion: 'No' });
  });

  it('takes a result without an outcome for a partial restore', async () => {
    await tell({ ...restored('x'), result: { done: true } });
    expect(only().subject).to.include('INCOMPLETE');
  });

  it('names in the subject how many were left out by rule', async () => {
    await tell(restored('policy', { usersRestored: 1990, usersExcluded: 10 }));
    expect(only().subject).to.equal('Restore finished, 10 of 2,000 users not restored (by rule)');
  });

  it('tells a complete restore and what it did not bring back', async () => {
    await tell(restored('complete'));
    expect(only().subject).to.equal('Restore complete: 2,000 users');
    expect(sent[0]?.body)
      .to.include('forgot password')
      .and.to.include('sub-map.csv')
      .and.to.include('40 of the users created one by one');
  });

  it('says of a complete restore, also with ERRORS_ONLY, who cannot set a password and what to do about it', async () => {
    await tell(restored('complete', { usersWithoutVerifiedAddress: 3 }), { preference: 'ERRORS_ONLY' });
    const { subject, body } = only();
    expect(subject).to.equal('Restore complete, BUT 3 users cannot use "forgot password"');
    expect(body.replaceAll(/\s+/g, ' '))
      .to.include('3 users who cannot use "forgot password": none of their addresses is verified')
      .and.to.include('set a permanent password for each')
      .and.to.include('failures.csv');
  });

  it('tells what a dry run found', async () => {
    const result = {
      done: true,
      dryRun: true,
      backup: counts(2000, 12, 2400),
      byCsv: 1900,
      oneByOne: 90,
      excluded: 10,
      chunks: 2,
      reportKeys: ['restores/p/r/report/report.json'],
    };
    await tell({ ...restored('x'), result });
    const { subject, body } = only();
    expect(subject).to.equal('Dry run: 10 of 2,000 users would not be restored');
    expect(body)
      .to.match(/wrote\s+nothing/)
      .and.to.include('report/report.json');
  });

  it("answers a failure's name and message for the execution, and sends them with what to do next", async () => {
    const answer = await tell(failed(lambdaError('MassDeleteRefused', 'This run would delete 900 of 2000 users.')));
    expect(answer).to.deep.equal({ error: 'MassDeleteRefused', cause: 'This run would delete 900 of 2000 users.' });
    const { subject, body } = only();
    expect(subject).to.equal('ExportWorkflow in eu-west-1 failed: MassDeleteRefused');
    expect(body)
      .to.include('This run would delete 900 of 2000 users.')
      .and.to.include('{"AllowMassDelete": true}')
      .and.not.to.include('canary');
  });

  it('lists everything that does not fit a pool, also when that is much', async () => {
    const schema = (max: string): SchemaAttribute[] =>
      Array.from({ length: 50 }, (_, n) => ({
        name: `custom:attribute_of_number_${n}`,
        type: 'String',
        mutable: true,
        required: false,
        min: '1',
        max,
      }));
    const names = schema('0').map(({ name }) => name);
    const facts = {
      poolId: 'eu-central-1_New',
      header: names,
      users: 2000,
      usage: Object.fromEntries(names.map((name) => [name, 1999])),
      allowTriggers: false,
    };
    const result = preflight({
      ...facts,
      settings: { ...PLAIN_SETTINGS, schema: schema('10') },
      source: { ...PLAIN_SETTINGS, schema: schema('2048') },
    });
    expect(result.findings).to.have.length(50);
    const halt = await rejection((async () => assertPreflight(facts.poolId, result))());
    expect(await tell(failed(lambdaError(halt.name, halt.message), 'ImportWorkflow', IMPORT))).to.deep.equal({
      error: 'PreflightFailed',
      cause: halt.message,
    });
    for (const name of names) expect(only().body).to.include(name);
  });

  it("says so where a message is longer than an execution's cause should be, and cuts no character in two", async () => {
    for (const [n, filler] of ['x', 'xx'].entries()) {
      const { cause } = (await tell(
        failed(lambdaError('PreflightFailed', filler + '\u{1F600}'.repeat(10_000)), 'ImportWorkflow', `${IMPORT}-${n}`),
      )) as { cause: string };
      expect(cause.length).to.be.within(11_999, 12_000);
      expect(cause)
        .to.match(/ \(cut; the function's error in the execution's history has all of it\)$/)
        .and.not.to.match(/\p{Cs}/u);
    }
  });

  it('shows no message of a foreign error', async () => {
    expect(await tell(failed(lambdaError('UsernameExistsException', 'canary@example.test exists')))).to.deep.include({
      error: 'UsernameExistsException',
    });
    await tell(failed({ Error: 'Lambda.Unknown', Cause: 'Returned payload: canary' }, 'ImportWorkflow', IMPORT));
    await tell(failed({ Error: 'States.Timeout' }, 'ImportWorkflow', `${IMPORT}-b`));
    expect(
      JSON.stringify([sent, [...world.objects.stored.values()].map(({ body }) => Buffer.from(body).toString())]),
    ).not.to.include('canary');
    expect(sent[2]?.body)
      .to.include('longer than its timeout')
      .and.to.match(/continues\s+where\s+it\s+stopped/);
  });

  it('has a subject that fits for every halt', async () => {
    for (const [n, name] of HALTS.entries())
      await tell(failed(lambdaError(name, `${name} message`), 'ImportWorkflow', `${IMPORT}-${n}`));
    expect(sent).to.have.length(HALTS.length);
    for (const { subject, body } of sent) {
      expect(subject.length).to.be.below(100);
      expect(body).to.include('What to do next');
    }
  });

  it('tells what ended without being able to say so itself, and how to continue', async () => {
    await tell(ended('TIMED_OUT'));
    const { subject, body } = only();
    expect(subject).to.equal('ImportWorkflow in eu-central-1 failed: States.Timeout');
    expect(body).to.include('after 2 h 5 min').and.not.to.include('canary');
    sent.length = 0;
    await tell({ ...ended('ABORTED'), detail: { ...ended('ABORTED').detail, executionArn: `${IMPORT}-x` } });
    expect(only().body)
      .to.include('stopped from outside')
      .and.to.match(/Start\s+ImportWorkflow\s+again/);
    expect(sentMetrics[0]?.EventDetails).to.include({ RunTimeInSeconds: 7500 });
  });

  it('tells the end of an execution once, whoever reports it and however often', async () => {
    const { detail } = ended('FAILED', { error: 'RestoreIncomplete', cause: 'x' });
    await tell(restored('partial', { usersMissing: 1 }));
    await tell(restored('partial', { usersMissing: 1 }));
    await tell({ ...ended('FAILED'), detail });
    expect(sent).to.have.length(1);
    expect(sentMetrics).to.have.length(1);
    expect(await tell(failed(lambdaError('AccessDenied', 'No.'), 'ImportWorkflow', IMPORT))).to.deep.equal({
      error: 'AccessDenied',
      cause: 'No.',
    });
  });

  it('tells every end of an execution that was redriven, each once', async () => {
    const later = (status: string, minutes: number, over: object = {}) =>
      ended(status, { stopDate: Date.parse(START) + minutes * 60_000, ...over });
    await tell(later('ABORTED', 10));
    await tell(later('ABORTED', 10));
    await tell(later('TIMED_OUT', 20));
    await tell(restored('partial', { usersRestored: 1999, usersMissing: 1 }));
    await tell(restored('partial', { usersRestored: 1999, usersMissing: 1 }));
    await tell(later('FAILED', 30, { error: 'RestoreIncomplete', cause: 'x' }));
    expect(sent.map(({ subject }) => subject)).to.deep.equal([
      'ImportWorkflow in eu-central-1 failed: ABORTED',
      'ImportWorkflow in eu-central-1 failed: States.Timeout',
      'Restore INCOMPLETE: 1 of 2,000 users not restored',
    ]);
    expect(sent[2]?.body).to.include('s3://mapping/restores/p/r/report/failures.csv');
    expect(sentMetrics).to.have.length(3);
  });

  it('tells a failure after a redrive, also where only EventBridge can', async () => {
    const stopped = ended('ABORTED');
    await tell(stopped);
    await tell(ended('FAILED', { stopDate: stopped.detail.stopDate + 1, error: 'States.Runtime', cause: 'x' }));
    await tell(failed(lambdaError('AccessDenied', 'No.'), 'ImportWorkflow', IMPORT));
    await tell(ended('FAILED', { stopDate: stopped.detail.stopDate + 2, error: 'AccessDenied', cause: 'No.' }));
    expect(sent.map(({ subject }) => subject.split(': ')[1])).to.deep.equal([
      'ABORTED',
      'States.Runtime',
      'AccessDenied',
    ]);
  });

  it('sends again rather than never when it dies between message and marker', async () => {
    world.calls.fail({ call: 'objects.put', error: () => new Error('lost') });
    await rejection(tell(exported()));
    await tell(exported());
    expect(sent).to.have.length(2);
  });

  it('fails when the topic refuses, so that the workflow tries again', async () => {
    const refused = notify(
      exported(),
      {
        publish: () => Promise.reject(new Error('refused')),
        sendMetrics: async () => undefined,
        objects: world.objects,
        clock: world.clock,
        log: world.log,
      },
      SETTINGS,
    );
    expect((await rejection(refused)).message).to.equal('refused');
    expect(world.objects.stored.size).to.equal(0);
  });

  it('tells a launch whose first export was refused', async () => {
    await tell({
      event: 'launch-export-refused',
      workflow: 'ExportWorkflow',
      stateMachineArn: 'arn:aws-cn:states:cn-north-1:000000000000:stateMachine:ExportWorkflow-0123456789ab',
      error: 'AccessDeniedException',
    });
    const { subject, body } = only();
    expect(subject).to.equal('The first ExportWorkflow could not be started: AccessDeniedException');
    expect(body).to.include(
      'https://console.amazonaws.cn/states/home?region=cn-north-1#/v2/statemachines/view/arn:aws-cn',
    );
  });

  it('refuses an event that nobody sends', async () => {
    for (const event of [
      undefined,
      {},
      { event: 'failed' },
      { ...exported(), workflow: 'Other' },
      ended('SUCCEEDED'),
    ]) {
      expect(await rejection(tell(event))).to.include({ name: 'BadState' });
    }
  });
});
