import { expect } from 'chai';
import { followedStatus, forwardOnly } from '../../../../source/domain/operator/following.ts';
import { WORK_PHASES } from '../../../../source/domain/state/work-figures.ts';
import type { WorkPhase } from '../../../../source/domain/state/work-figures.ts';
import type { ExecutionProgress } from '../../../../source/domain/workflow/progress.ts';

const AT = '2026-03-01T00:00:00.000Z';
const progressIn = (phase: WorkPhase, more: Partial<ExecutionProgress> = {}): ExecutionProgress => ({
  workflow: 'ExportWorkflow',
  executionArn: 'arn:aws:states:us-east-1:111122223333:execution:ExportWorkflow-1:2',
  phase,
  users: { done: 0, of: 400 },
  memberships: { done: 0, of: 900 },
  calls: { done: 3 },
  startedAt: AT,
  at: AT,
  ...more,
});
const shown = (progress: ExecutionProgress) =>
  followedStatus(progress, { now: Date.parse(AT), startedAt: Date.parse(AT) });

describe('what is shown of an execution that runs', () => {
  it('no users where none are read yet, and no share of them: settings, planning, waiting', () => {
    for (const phase of [
      'planning',
      'waiting while a selection is restored',
      'waiting while others call Cognito',
      'reading the settings',
    ] as const) {
      const { text, percentDone, data } = shown(progressIn(phase));
      expect(text).to.equal(`${phase.charAt(0).toUpperCase()}${phase.slice(1)}`);
      expect(percentDone, phase).to.equal(undefined);
      expect(data, phase).to.include({ users_done: 0, users_total: 400 });
    }
  });

  it('how many there are where a phase begins with them', () => {
    expect(shown(progressIn('listing users'))).to.include({ text: 'Listing users, 0 of 400 users', percentDone: 0 });
    expect(shown(progressIn('restoring')).text).to.equal('Restoring, 0 of 400 users, 0 of 900 memberships');
    expect(shown(progressIn('listing memberships', { users: { done: 400, of: 400 } })).text).to.equal(
      'Listing memberships, 400 of 400 users, 0 of 900 memberships',
    );
  });

  it('a share that never goes back, also where a pass finds more to do, or a second execution is a part of the work', () => {
    const passes = [
      { users: { done: 0, of: 500 } },
      { users: { done: 500, of: 500 } },
      { users: { done: 0, of: 1_200 } },
      { users: { done: 900, of: 1_200 } },
      { users: { done: 10, of: 100 }, phase: 'planning' as const },
      { users: { done: 1_200, of: 1_200 } },
    ];
    const percents: (number | undefined)[] = [];
    for (const part of [0, 1])
      for (const pass of passes)
        percents.push(forwardOnly(shown(progressIn('restoring', pass)), { part, of: 2 }, percents.at(-1)).percentDone);
    expect(percents).to.deep.equal([0, 49.5, 49.5, 49.5, 49.5, 49.5, 50, 99.5, 99.5, 99.5, 99.5, 99.5]);
    expect(forwardOnly(shown(progressIn('planning')), { part: 1, of: 2 }, 40)).to.not.have.property('percentDone');
  });

  it('what is done in every phase, and the share by the calls that are left', () => {
    for (const phase of WORK_PHASES)
      expect(
        shown(progressIn(phase, { users: { done: 400, of: 400 }, calls: { done: 3, left: 9 } })),
        phase,
      ).to.include({
        percentDone: 25,
      });
    expect(shown(progressIn('waiting while others call Cognito', { users: { done: 120, of: 400 } })).text).to.equal(
      'Waiting while others call Cognito, 120 of 400 users',
    );
  });
});
