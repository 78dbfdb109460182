import { expect } from 'chai';
import { rejection } from '../../../../support/rejection.ts';
import {
  EXECUTION_START,
  executionEnded,
  exportFinished,
  IMPORT_ARN,
  importFinished,
  lambdaError,
  workflowFailed,
} from '../../../../support/workflows/notice-events.ts';
import { NoticeWorld } from '../../../../support/workflows/notice-world.ts';

describe('MessageBroker: an end that several tell of', () => {
  let world: NoticeWorld;
  beforeEach(() => {
    world = new NoticeWorld();
  });

  it('tells the end of an execution once, whoever reports it and however often', async () => {
    const { detail } = executionEnded('FAILED', { error: 'RestoreIncomplete', cause: 'x' });
    await world.tell(importFinished('partial', { usersMissing: 1 }));
    await world.tell(importFinished('partial', { usersMissing: 1 }));
    await world.tell({ ...executionEnded('FAILED'), detail });
    expect(world.sent).to.have.length(1);
    expect(world.sentAnonymous).to.have.length(1);
    expect(
      await world.tell(workflowFailed(lambdaError('AccessDenied', 'No.'), 'ImportWorkflow', IMPORT_ARN)),
    ).to.deep.equal({
      error: 'AccessDenied',
      cause: 'No.',
    });
  });

  it('tells every end of an execution that was redriven, each once', async () => {
    const later = (status: string, minutes: number, over: object = {}) =>
      executionEnded(status, { stopDate: Date.parse(EXECUTION_START) + minutes * 60_000, ...over });
    await world.tell(later('ABORTED', 10));
    await world.tell(later('ABORTED', 10));
    await world.tell(later('TIMED_OUT', 20));
    await world.tell(importFinished('partial', { usersRestored: 1999, usersMissing: 1 }));
    await world.tell(importFinished('partial', { usersRestored: 1999, usersMissing: 1 }));
    await world.tell(later('FAILED', 30, { error: 'RestoreIncomplete', cause: 'x' }));
    expect(world.sent.map(({ subject }) => subject)).to.deep.equal([
      'ImportWorkflow in eu-central-1 failed: ABORTED',
      'ImportWorkflow in eu-central-1 failed: States.Timeout',
      'Restore INCOMPLETE: 1 of 2,000 users not restored',
    ]);
    expect(world.sent[2]?.body).to.include('s3://mapping/restores/p/r/report/failures.csv');
    expect(world.sentAnonymous).to.have.length(3);
  });

  it('tells a failure after a redrive, also where only EventBridge can', async () => {
    const stopped = executionEnded('ABORTED');
    await world.tell(stopped);
    await world.tell(
      executionEnded('FAILED', { stopDate: stopped.detail.stopDate + 1, error: 'States.Runtime', cause: 'x' }),
    );
    await world.tell(workflowFailed(lambdaError('AccessDenied', 'No.'), 'ImportWorkflow', IMPORT_ARN));
    await world.tell(
      executionEnded('FAILED', { stopDate: stopped.detail.stopDate + 2, error: 'AccessDenied', cause: 'No.' }),
    );
    expect(world.sent.map(({ subject }) => subject.split(': ')[1])).to.deep.equal([
      'ABORTED',
      'States.Runtime',
      'AccessDenied',
    ]);
  });

  it('sends again rather than never when it dies between message and marker', async () => {
    world.calls.fail({ call: 'objects.put', error: () => new Error('lost') });
    await rejection(world.tell(exportFinished()));
    await world.tell(exportFinished());
    expect(world.sent).to.have.length(2);
  });
});
