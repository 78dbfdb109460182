import { expect } from 'chai';
import { initialUpdatesState } from '../../../../../source/domain/import/plan/updates-state.ts';
import type { UpdatesState } from '../../../../../source/domain/import/plan/updates-state.ts';
import { GroupCreation } from '../../../../../source/domain/import/updates/group-creation.ts';
import { FakeClock } from '../../../../../tools/simulation/fake-clock.ts';
import type { WriteOutcome } from '../../../../../source/domain/ports.ts';
import { rejection } from '../../../../support/rejection.ts';

const groups = Array.from({ length: 20 }, (_, index) => ({
  name: `g${index}`,
  members: 1,
  roleArn: 'arn:aws:iam::1:role/x',
}));

interface Creation {
  readonly creation: GroupCreation;
  readonly state: Pick<UpdatesState, 'groups' | 'groupsRefused' | 'counts'>;
  readonly made: string[];
}

function creation(
  exists = '',
  {
    fail = [],
    refuse = () => 'done',
  }: { readonly fail?: string[]; readonly refuse?: (group: object) => WriteOutcome } = {},
): Creation {
  const clock = new FakeClock();
  const made: string[] = [];
  const createGroup = async (group: object & { name: string }): Promise<WriteOutcome> => {
    expect(group).to.not.have.property('roleArn');
    await clock.sleep(60);
    if (fail.includes(group.name)) throw new Error(`no ${group.name}`);
    const outcome = refuse(group);
    if (outcome === 'done') made.push(group.name);
    return outcome;
  };
  const state = { ...initialUpdatesState(), groups: exists };
  return { creation: new GroupCreation(createGroup, groups, state), state, made };
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
    const { creation: groupCreation } = creation('', { fail: ['g3'] });
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

  it('E15: remembers a refused group, and creates all others', async () => {
    const refuse = (group: object): WriteOutcome =>
      'name' in group && group.name === 'g3' ? { refused: 'LimitExceededException' } : 'done';
    const { creation: groupCreation, state, made } = creation('', { refuse });
    await groupCreation.runAhead(
      () => false,
      () => undefined,
    );
    expect(made).to.have.length(19);
    expect(groupCreation.done).to.equal(true);
    expect(await groupCreation.need(3)).to.equal(false);
    expect(await groupCreation.need(4)).to.equal(true);
    expect(state.groupsRefused).to.deep.equal([{ group: 3, reason: 'LimitExceededException' }]);

    const later = new GroupCreation(() => Promise.resolve('done'), groups, state);
    expect(later.refusalOf(3)).to.equal('LimitExceededException');
    await later.again(3);
    expect(await later.need(3)).to.equal(true);
    expect(state.groupsRefused).to.deep.equal([]);
    expect(state.counts.groupsCreated).to.equal(20);
  });

  it('E15: creates a group without the settings that Cognito refuses, and remembers that it did', async () => {
    const described = [{ name: 'g0', description: 'too long', members: 1 }];
    const calls: object[] = [];
    const state = initialUpdatesState();
    const groupCreation = new GroupCreation(
      (group) => {
        calls.push(group);
        return Promise.resolve('description' in group ? { refused: 'InvalidParameterException' } : 'done');
      },
      described,
      state,
    );
    expect(await groupCreation.need(0)).to.equal(true);
    expect(calls).to.deep.equal([{ name: 'g0', description: 'too long' }, { name: 'g0' }]);
    expect(groupCreation.refusalOf(0)).to.equal('InvalidParameterException');
    await groupCreation.again(0);
    expect(calls).to.have.length(3);
  });
});
