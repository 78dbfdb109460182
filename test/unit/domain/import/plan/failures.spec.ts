import { expect } from 'chai';
import * as v from 'valibot';
import { Fault } from '../../../../../source/domain/errors.ts';
import { FailureLog } from '../../../../../source/domain/import/plan/failures.ts';
import type { Failure } from '../../../../../source/domain/import/plan/failures.ts';
import { claimRestore } from '../../../../../source/domain/import/plan/progress.ts';
import { rejection } from '../../../../support/rejection.ts';
import { World } from '../../../../support/world/world.ts';

const failure = (sub: string): Failure => ({ sub, name: sub, kind: 'password', reason: 'InvalidPasswordException' });

describe('Failures that are recorded', () => {
  it('are stored with the next save when one is refused, in their order', async () => {
    const { objects, calls, clock } = new World();
    const progress = await claimRestore(
      { objects, clock, claim: 'claim' },
      { newUserPoolId: 'p', restoreId: 'r', since: 0 },
      {
        key: 'restores/p/r/state/update-users.json',
        shape: v.object({}),
        initial: () => ({}),
        figures: () => ({ phase: 'restoring' }),
      },
    );
    const log = new FailureLog();
    await progress.gather([log], async () => {
      log.add(failure('s-1'));
      calls.fail({ call: 'objects.put', error: () => new Fault('ServiceError', 'refused') });
      const refused = progress.save();
      log.add(failure('s-2'));
      expect((await rejection(refused)).message).to.equal('refused');
      await progress.save();
      await progress.save();
    });
    const keys = [...objects.stored.keys()].filter((key) => key.startsWith('restores/p/r/failures/'));
    const lines = keys.flatMap((key) => objects.text(key).trim().split('\n'));
    expect(lines.map((line) => (JSON.parse(line) as Failure).sub)).to.deep.equal(['s-1', 's-2']);
  });
});
