import { expect } from 'chai';
import { CognitoException } from '../../../../../tools/simulation/cognito/exception.ts';
import { RecoveryLedger } from '../../../../../tools/simulation/cognito/recoveries.ts';

const POOL = 'eu-west-1_Source';
const HOUR_MS = 3_600_000;

describe("simulated recoveries of AWS's own", () => {
  let now: number;
  let ledger: RecoveryLedger;
  beforeEach(() => {
    now = Date.parse('2026-12-01T00:00:00Z');
    ledger = new RecoveryLedger(() => now);
    Object.assign(ledger.knobs, { previewMs: HOUR_MS, restoreMs: 2 * HOUR_MS });
  });
  const initiate = (id = 'r-1') => ledger.initiate(POOL, now - HOUR_MS, id);
  const status = () => ledger.list(POOL)[0]?.status;
  const refusal = (act: () => unknown): string => {
    try {
      act();
    } catch (error) {
      if (error instanceof CognitoException) return error.code;
      throw error;
    }
    return 'done';
  };

  it('C17: go from the preview through the restore to their end, and pause writes all the while', () => {
    const seen: [string | undefined, boolean][] = [];
    const look = (): void => void seen.push([status(), ledger.isPaused(POOL)]);
    look();
    initiate();
    look();
    now += HOUR_MS;
    look();
    ledger.start(POOL, 'r-1');
    look();
    now += 2 * HOUR_MS;
    look();
    expect(seen).to.deep.equal([
      [undefined, false],
      ['PREVIEW_GENERATING', true],
      ['PREVIEW_GENERATED', true],
      ['RESTORING', true],
      ['RESTORE_COMPLETED', false],
    ]);
    expect(ledger.isPaused('another')).to.equal(false);
    expect(ledger.describe(POOL, 'r-1').point).to.equal('2026-11-30T23:00:00.000Z');
  });

  it('C17: end as cancelled, or after a day as expired', () => {
    initiate();
    ledger.cancel(POOL, 'r-1');
    expect([status(), ledger.isPaused(POOL)]).to.deep.equal(['PREVIEW_CANCELLED', false]);
    initiate('r-2');
    now += 24 * HOUR_MS;
    expect([status(), ledger.isPaused(POOL)]).to.deep.equal(['PREVIEW_EXPIRED', false]);
    expect(
      ledger.list(POOL).map(({ id }) => id),
      'the newest first',
    ).to.deep.equal(['r-2', 'r-1']);
  });

  it('C17: are refused as documented', () => {
    expect(refusal(() => ledger.initiate(POOL, now, 'r'))).to.equal('InvalidParameterException');
    initiate();
    expect(refusal(() => initiate('r-2'))).to.equal('ConcurrentModificationException');
    expect(
      refusal(() => ledger.start(POOL, 'r-1')),
      'no preview yet',
    ).to.equal('InvalidParameterException');
    expect(refusal(() => ledger.start(POOL, 'none'))).to.equal('ResourceNotFoundException');
    now += HOUR_MS;
    ledger.start(POOL, 'r-1');
    expect(refusal(() => ledger.cancel(POOL, 'r-1'))).to.equal('InvalidParameterException');
    now += 2 * HOUR_MS;
    expect(
      refusal(() => initiate('r-2')),
      'one completed a day',
    ).to.equal('LimitExceededException');
    now += 24 * HOUR_MS;
    for (const id of ['r-2', 'r-3', 'r-4']) {
      initiate(id);
      ledger.cancel(POOL, id);
    }
    expect(
      refusal(() => initiate('r-5')),
      'three previews a day',
    ).to.equal('LimitExceededException');
  });

  it('C17: keep writes paused after what only AWS can settle', () => {
    initiate();
    for (const stuck of ['AWS_ABORTED', 'TEMPORARY_INTERNAL_ERROR_SEE_SUPPORT_CASE']) {
      ledger.force(POOL, 'r-1', stuck);
      expect(ledger.isPaused(POOL), stuck).to.equal(true);
    }
  });
});
