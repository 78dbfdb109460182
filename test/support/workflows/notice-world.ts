import { expect } from 'chai';
import { notify } from '../../../source/domain/workflow/notices/notify.ts';
import type { NotifySettings } from '../../../source/domain/workflow/notices/notify.ts';
import type { AnonymousMetric } from '../../../source/domain/workflow/anonymous-metrics.ts';
import type { Measured } from '../../../source/domain/watch/metrics.ts';
import { World } from '../world/world.ts';
import { NOTICE_SETTINGS } from './notice-events.ts';

/** MessageBroker in memory: what it publishes, and which metrics it sends. */
export class NoticeWorld extends World {
  readonly sent: { readonly subject: string; readonly body: string }[] = [];
  readonly sentAnonymous: AnonymousMetric[] = [];
  readonly measured: Measured[] = [];

  constructor() {
    super();
    this.clock.advance(125_000);
  }

  /** Hands the function one event. */
  tell(event: unknown, settings: Partial<NotifySettings> = {}): Promise<unknown> {
    return notify(
      event,
      {
        publish: async (subject, body) => void this.sent.push({ subject, body }),
        sendAnonymous: async (metrics) => void this.sentAnonymous.push(metrics),
        measure: (measured) => void this.measured.push(measured),
        objects: this.objects,
        clock: this.clock,
        log: this.log,
      },
      { ...NOTICE_SETTINGS, ...settings },
    );
  }

  /** The one message that was sent, which keeps to the form of all: a subject that SNS takes, and short lines. */
  onlyMessage(): { readonly subject: string; readonly body: string } {
    expect(this.sent).to.have.length(1);
    const [message] = this.sent as [{ subject: string; body: string }];
    expect(message.subject.length).to.be.within(1, 99);
    expect(message.subject).to.match(/^[\x20-\x7e]+$/);
    for (const line of message.body.split('\n'))
      if (line.trim().includes(' ')) expect(line.length, line).to.be.at.most(78);
    return message;
  }
}
