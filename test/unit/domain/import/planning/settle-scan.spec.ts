import { expect } from 'chai';
import { settleScan } from '../../../../../source/domain/import/planning/settle-scan.ts';
import type { ScanAgainst } from '../../../../../source/domain/import/planning/settle-scan.ts';
import { newTableScan } from '../../../../../source/domain/import/planning/scan.ts';
import { manifestOf } from '../../../../support/import/sealed-backup.ts';
import { MemoryPool } from '../../../../../tools/simulation/cognito/memory-pool.ts';

const MINUTE = 60_000;
const manifest = manifestOf(new MemoryPool('us-east-1_Source'), [], 'r1');
const sealed = { runId: 'r1', manifest };
const against = (over: Partial<ScanAgainst> = {}): ScanAgainst => ({
  tableName: 'table',
  before: sealed,
  after: sealed,
  scan: newTableScan(),
  now: 10 * MINUTE,
  differsSince: undefined,
  acceptIncomplete: false,
  ...over,
});

describe('settleScan', () => {
  it('accepts what agrees', () => expect(settleScan(against())).to.deep.equal({ verdict: 'accept', manifest }));

  it('scans again when another run was sealed meanwhile', () => {
    expect(settleScan(against({ before: { runId: 'r0', manifest } }))).to.deep.equal({
      verdict: 'again',
      differsSince: 10 * MINUTE,
    });
  });

  it('scans again when an export began meanwhile, then goes on from what there is', () => {
    const after = { ...sealed, openRunId: 'r2' };
    expect(settleScan(against({ after }))).to.include({ verdict: 'again' });
    expect(settleScan(against({ after, differsSince: 4 * MINUTE }))).to.deep.equal({
      verdict: 'accept',
      manifest,
      interrupted: { runId: 'r2', items: 0 },
    });
  });

  it('waits five minutes for a manifest, and accepts nothing without one', () => {
    const missing = { before: { runId: 'r1' }, after: { runId: 'r1' }, acceptIncomplete: true };
    expect(settleScan(against({ ...missing, differsSince: 5 * MINUTE + 1 }))).to.deep.equal({
      verdict: 'again',
      differsSince: 5 * MINUTE + 1,
    });
    expect(() => settleScan(against({ ...missing, differsSince: 5 * MINUTE })))
      .to.throw(/manifest of its last complete export r1 has not arrived/)
      .with.property('name', 'ReplicaBehind');
  });

  it('sees equal checksums with different counts, and different checksums with equal counts', () => {
    const counts = { ...newTableScan(), counts: { users: 1, groups: 0, memberships: 0 } };
    const checksums = { ...newTableScan(), checksums: ['1'.padStart(64, '0'), ...newTableScan().checksums.slice(1)] };
    for (const scan of [counts, checksums]) expect(settleScan(against({ scan }))).to.include({ verdict: 'again' });
  });
});
