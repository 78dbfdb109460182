import type { Clock, Random } from '../domain/ports.ts';

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms) =>
    new Promise((resolve) => {
      setTimeout(resolve, ms);
    }),
};

/** Uniform in [0, 1); for jitter only, never for secrets. */
export const random: Random = () => Math.random();
