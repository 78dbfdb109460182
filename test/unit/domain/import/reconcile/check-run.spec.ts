import { expect } from 'chai';
import { Fault } from '../../../../../source/domain/errors.ts';
import { RestoreWorld } from '../../../../support/import/restore-world.ts';
import { rejection } from '../../../../support/rejection.ts';
import { addGroups, addUsers } from '../../../../support/world/builders.ts';

describe('The comparison at the end of a restore', () => {
  it('loses no line of the sub map when a save in the background fails and a later one does not', async () => {
    const it = new RestoreWorld();
    addUsers(it.source, 300);
    addGroups(it.source, [300]);
    await it.planned();
    it.cognito.knobs.pageSize = 5;
    it.calls.latencies['cognito.listUsersPage'] = 100;
    const put = it.objects.put;
    let refusals = 0;
    it.objects.put = async (key, body, condition) => {
      if (key.endsWith('.submap') && refusals === 0) {
        refusals += 1;
        // The listing of the users ends meanwhile, and its last save waits behind this one.
        await it.clock.sleep(30_000);
        throw new Fault('ServiceError', 'S3 is not itself');
      }
      return put(key, body, condition);
    };
    expect((await rejection(it.execute('execution-1'))).message).to.equal('S3 is not itself');
    expect((await it.execute('execution-2')).outcome).to.equal('complete');
    const expected = [...it.source.users.values()].map(
      ({ user }) => `${user.sub},${it.target.find(user.username)?.sub ?? ''}`,
    );
    expect(it.report('sub-map.csv').trim().split('\n').slice(1).sort()).to.deep.equal(expected.sort());
  });
});
