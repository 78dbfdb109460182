import { expect } from 'chai';
import { notify } from '../../../../../source/domain/workflow/notices/notify.ts';
import { rejection } from '../../../../support/rejection.ts';
import {
  EXPORT_ARN,
  executionEnded,
  exportFinished,
  IMPORT_ARN,
  importFinished,
  lambdaError,
  NOTICE_SETTINGS,
  workflowFailed,
} from '../../../../support/workflows/notice-events.ts';
import { NoticeWorld } from '../../../../support/workflows/notice-world.ts';

describe('MessageBroker', () => {
  let world: NoticeWorld;
  beforeEach(() => {
    world = new NoticeWorld();
  });

  it("reminds of the other Region's subscription in the first message only", async () => {
    await world.tell(exportFinished());
    await world.tell({ ...exportFinished(), executionArn: `${EXPORT_ARN}-again` });
    expect(world.sent.map(({ body }) => /confirmed\s+that\s+subscription/.test(body))).to.deep.equal([true, false]);
  });

  it('with ERRORS_ONLY keeps clean successes back and sends everything else', async () => {
    const settings = { preference: 'ERRORS_ONLY' } as const;
    expect(await world.tell(exportFinished(), settings)).to.deep.equal({ sent: false });
    await world.tell(importFinished('complete'), settings);
    expect(world.sent).to.have.length(0);
    const events = [
      importFinished('policy', { usersRestored: 1990, usersExcluded: 10 }),
      importFinished('partial', { usersRestored: 1999, usersMissing: 1 }),
      workflowFailed(lambdaError('MfaNotSupported', 'MFA')),
      executionEnded('TIMED_OUT'),
    ];
    for (const [n, event] of events.entries())
      await world.tell(
        'detail' in event
          ? { ...event, detail: { ...event.detail, executionArn: `${IMPORT_ARN}-${n}` } }
          : { ...event, executionArn: `${IMPORT_ARN}-${n}` },
        settings,
      );
    expect(world.sent).to.have.length(4);
    expect(world.sentAnonymous.map(({ EventType }) => EventType.replace('StepFunctionsWorkflow', ''))).to.deep.equal([
      'Finished',
      'Finished',
      'Finished',
      'Error',
      'Error',
      'Error',
    ]);
  });

  it('fails when the topic refuses, so that the workflow tries again', async () => {
    const refused = notify(
      exportFinished(),
      {
        publish: () => Promise.reject(new Error('refused')),
        sendAnonymous: async () => undefined,
        measure: () => undefined,
        objects: world.objects,
        clock: world.clock,
        log: world.log,
      },
      NOTICE_SETTINGS,
    );
    expect((await rejection(refused)).message).to.equal('refused');
    expect(world.objects.stored.size).to.equal(0);
  });

  it('refuses an event that nobody sends', async () => {
    for (const event of [
      undefined,
      {},
      { event: 'failed' },
      { ...exportFinished(), workflow: 'Other' },
      executionEnded('SUCCEEDED'),
    ]) {
      expect(await rejection(world.tell(event))).to.include({ name: 'BadState' });
    }
  });
});
