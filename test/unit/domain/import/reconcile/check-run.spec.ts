import { expect } from 'chai';
import { Fault } from '../../../../../source/domain/errors.ts';
import { RestoreWorld } from '../../../../support/import/restore-world.ts';
import { rejection } from '../../../../support/rejection.ts';
import { addGroups, addUsers } from '../../../../support/world/builders.ts';

describe('The comparison at the end of a restore', () => {
  it('loses nobody when a save in the background fails and a later one does not', async () => {
    const restore = new RestoreWorld();
    addUsers(restore.source, 300);
    addGroups(restore.source, [300]);
    await restore.planned();
    restore.cognito.knobs.pageSize = 5;
    restore.calls.latencies['cognito.listUsersPage'] = 100;
    const put = restore.objects.put;
    let refusals = 0;
    restore.objects.put = async (key, body, condition) => {
      if (key.endsWith('.marks') && refusals === 0) {
        refusals += 1;
        // The listing of the users ends meanwhile, and its last save waits behind this one.
        await restore.clock.sleep(30_000);
        throw new Fault('ServiceError', 'S3 is not itself');
      }
      return put(key, body, condition);
    };
    expect((await rejection(restore.execute('execution-1'))).message).to.equal('S3 is not itself');
    expect((await restore.execute('execution-2')).outcome).to.equal('complete');
    const expected = [...restore.source.users.values()].map(
      ({ user }) => `${user.sub},${restore.target.find(user.username)?.sub ?? ''}`,
    );
    expect(restore.report('sub-map.csv').trim().split('\n').slice(1).sort()).to.deep.equal(expected.sort());
  });
});
