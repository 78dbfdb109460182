import { Pacer } from '../../source/domain/pacing/pacer.ts';
import { FakeClock } from '../../tools/simulation/fake-clock.ts';
import { AwsStub } from './aws-stub.ts';

/** The pool that the adapters are asked about. */
export const STUB_POOL = 'eu-west-1_Source';
/** Stands in answers of the stub, and may stand in no error. */
export const STUB_SECRET = 'canary-name-7f3a';

/** A stub that runs for the tests of the calling `describe`, without requests and answers of the test before. */
export function stubOfSuite(): AwsStub {
  const stub = new AwsStub();
  before(() => stub.start());
  beforeEach(() => stub.reset());
  after(() => stub.stop());
  return stub;
}

/** Options of a Cognito adapter on a virtual clock of its own. */
export const adapterOptions = () => {
  const clock = new FakeClock();
  return { userAgent: 'solution/v1', clock, pacer: new Pacer({ callsPerSecond: 10, clock }), random: () => 0 };
};
