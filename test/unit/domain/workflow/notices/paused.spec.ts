import { expect } from 'chai';
import {
  EXECUTION_START,
  EXPORT_RESULT,
  exportFinished,
  IMPORT_ARN,
  lambdaError,
} from '../../../../support/workflows/notice-events.ts';
import { NoticeWorld } from '../../../../support/workflows/notice-world.ts';

const paused = () => ({
  event: 'paused',
  workflow: 'ImportWorkflow',
  executionArn: IMPORT_ARN,
  startTime: EXECUTION_START,
  error: lambdaError('WritesPaused', "AWS's own point-in-time recovery of the user pool p is active (RESTORING)."),
});

describe("MessageBroker: AWS's own recovery, and what guards the pool", () => {
  let world: NoticeWorld;
  beforeEach(() => {
    world = new NoticeWorld();
  });

  it('C17: tells of a restore that waits, also with ERRORS_ONLY, what it waits for and what can be done', async () => {
    expect(await world.tell(paused(), { preference: 'ERRORS_ONLY' })).to.deep.equal({ sent: true });
    const { subject, body } = world.onlyMessage();
    expect(subject).to.equal("ImportWorkflow in eu-central-1 waits: AWS's own recovery of the user pool is active");
    expect(body.replaceAll(/\s+/g, ' ')).to.include('(RESTORING)').and.include('cancel-point-in-time-recovery');
    expect(world.sentAnonymous, 'it has not ended').to.deep.equal([]);
  });

  it('C17: tells it once a day, and the end of the execution all the same', async () => {
    await world.tell(paused());
    expect(await world.tell(paused())).to.deep.equal({ sent: false });
    world.clock.advance(24 * 3_600_000);
    await world.tell(paused());
    await world.tell({ ...paused(), event: 'failed', error: lambdaError('RecoveryRunning', 'It waits no longer.') });
    expect(world.sent.map(({ subject }) => subject.split(':')[0])).to.deep.equal([
      'ImportWorkflow in eu-central-1 waits',
      'ImportWorkflow in eu-central-1 waits',
      'ImportWorkflow in eu-central-1 failed',
    ]);
  });

  it('C17, C18: says in the message of an export what is known of the pool', async () => {
    const result = { ...EXPORT_RESULT, poolNotes: ['Deletion protection of the user pool p is off.', 'Another note.'] };
    await world.tell({ ...exportFinished(), result });
    const { subject, body } = world.onlyMessage();
    expect(subject).to.equal('Export of eu-west-1_Source complete: 2,000 users');
    expect(body).to.include('About the user pool\n  Deletion protection of the user pool p is off.\n  Another note.\n');
  });
});
