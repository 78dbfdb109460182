import { Checksums } from '../../../source/domain/backup/checksums.ts';
import { NO_COUNTS, SCHEMA_VERSION } from '../../../source/domain/backup/manifest.ts';
import type { Manifest } from '../../../source/domain/backup/manifest.ts';
import { POOL } from './stacks.ts';

/** The manifest of a run that began at this moment and took five minutes. */
export function aManifest(startedAt: string, given: Partial<Manifest> = {}): Manifest {
  const counts = { users: 1234, groups: 3, memberships: 40 };
  return {
    runId: `${startedAt.replaceAll(/[-:]/g, '').slice(0, 15)}Z-0a1b2c3d`,
    userPoolId: POOL,
    poolSettings: {
      usernameAttributes: [],
      aliasAttributes: [],
      caseSensitive: false,
      autoVerifiedAttributes: ['email'],
      mfaConfiguration: 'OFF',
      schema: [],
      triggers: [],
    },
    counts,
    checksums: new Checksums().toHex(),
    added: counts,
    changed: NO_COUNTS,
    deleted: NO_COUNTS,
    skipped: { federatedUsers: 0, federatedMemberships: 0 },
    startedAt,
    endedAt: new Date(Date.parse(startedAt) + 300_000).toISOString(),
    softwareVersion: 'v2.1.0',
    schemaVersion: SCHEMA_VERSION,
    snapshot: { objects: [] },
    ...given,
  };
}
