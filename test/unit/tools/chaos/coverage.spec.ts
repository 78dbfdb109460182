import { expect } from 'chai';
import { Coverage } from '../../../../tools/chaos/coverage.ts';
import { EVERYWHERE } from '../../../../tools/chaos/faults.ts';
import type { LocalCloud } from '../../../../tools/local-cloud/index.ts';

type CallRecord = Awaited<ReturnType<LocalCloud['calls']>>[number];

/** A log of calls, of which a reader asks for the later ones. */
function cloudWith(calls: readonly (readonly [caller: string, service: string, action: string])[]) {
  const records = calls.map(([caller, service, action], index) => ({
    sequence: index + 1,
    caller,
    service,
    action,
  })) as unknown as CallRecord[];
  return { calls: ({ after = 0 } = {}) => Promise.resolve(records.filter(({ sequence }) => sequence > after)) };
}

describe('coverage of chaos', () => {
  it('counts each call of a function of a workflow once, and none of those that belong to no workflow', async () => {
    const coverage = new Coverage();
    const cloud = cloudWith([
      ['StackSet-a-ExportUsers-1', 'cognito-idp', 'ListUsers'],
      ['StackSet-a-WatchBackup-1', 'events', 'DescribeRule'],
      ['StackSet-a-StackSetConstantsFunction-1', 's3', 'PutBucketTagging'],
      ['operator', 'cognito-idp', 'ListUsers'],
    ]);
    await coverage.look(cloud);
    await coverage.look(cloud);
    expect(coverage.rows().map(({ action, calls }) => [action, calls])).to.deep.equal([['cognito-idp.ListUsers', 1]]);
  });

  it('names an action as spared until it was met in this way', async () => {
    const coverage = new Coverage();
    await coverage.look(cloudWith([['StackSet-a-ExportUsers-1', 'cognito-idp', 'ListUsers']]));
    const [what, other] = EVERYWHERE;
    expect(coverage.spared(what)).to.deep.equal(['cognito-idp.ListUsers']);
    coverage.met([{ label: what, strikes: 1, actions: { 'cognito-idp.ListUsers': 1 } }]);
    expect(coverage.spared(what)).to.deep.equal([]);
    expect(coverage.spared(other)).to.deep.equal(['cognito-idp.ListUsers']);
  });
});
