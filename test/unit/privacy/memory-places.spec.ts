import { expect } from 'chai';
import { redact } from '../../../source/adapters/log.ts';
import { Fault } from '../../../source/domain/errors.ts';
import type { CanaryUser } from '../../support/privacy/canaries.ts';
import { CanaryWorld } from '../../support/privacy/canary-world.ts';
import { Search } from '../../support/privacy/search.ts';

describe("Nobody's data outside the table and the encrypted objects: a canary", () => {
  let world: CanaryWorld;
  beforeEach(() => {
    world = new CanaryWorld();
  });

  it('is noticed wherever it is put', () => {
    const [{ username }] = world.users as [CanaryUser];
    const search = new Search(world.canaries);
    const plants: Readonly<Record<string, () => void>> = {
      'log line': () => world.log.info('User', { key: username }),
      history: () => void world.history.push({ state: 'SyncUsers', event: {}, error: new Fault('BadState', username) }),
      'end of execution': () =>
        void world.ended.push({ status: 'FAILED', states: [], historyEvents: 0, cause: username }),
      message: () => void world.messages.push({ subject: 's', body: `... ${username}` }),
      queue: () => void world.updatesQueue.sent.push({ owner: 'r', key: username }),
      metrics: () =>
        void world.metrics.push({
          EventType: 'CognitoUserImportJobEnded',
          EventDetails: {
            JobStatus: '',
            JobCreationDate: '',
            JobStartDate: '',
            JobCompletionDate: '',
            JobCompletionMessage: username,
            AWSRegion: '',
          },
        }),
      'key of an object': () =>
        void world.objects.stored.set(`restores/${username}`, { body: new Uint8Array(), etag: '' }),
      record: () => world.table.seed({ id: 'EXPORT#LATEST', type: 'POINTER', runId: username }),
    };
    for (const [where, plant] of Object.entries(plants)) {
      plant();
      expect(
        search.in(world.places()).some((finding) => finding.where.startsWith(where)),
        where,
      ).to.equal(true);
    }
    expect(redact('username', username)).to.not.include(username);
  });
});
