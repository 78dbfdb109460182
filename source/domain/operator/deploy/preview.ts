/** What an operator reads before a change is made. */
import type { Gain } from '../permissions/gains.ts';
import { changeText } from './resource-changes.ts';
import type { ResourceChange } from './resource-changes.ts';

/** A parameter, tag or other setting that gets another value. */
export interface ChangedSetting {
  readonly name: string;
  /** Absent for what is new. */
  readonly before?: string;
  readonly after: string;
}

/** Settings whose values differ, in the order of the new ones; those that are gone come last. */
export function changedSettings(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): readonly ChangedSetting[] {
  const gone = Object.keys(before).filter((name) => !(name in after));
  return [
    ...Object.entries(after)
      .filter(([name, value]) => before[name] !== value)
      .map(([name, value]) => ({
        name,
        ...(before[name] === undefined ? {} : { before: before[name] }),
        after: value,
      })),
    ...gone.map((name) => ({ name, before: before[name] ?? '', after: '' })),
  ];
}

/** Lines of the parts of a preview; an empty part says so. */
export interface Preview {
  readonly settings: readonly string[];
  readonly resources: readonly string[];
  readonly permissions: readonly string[];
}

const shown = (value: string): string => (value === '' ? '(none)' : value);

/** The preview in lines. */
export const previewOf = (
  settings: readonly ChangedSetting[],
  changes: readonly ResourceChange[],
  gains: readonly Gain[],
): Preview => ({
  settings: settings.map(({ name, before, after }) =>
    before === undefined ? `${name}: ${shown(after)}` : `${name}: ${shown(before)} -> ${shown(after)}`,
  ),
  resources: changes.map(changeText),
  permissions: gains.flatMap(({ holder, gained }) => gained.map((text) => `${holder}: ${text}`)),
});
