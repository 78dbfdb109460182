import { expect } from 'chai';
import { settleScan } from '../../../../../source/domain/import/planning/settle-scan.ts';
import type { ScanAgainst, ScanVerdict } from '../../../../../source/domain/import/planning/settle-scan.ts';
import { noTableContent } from '../../../../../source/domain/digests/table-tally.ts';
import { manifestOf } from '../../../../support/import/sealed-backup.ts';
import { MemoryPool } from '../../../../../tools/simulation/cognito/memory-pool.ts';

const MINUTE = 60_000;
const manifest = manifestOf(new MemoryPool('us-east-1_Source'), [], 'r1');
const sealed = { runId: 'r1', manifest };
const against = (over: Partial<ScanAgainst> = {}): ScanAgainst => ({
  tableName: 'table',
  before: sealed,
  after: sealed,
  content: noTableContent(),
  plan: undefined,
  now: 10 * MINUTE,
  differsSince: undefined,
  acceptIncomplete: false,
  ...over,
});

describe('settleScan', () => {
  it('accepts what agrees', () =>
    expect(settleScan(against())).to.deep.equal({ verdict: 'accept', accepted: { manifest, source: 'table' } }));

  it('scans again when another run was sealed meanwhile', () => {
    expect(settleScan(against({ before: { runId: 'r0', manifest } }))).to.deep.equal({
      verdict: 'again',
      differsSince: 10 * MINUTE,
    });
  });

  it('A2: scans again when an export began meanwhile; after five minutes takes what is as it was sealed all the same', () => {
    const after = { ...sealed, open: { runId: 'r2', openedAt: '2026-03-02T00:00:00.000Z' } };
    expect(settleScan(against({ after }))).to.include({ verdict: 'again' });
    const settled = settleScan(against({ after, differsSince: 4 * MINUTE })) as Extract<
      ScanVerdict,
      { verdict: 'accept' }
    >;
    expect(settled.verdict).to.equal('accept');
    expect(settled.accepted.interrupted).to.deep.equal({ runId: 'r2', items: 0 });
    expect(settled.accepted.remarks?.join()).to.match(/export r2 of an earlier version was interrupted/);
    const lost = { ...noTableContent(), counts: { users: 1, groups: 0, memberships: 0 } };
    expect(settleScan(against({ after, content: lost, differsSince: 4 * MINUTE }))).to.have.nested.property(
      'difference.halt',
      'ReplicaBehind',
    );
  });

  it('waits five minutes for a manifest, and accepts nothing without one', () => {
    const missing = { before: { runId: 'r1' }, after: { runId: 'r1' }, acceptIncomplete: true };
    expect(settleScan(against({ ...missing, differsSince: 5 * MINUTE + 1 }))).to.deep.equal({
      verdict: 'again',
      differsSince: 5 * MINUTE + 1,
    });
    expect(settleScan(against({ ...missing, differsSince: 5 * MINUTE }))).to.deep.equal({
      verdict: 'differs',
      difference: {
        halt: 'ReplicaBehind',
        found: 'the manifest of its last complete export r1 has not arrived',
      },
    });
  });

  it('sees equal checksums with different counts, and different checksums with equal counts', () => {
    const counts = { ...noTableContent(), counts: { users: 1, groups: 0, memberships: 0 } };
    const checksums = {
      ...noTableContent(),
      checksums: ['1'.padStart(64, '0'), ...noTableContent().checksums.slice(1)],
    };
    for (const content of [counts, checksums])
      expect(settleScan(against({ content }))).to.include({ verdict: 'again' });
  });
});
