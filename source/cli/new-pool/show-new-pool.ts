import { counted } from '../../domain/counted.ts';
import type { HandTask } from '../../domain/pool-settings/recreate/by-hand.ts';
import type { SettingDifference } from '../../domain/pool-settings/recreate/compare-settings.ts';
import type { Making } from '../../domain/pool-settings/recreate/known-omissions.ts';
import type { Omission } from '../../domain/pool-settings/recreate/omissions.ts';
import type { Block } from '../output/output.ts';

/** Metadata of a provider or the CSS of a page would fill the screen; --json has them whole. */
const MOST_SHOWN = 80;

/** What would be made, and what not. */
export function plannedBlocks({ settings, options, withClients }: Making, planned: readonly Omission[]): Block[] {
  const { clients, resourceServers, identityProviders } = settings;
  return [
    {
      lines: [
        `Would make the user pool ${options.name} in ${options.region ?? settings.region}, with ${[
          counted(resourceServers.length, 'resource server'),
          counted(identityProviders.length, 'identity provider'),
          ...(withClients ? [counted(clients.length, 'app client')] : []),
        ].join(', ')}.`,
      ],
    },
    ...(planned.length === 0
      ? []
      : [
          {
            heading: 'Would be missing or different',
            rows: planned.map(({ setting, why }) => ({ label: setting, value: why })),
          },
        ]),
  ];
}

/** Every difference and why, those that could be otherwise first. */
export function settingDifferenceBlocks(differences: readonly SettingDifference[]): Block[] {
  const block = (heading: string, of: readonly SettingDifference[]): Block[] =>
    of.length === 0
      ? []
      : [
          {
            heading,
            rows: of.map(({ setting, kept, made, why, expected }) => ({
              label: setting,
              value: `${shown(kept)} -> ${shown(made)}; ${why}`,
              tone: expected ? ('quiet' as const) : ('warning' as const),
            })),
          },
        ];
  return [
    ...block(
      'Missing or different (backup -> new pool)',
      differences.filter(({ expected }) => !expected),
    ),
    ...block(
      'Different in every new pool, or as it was asked for',
      differences.filter(({ expected }) => expected),
    ),
  ];
}

/** What has to be done by hand. */
export const taskBlocks = (tasks: readonly HandTask[]): Block[] =>
  tasks.map(({ what, how }) => ({ heading: `By hand: ${what}`, lines: how }));

/** A difference for programs. */
export const differenceData = ({ setting, kept, made, why, expected }: SettingDifference): object => ({
  setting,
  in_backup: kept ?? null,
  in_new_pool: made ?? null,
  why,
  expected,
});

function shown(value: unknown): string {
  if (value === undefined) return 'absent';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text;
}
