import { expect } from 'chai';
import fc from 'fast-check';
import type { Manifest } from '../../../source/domain/backup/manifest.ts';
import { recoveredDuring, safeguardFacts } from '../../../source/domain/export/safeguards.ts';
import type { PoolRecoveries, RecoveryStatus } from '../../../source/domain/model.ts';
import { activeRecovery, completedRecoveries, tearingRecovery } from '../../../source/domain/recovery/recoveries.ts';
import { CognitoException } from '../../../tools/simulation/cognito/exception.ts';
import { RecoveryLedger } from '../../../tools/simulation/cognito/recoveries.ts';

const POOL = 'eu-west-1_Source';
const HOUR_MS = 3_600_000;
const SUPPORT: readonly RecoveryStatus[] = ['AWS_ABORTED', 'TEMPORARY_INTERNAL_ERROR_SEE_SUPPORT_CASE'];
const STATUSES: readonly RecoveryStatus[] = [
  'PREVIEW_GENERATING',
  'PREVIEW_GENERATED',
  'PREVIEW_CANCELLED',
  'PREVIEW_GENERATION_FAILED',
  'PREVIEW_EXPIRED',
  'RESTORING',
  'RESTORE_COMPLETED',
  ...SUPPORT,
];

/** What happens to a pool, hour by hour. */
const anyEvent = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 30 }).map((hours) => ({ kind: 'pass' as const, hours })) },
  { weight: 3, arbitrary: fc.constant({ kind: 'initiate' as const }) },
  { weight: 3, arbitrary: fc.constant({ kind: 'start' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'cancel' as const }) },
  { weight: 1, arbitrary: fc.constantFrom(...SUPPORT).map((status) => ({ kind: 'force' as const, status })) },
  { weight: 1, arbitrary: fc.boolean().map((on) => ({ kind: 'protect' as const, on })) },
);
type Event = typeof anyEvent extends fc.Arbitrary<infer T> ? T : never;
/** An export, and what happens while it lists the pool. */
const anyHistory = fc.array(
  fc.record({ before: fc.array(anyEvent, { maxLength: 6 }), during: fc.array(anyEvent, { maxLength: 3 }) }),
  { minLength: 1, maxLength: 8 },
);

/** A pool, its recoveries, and the manifest of the export that was sealed last. */
class History {
  now = Date.parse('2026-12-01T00:00:00Z');
  readonly ledger = new RecoveryLedger(() => this.now);
  isProtected = true;
  before: Pick<Manifest, 'safeguards' | 'startedAt'> | undefined;
  /** Whether some moment since it was cleared was between two states of the pool. */
  torn = false;
  #ids = 0;

  constructor() {
    this.ledger.knobs.previewMs = HOUR_MS;
    this.ledger.knobs.restoreMs = 2 * HOUR_MS;
  }

  happen(event: Event): void {
    try {
      if (event.kind === 'pass') this.now += event.hours * HOUR_MS;
      else if (event.kind === 'protect') this.isProtected = event.on;
      else if (event.kind === 'initiate') {
        this.#ids += 1;
        this.ledger.initiate(POOL, this.now - HOUR_MS, `r-${this.#ids}`);
      } else if (event.kind === 'start') {
        this.ledger.start(POOL, this.#newest);
        this.torn = true;
      } else if (event.kind === 'cancel') this.ledger.cancel(POOL, this.#newest);
      else if (this.ledger.list(POOL)[0]?.status === 'RESTORING') this.ledger.force(POOL, this.#newest, event.status);
    } catch (error) {
      if (!(error instanceof CognitoException)) throw error;
    }
  }

  get recoveries(): PoolRecoveries {
    return this.ledger.list(POOL);
  }

  get #newest(): string {
    return this.ledger.list(POOL)[0]?.id ?? '';
  }
}

describe("AWS's own recoveries, in any history", () => {
  it('C17: no export is sealed that listed a pool between two states, and every other one is', () => {
    fc.assert(
      fc.property(anyHistory, (exports) => {
        const history = new History();
        for (const { before, during } of exports) {
          before.forEach((event) => history.happen(event));
          const status = history.ledger.list(POOL)[0]?.status;
          const tornNow = status === 'RESTORING' || SUPPORT.includes(status ?? '');
          const facts = safeguardFacts({
            pool: { id: POOL, deletionProtected: history.isProtected },
            recoveries: history.recoveries,
            before: history.before,
          });
          expect(tearingRecovery(history.recoveries, { settled: [] }) !== undefined).to.equal(tornNow);
          if (tornNow) continue;
          history.torn = false;
          during.forEach((event) => history.happen(event));
          const refused =
            tearingRecovery(history.recoveries, { settled: facts.safeguards?.recovered ?? [] }) !== undefined ||
            recoveredDuring(history.recoveries, facts.safeguards).length > 0;
          expect(refused).to.equal(history.torn);
          if (!refused) history.before = { ...facts, startedAt: new Date(history.now).toISOString() };
        }
      }),
    );
  });

  it('C17, C18: every completed recovery is named by exactly one sealed export, and protection that is off by the first of a row', () => {
    fc.assert(
      fc.property(anyHistory, (exports) => {
        const history = new History();
        history.before = {
          safeguards: { deletionProtected: true, recovered: [] },
          startedAt: new Date(history.now).toISOString(),
        };
        const named: string[] = [];
        let wasProtected = true;
        for (const { before } of exports) {
          before.forEach((event) => history.happen(event));
          if (tearingRecovery(history.recoveries, { settled: [] }) !== undefined) continue;
          const facts = safeguardFacts({
            pool: { id: POOL, deletionProtected: history.isProtected },
            recoveries: history.recoveries,
            before: history.before,
          });
          named.push(...(facts.recoveredSince ?? []).map(({ id }) => id));
          const says = (facts.poolNotes ?? []).some((note) => note.startsWith('Deletion protection'));
          expect(says).to.equal(wasProtected && !history.isProtected);
          wasProtected = history.isProtected;
          history.before = { ...facts, startedAt: new Date(history.now).toISOString() };
          const completed = completedRecoveries(history.recoveries).map(({ id }) => id);
          expect([...named].sort()).to.deep.equal([...completed].sort());
        }
      }),
    );
  });

  it('C17: of any list at most one recovery is active, and only one that restores or is unsettled tears the pool', () => {
    const anyStatus = fc.oneof(fc.constantFrom(...STATUSES), fc.constant('ADDED_BY_AWS'));
    fc.assert(
      fc.property(fc.array(anyStatus, { maxLength: 6 }), fc.boolean(), (statuses, allowUnsettled) => {
        const recoveries = statuses.map((status, index) => ({ id: `r-${index}`, status }));
        const active = activeRecovery(recoveries);
        const tearing = tearingRecovery(recoveries, { settled: [], allowUnsettled });
        const newest = statuses[0] ?? '';
        expect(active !== undefined).to.equal(
          statuses.some((status) => /^(RESTORING|PREVIEW_GENERAT(ED|ING))$/.test(status)) ||
            [...SUPPORT, 'ADDED_BY_AWS'].includes(newest),
        );
        if (tearing !== undefined) expect(tearing.id).to.equal(active?.id);
        if (active?.kind === 'restoring') expect(tearing).to.deep.equal(active);
        if (active?.kind === 'preview') expect(tearing).to.equal(undefined);
        if (active?.kind === 'unsettled') {
          expect(tearing === undefined).to.equal(allowUnsettled);
          expect(tearingRecovery(recoveries, { settled: [active.id] })).to.equal(undefined);
        }
        expect(activeRecovery('unknown')).to.equal(undefined);
      }),
    );
  });
});
