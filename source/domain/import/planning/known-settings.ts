import type { PoolSettings } from '../../model.ts';
import type { Accepted } from './planning-state.ts';

/**
 * The backup as it is held against a new pool: where it does not know a setting of its own pool, that of the new one stands
 * for it. How users signed in is known from the users, and which attributes there were.
 */
export function heldAgainst(accepted: Accepted, settings: PoolSettings): Accepted {
  const { manifest } = accepted;
  if (manifest.origin === undefined) return accepted;
  const { usernameAttributes, schema } = manifest.poolSettings;
  const { usernameAttributes: _own, ...unknown } = settings;
  return {
    ...accepted,
    manifest: {
      ...manifest,
      poolSettings: {
        ...unknown,
        usernameAttributes: manifest.counts.users === 0 ? settings.usernameAttributes : usernameAttributes,
        schema: schema.map((held) => settings.schema.find(({ name }) => name === held.name) ?? held),
      },
    },
  };
}

/** Settings of the old pool for the preflight: what the new pool lacks is declared in no way that anybody knows. */
export const sourceOfPreflight = (
  { manifest: { origin, poolSettings } }: Accepted,
  { schema }: Pick<PoolSettings, 'schema'>,
): PoolSettings =>
  origin === undefined
    ? poolSettings
    : {
        ...poolSettings,
        schema: poolSettings.schema.filter(({ name }) => schema.some((given) => given.name === name)),
      };
