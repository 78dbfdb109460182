import { toMfaSettings } from '../../../source/adapters/cognito/mfa-settings.ts';
import { toDescription } from '../../../source/adapters/cognito/users.ts';
import { preflight } from '../../../source/domain/import/preflight/preflight.ts';
import type { PoolSettings } from '../../../source/domain/model.ts';
import type { KeptSettings } from '../../../source/domain/pool-settings/shape.ts';

/** What a restore looks at: in the manifest of the backup, and of the new pool. */
export const restoredInto = ({ poolId, pool, mfa }: KeptSettings): PoolSettings => {
  const { settings } = toDescription(poolId, pool);
  return settings.mfaConfiguration === 'OFF' ? settings : { ...settings, mfa: toMfaSettings(mfa ?? {}) };
};

/** What preflight finds against a restore of the backup of one pool into the other; empty: nothing. */
export function findingsFor(kept: KeptSettings, made: KeptSettings): readonly string[] {
  const [source, settings] = [restoredInto(kept), restoredInto(made)];
  const names = source.schema.map(({ name }) => name).filter((name) => name !== 'sub');
  return preflight({
    poolId: made.poolId,
    settings,
    header: settings.schema.map(({ name }) => name),
    source,
    users: 10,
    usage: Object.fromEntries(names.map((name) => [name, 10])),
    allowTriggers: false,
  }).findings;
}
