import { steps } from '../steps.ts';

/** Suites for the test of the test runner: what mocha makes of failures in a suite before, in a hook, and in a step. */
describe('first', () => {
  it('fails', () => {
    throw new Error('on purpose');
  });
  it('runs', () => undefined);
});

describe('hook', () => {
  before(() => {
    throw new Error('on purpose');
  });
  it('is left\nout', () => undefined);
  describe('deeper', () => {
    it('is left out too', () => undefined);
  });
});

describe('in steps', function () {
  this.timeout(500);
  const step = steps();
  step('begins', () => Promise.resolve());
  step(
    'takes too long',
    () =>
      new Promise((resolve) => {
        setTimeout(resolve, 700);
      }),
  );
  describe('deeper', () => {
    step('would continue', () => Promise.resolve());
    // After the late end of the step that took too long.
    before(
      () =>
        new Promise((resolve) => {
          setTimeout(resolve, 300);
        }),
    );
  });
  step('would end', () => Promise.resolve());
});
