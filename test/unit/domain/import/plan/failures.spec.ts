import { expect } from 'chai';
import { Fault } from '../../../../../source/domain/errors.ts';
import { FailureLog } from '../../../../../source/domain/import/plan/failures.ts';
import type { Failure } from '../../../../../source/domain/import/plan/failures.ts';
import { rejection } from '../../../../support/rejection.ts';
import { World } from '../../../../support/world/world.ts';

const failure = (sub: string): Failure => ({ sub, name: sub, kind: 'password', reason: 'InvalidPasswordException' });

describe('Failures that are recorded', () => {
  it('are stored with the next flush when one is refused, in their order', async () => {
    const { objects, calls } = new World();
    const log = new FailureLog(objects, 'restores/p/r/failures/', 'claim');
    log.add(failure('s-1'));
    calls.fail({ call: 'objects.put', error: () => new Fault('ServiceError', 'refused') });
    const refused = log.flush();
    log.add(failure('s-2'));
    expect((await rejection(refused)).message).to.equal('refused');
    await log.flush();
    await log.flush();
    expect([...objects.stored.keys()]).to.have.length(1);
    const [key = ''] = objects.stored.keys();
    expect(
      objects
        .text(key)
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as Failure).sub),
    ).to.deep.equal(['s-1', 's-2']);
  });
});
