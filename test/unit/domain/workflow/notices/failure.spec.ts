import { expect } from 'chai';
import { HALTS } from '../../../../../source/domain/errors.ts';
import { assertPreflight, preflight } from '../../../../../source/domain/import/preflight/preflight.ts';
import type { SchemaAttribute } from '../../../../../source/domain/model.ts';
import { rejection } from '../../../../support/rejection.ts';
import { PLAIN_SETTINGS } from '../../../../../tools/simulation/cognito/settings.ts';
import {
  executionEnded,
  IMPORT_ARN,
  lambdaError,
  workflowFailed,
} from '../../../../support/workflows/notice-events.ts';
import { NoticeWorld } from '../../../../support/workflows/notice-world.ts';

describe('MessageBroker: a failure', () => {
  let world: NoticeWorld;
  beforeEach(() => {
    world = new NoticeWorld();
  });

  it("answers a failure's name and message for the execution, and sends them with what to do next", async () => {
    const answer = await world.tell(
      workflowFailed(lambdaError('MassDeleteRefused', 'This run would delete 900 of 2000 users.')),
    );
    expect(answer).to.deep.equal({ error: 'MassDeleteRefused', cause: 'This run would delete 900 of 2000 users.' });
    const { subject, body } = world.onlyMessage();
    expect(subject).to.equal('ExportWorkflow in eu-west-1 failed: MassDeleteRefused');
    expect(body)
      .to.include('This run would delete 900 of 2000 users.')
      .and.to.include('{"AllowMassDelete": true}')
      .and.not.to.include('canary');
  });

  it('lists everything that does not fit a pool, also when that is much', async () => {
    const schema = (type: SchemaAttribute['type']): SchemaAttribute[] =>
      Array.from({ length: 50 }, (_, n) => ({
        name: `custom:attribute_of_number_${n}`,
        type,
        mutable: true,
        required: false,
      }));
    const names = schema('String').map(({ name }) => name);
    const facts = {
      poolId: 'eu-central-1_New',
      header: names,
      users: 2000,
      usage: Object.fromEntries(names.map((name) => [name, 1999])),
      allowTriggers: false,
    };
    const result = preflight({
      ...facts,
      settings: { ...PLAIN_SETTINGS, schema: schema('Number') },
      source: { ...PLAIN_SETTINGS, schema: schema('String') },
    });
    expect(result.findings).to.have.length(50);
    const halt = await rejection((async () => assertPreflight(facts.poolId, result))());
    expect(
      await world.tell(workflowFailed(lambdaError(halt.name, halt.message), 'ImportWorkflow', IMPORT_ARN)),
    ).to.deep.equal({
      error: 'PreflightFailed',
      cause: halt.message,
    });
    for (const name of names) expect(world.onlyMessage().body).to.include(name);
  });

  it("says so where a message is longer than an execution's cause should be, and cuts no character in two", async () => {
    for (const [n, filler] of ['x', 'xx'].entries()) {
      const { cause } = (await world.tell(
        workflowFailed(
          lambdaError('PreflightFailed', filler + '\u{1F600}'.repeat(10_000)),
          'ImportWorkflow',
          `${IMPORT_ARN}-${n}`,
        ),
      )) as { cause: string };
      expect(cause.length).to.be.within(11_999, 12_000);
      expect(cause)
        .to.match(/ \(cut; the function's error in the execution's history has all of it\)$/)
        .and.not.to.match(/\p{Cs}/u);
    }
  });

  it('shows no message of a foreign error', async () => {
    expect(
      await world.tell(workflowFailed(lambdaError('UsernameExistsException', 'canary@example.test exists'))),
    ).to.deep.include({
      error: 'UsernameExistsException',
    });
    await world.tell(
      workflowFailed({ Error: 'Lambda.Unknown', Cause: 'Returned payload: canary' }, 'ImportWorkflow', IMPORT_ARN),
    );
    await world.tell(workflowFailed({ Error: 'States.Timeout' }, 'ImportWorkflow', `${IMPORT_ARN}-b`));
    expect(
      JSON.stringify([world.sent, [...world.objects.stored.values()].map(({ body }) => Buffer.from(body).toString())]),
    ).not.to.include('canary');
    expect(world.sent[2]?.body)
      .to.include('longer than its timeout')
      .and.to.match(/continues\s+where\s+it\s+stopped/);
  });

  it('has a subject that fits for every halt', async () => {
    for (const [n, name] of HALTS.entries())
      await world.tell(workflowFailed(lambdaError(name, `${name} message`), 'ImportWorkflow', `${IMPORT_ARN}-${n}`));
    expect(world.sent).to.have.length(HALTS.length);
    for (const { subject, body } of world.sent) {
      expect(subject.length).to.be.below(100);
      expect(body).to.include('What to do next');
    }
  });

  it('tells what ended without being able to say so itself, and how to continue', async () => {
    await world.tell(executionEnded('TIMED_OUT'));
    const { subject, body } = world.onlyMessage();
    expect(subject).to.equal('ImportWorkflow in eu-central-1 failed: States.Timeout');
    expect(body).to.include('after 2 h 5 min').and.not.to.include('canary');
    world.sent.length = 0;
    await world.tell({
      ...executionEnded('ABORTED'),
      detail: { ...executionEnded('ABORTED').detail, executionArn: `${IMPORT_ARN}-x` },
    });
    expect(world.onlyMessage().body)
      .to.include('stopped from outside')
      .and.to.match(/Start\s+ImportWorkflow\s+again/);
    expect(world.sentAnonymous[0]?.EventDetails).to.include({ RunTimeInSeconds: 7500 });
  });

  it('tells a launch whose first export was refused', async () => {
    await world.tell({
      event: 'launch-export-refused',
      workflow: 'ExportWorkflow',
      stateMachineArn: 'arn:aws-cn:states:cn-north-1:000000000000:stateMachine:ExportWorkflow-0123456789ab',
      error: 'AccessDeniedException',
    });
    const { subject, body } = world.onlyMessage();
    expect(subject).to.equal('The first ExportWorkflow could not be started: AccessDeniedException');
    expect(body).to.include(
      'https://console.amazonaws.cn/states/home?region=cn-north-1#/v2/statemachines/view/arn:aws-cn',
    );
  });
});
