import { expect } from 'chai';
import { LATEST_KEY, manifestKey, OPEN_KEY, openMarkerIn } from '../../../source/domain/backup/manifest.ts';
import type { Manifest } from '../../../source/domain/backup/manifest.ts';
import { contentDigest } from '../../../source/domain/backup/hashing.ts';
import { PlannedChanges } from '../../../source/domain/digests/planned-changes.ts';
import { findPlan } from '../../../source/domain/export/clean-up/stored-plan.ts';
import type { World } from '../world/world.ts';
import { independentSeal, sumOfChecksums } from './expected-table.ts';

/**
 * The table is what the last run sealed; or OPEN names a stored plan, every item is the old or the new one of its digests,
 * and with the old ones in place of the new ones the table would be what was sealed.
 */
export async function expectSealedOrOpen({ table, objects }: World, about: string): Promise<void> {
  const sealed = table.peek(manifestKey(table.peek(LATEST_KEY)?.runId as string)) as unknown as Manifest;
  const open = openMarkerIn(table.peek(OPEN_KEY));
  if (open === undefined) {
    const { counts, checksum } = independentSeal(table);
    expect(counts, about).to.deep.equal(sealed.counts);
    expect(checksum, about).to.equal(sumOfChecksums(sealed.checksums));
    return;
  }
  expect(await findPlan(objects, open.runId), `${about}: the plan`).to.not.equal(undefined);
  const changes = open.plan === undefined ? undefined : await PlannedChanges.read(table, open.runId, open.plan);
  if (changes === undefined) throw new Error(`${about}: OPEN without the digests of its plan`);
  let sum = 0n;
  const met = new Set<number>();
  for (const item of table.all().filter(({ id }) => /^(USER|GROUP)#/.test(id))) {
    const digest = contentDigest(item);
    const at = changes.find(item);
    if (at === undefined) sum += BigInt(`0x${digest.toString('hex')}`);
    else {
      met.add(at);
      const { before, after } = changes.at(at);
      const isKnown = [before, after].some((known) => known?.equals(digest) === true);
      expect(isKnown, `${about}: old or new`).to.equal(true);
    }
  }
  for (let at = 0; at < changes.size; at += 1) {
    const { before, after } = changes.at(at);
    if (before !== undefined) sum += BigInt(`0x${before.toString('hex')}`);
    if (!met.has(at)) expect(before === undefined || after === undefined, `${about}: absent`).to.equal(true);
  }
  expect((sum % (1n << 256n)).toString(16), about).to.equal(sumOfChecksums(sealed.checksums));
}
