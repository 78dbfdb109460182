import { NO_COUNTS } from '../../../source/domain/backup/manifest.ts';
import { restoreFolder } from '../../../source/domain/import/plan/plan-model.ts';
import type { RestorePlan } from '../../../source/domain/import/plan/plan-model.ts';
import { PLAIN_SETTINGS } from '../../../tools/simulation/cognito/settings.ts';

/** The plan of a restore of nobody. */
export function aPlan(newUserPoolId: string, restoreId: string): RestorePlan {
  const folder = restoreFolder(newUserPoolId, restoreId);
  return {
    restoreId,
    newUserPoolId,
    newUserPoolName: 'customers',
    runId: '20260301T000000Z-00000000',
    sourceUserPoolId: 'us-west-2_Source123',
    tableName: 'backup-table',
    options: {
      newUserPoolId,
      allowSourcePool: false,
      allowTriggers: false,
      restoreUnconfirmed: false,
      acceptIncomplete: false,
      dryRun: false,
    },
    signInName: 'username',
    csvHeader: ['email', 'cognito:username'],
    mfaFlag: 'false',
    caseSensitive: false,
    mayCreateUsers: true,
    schema: PLAIN_SETTINGS.schema,
    groupsKey: `${folder}groups.json`,
    excludedKey: `${folder}excluded.ndjson`,
    chunks: [],
    batches: [],
    expected: { users: [], memberships: [] },
    notes: [],
    plannedAt: '2026-03-01T00:00:00.000Z',
    counts: {
      backup: NO_COUNTS,
      byCsv: 0,
      oneByOne: 0,
      excluded: 0,
      excludedBy: {},
      membershipsWithoutUser: 0,
      memberships: 0,
      disabled: 0,
    },
  };
}
