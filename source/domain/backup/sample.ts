import * as v from 'valibot';
import { countShape } from '../state/shape.ts';
import type { Stored } from '../state/shape.ts';
import { textDigest } from './hashing.ts';

export const sampleShape = v.object({
  /** Another one, other users. */
  seed: v.string(),
  /** Out of 2^32: users whose number is below it belong to the sample. */
  below: countShape,
});
/** Some of the users of a backup, told by their `sub` alone, so that whoever reads the backup finds the same ones. */
export type Sample = Stored<typeof sampleShape>;

const NUMBERS = 2 ** 32;
/** Numbers are drawn: so many standard deviations below the most, a sample is never larger in practice (1 in a billion). */
const DEVIATIONS = 6;

/** A sample of at most `most` of so many users; undefined where these are everybody. */
export function sampleOf(users: number, most: number, seed: string): Sample | undefined {
  if (users <= most) return undefined;
  const mean = ((Math.sqrt(DEVIATIONS ** 2 + 4 * most) - DEVIATIONS) / 2) ** 2;
  return { seed, below: Math.floor((mean / users) * NUMBERS) };
}

/** Whether the user belongs to the sample; everybody does where there is none. */
export const isInSample = (sample: Sample | undefined, sub: string): boolean =>
  sample === undefined || textDigest(`${sample.seed}\u0000${sub}`).readUInt32BE(0) < sample.below;
