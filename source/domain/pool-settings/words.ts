import type { SettingsRecord } from '../backup/manifest.ts';
import { counted, countedAs, number } from '../counted.ts';

/** What a message and `status` say about the settings that a run kept: names of settings, never values. */
export function settingsLines(record: SettingsRecord | undefined): readonly string[] {
  if (record === undefined)
    return [
      'It was not kept: no new pool can be made from this export alone. The log of the function KeepSettings says why.',
    ];
  const { leftOut, changed, carriedOver } = record;
  return [
    carriedOver === true
      ? 'It could not be read this time: the backup keeps that of an earlier export. The log of the function KeepSettings says why.'
      : changed === undefined
        ? 'Kept, for the first time.'
        : changed.count === 0
          ? 'Kept; nothing in it changed since the last complete export.'
          : `Kept; ${countedAs(changed.count, 'setting', ['differs', 'differ'])} from the last complete export:`,
    ...(changed?.names ?? []).map((name) => `- ${name}`),
    ...(changed === undefined || changed.names.length === changed.count
      ? []
      : [`- and ${number(changed.count - changed.names.length)} more`]),
    ...(leftOut === 0
      ? []
      : [`${counted(leftOut, 'part')} could not be read and ${leftOut === 1 ? 'is' : 'are'} not in it.`]),
  ];
}
