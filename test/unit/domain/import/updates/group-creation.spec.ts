import { expect } from 'chai';
import { initialUpdatesState } from '../../../../../source/domain/import/plan/updates-state.ts';
import type { UpdatesState } from '../../../../../source/domain/import/plan/updates-state.ts';
import { GroupCreation } from '../../../../../source/domain/import/updates/group-creation.ts';
import { FakeClock } from '../../../../../tools/simulation/fake-clock.ts';
import { rejection } from '../../../../support/rejection.ts';

const groups = Array.from({ length: 20 }, (_, index) => ({
  name: `g${index}`,
  members: 1,
  roleArn: 'arn:aws:iam::1:role/x',
}));

interface Creation {
  readonly creation: GroupCreation;
  readonly state: Pick<UpdatesState, 'groups' | 'counts'>;
  readonly made: string[];
}

function creation(exists = '', refuse: string[] = []): Creation {
  const clock = new FakeClock();
  const made: string[] = [];
  const createGroup = async (_pool: string, group: object & { name: string }): Promise<void> => {
    expect(group).to.not.have.property('roleArn');
    await clock.sleep(60);
    if (refuse.includes(group.name)) throw new Error(`no ${group.name}`);
    made.push(group.name);
  };
  const state = { ...initialUpdatesState(), groups: exists };
  return { creation: new GroupCreation({ createGroup }, 'pool', groups, state), state, made };
}

describe('GroupCreation', () => {
  it('creates every group once, ahead and on demand at the same time', async () => {
    const { creation: groupCreation, made } = creation();
    await Promise.all([
      groupCreation.runAhead(
        () => false,
        () => undefined,
      ),
      groupCreation.need(17),
      groupCreation.need(17),
      groupCreation.need(0),
    ]);
    expect(made).to.have.length(20);
    expect(new Set(made).size).to.equal(20);
    expect(made.indexOf('g17')).to.be.lessThan(5);
    expect(groupCreation.done).to.equal(true);
  });

  it('goes on from what exists', async () => {
    const first = creation();
    let left = 7;
    await first.creation.runAhead(
      () => (left -= 1) < 0,
      () => undefined,
    );
    expect(first.state.counts.groupsCreated).to.equal(first.made.length);
    const second = creation(first.state.groups);
    await second.creation.runAhead(
      () => false,
      () => undefined,
    );
    expect([...first.made, ...second.made].sort()).to.deep.equal(groups.map(({ name }) => name).sort());
  });

  it('tells a failure to whoever waits for that group', async () => {
    const { creation: groupCreation } = creation('', ['g3']);
    expect((await rejection(groupCreation.need(3))).message).to.equal('no g3');
    expect(
      (
        await rejection(
          groupCreation.runAhead(
            () => false,
            () => undefined,
          ),
        )
      ).message,
    ).to.equal('no g3');
  });
});
