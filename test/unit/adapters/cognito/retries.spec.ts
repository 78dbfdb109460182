import { expect } from 'chai';
import { userPoolReader } from '../../../../source/adapters/cognito/pool-reader.ts';
import { userPoolWriter } from '../../../../source/adapters/cognito/pool-writer.ts';
import { Pacer } from '../../../../source/domain/pacing/pacer.ts';
import { FakeClock } from '../../../../tools/simulation/fake-clock.ts';
import { refusal } from '../../../support/aws-stub.ts';
import { adapterOptions, STUB_POOL, STUB_SECRET, stubOfSuite } from '../../../support/cognito-stub.ts';
import { rejection } from '../../../support/rejection.ts';

describe('Cognito adapters: pace and retries', () => {
  const stub = stubOfSuite();

  it('lets every attempt pass the pacer, and slows down when throttled', async () => {
    const opts = adapterOptions();
    const reader = userPoolReader(opts);
    let calls = 0;
    stub.answer = () =>
      (calls += 1) <= 20 ? refusal('TooManyRequestsException', 'Rate exceeded') : { body: { Users: [] } };
    await reader.listUsersPage(STUB_POOL, {});
    expect(stub.requests).to.have.length(21);
    expect(opts.clock.elapsed).to.be.above(20 * 110);
    expect(opts.pacer.callsPerSecond).to.be.below(5);
  });

  it('gives up with Throttled only after minutes without a single success', async () => {
    const opts = adapterOptions();
    stub.answer = () => refusal('TooManyRequestsException', STUB_SECRET);
    const error = await rejection(userPoolReader(opts).listUsersPage(STUB_POOL, {}));
    expect(error.name).to.equal('Throttled');
    expect(opts.clock.elapsed).to.be.within(5 * 60_000, 6 * 60_000);
  });

  it('keeps calls of which a pool takes 5 per second below that', async () => {
    const opts = { ...adapterOptions(), pacer: new Pacer({ callsPerSecond: 25, clock: new FakeClock() }) };
    const clock = new FakeClock();
    const writer = userPoolWriter({ ...opts, clock, pacer: new Pacer({ callsPerSecond: 25, clock }) });
    await Promise.all(Array.from({ length: 20 }, (_, n) => writer.createGroup(STUB_POOL, { name: `g${n}` })));
    expect(clock.elapsed).to.be.above(19 * 222 - 101);
  });

  it('retries errors of the service a few times', async () => {
    let calls = 0;
    stub.answer = () => ((calls += 1) < 4 ? refusal('InternalErrorException', '', 500) : { body: { Users: [] } });
    await userPoolReader(adapterOptions()).listUsersPage(STUB_POOL, {});
    expect(calls).to.equal(4);
  });
});
