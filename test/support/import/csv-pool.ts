import type { SchemaAttribute } from '../../../source/domain/model.ts';
import { PLAIN_SETTINGS } from '../../../tools/simulation/cognito/settings.ts';
import { csvColumns, inMemory, readCsvFile, splitRow } from '../../../tools/simulation/import-jobs/csv.ts';
import { defaultImportJobOptions } from '../../../tools/simulation/import-jobs/options.ts';
import type { ImportJobSettings } from '../../../tools/simulation/import-jobs/options.ts';
import { checkRow } from '../../../tools/simulation/import-jobs/row-check.ts';
import type { ImportUser } from '../../../tools/simulation/import-jobs/row-check.ts';

const custom = (name: string, type: SchemaAttribute['type'], over: Partial<SchemaAttribute> = {}): SchemaAttribute => ({
  name: `custom:${name}`,
  type,
  mutable: true,
  required: false,
  ...over,
});

/** Every standard attribute, and a custom one of each type; one name as odd as Cognito lets it be. */
export const SCHEMA: readonly SchemaAttribute[] = [
  ...PLAIN_SETTINGS.schema,
  custom('text', 'String', { min: '0', max: '2048' }),
  custom('número,😀', 'String', { min: '0', max: '2048' }),
  custom('number', 'Number'),
  custom('when', 'DateTime'),
  custom('flag', 'Boolean'),
];

/** What Cognito does with backslashes and double quotes is not documented: a file must mean the same in all of these. */
export const READINGS: readonly ImportJobSettings[] = (['kept', 'dropped'] as const).flatMap((backslash) =>
  (['kept', 'dropped'] as const).map((quote) => ({
    ...defaultImportJobOptions,
    extraColumns: ['password_hash'],
    backslash,
    quote,
  })),
);

/** GetCSVHeader's answer. */
export const headerOf = (schema: readonly SchemaAttribute[]): string[] => csvColumns({ schema }, ['password_hash']);

/** Reads an import job's file as the simulated Cognito does, which shares no code with the product. @throws for what Cognito would refuse */
export function readJobFile(
  csv: Uint8Array,
  schema: readonly SchemaAttribute[],
  reading: ImportJobSettings,
): ImportUser[] {
  const file = readCsvFile(inMemory(csv));
  if ('unreadable' in file) throw new Error(file.unreadable);
  const header = splitRow(file.header, reading);
  if (header.join() !== headerOf(schema).join()) throw new Error(`another header: ${file.header}`);
  return [...file.rows].map((row, index) => {
    const user = checkRow(row, header, { ...PLAIN_SETTINGS, schema }, reading);
    if ('refused' in user) throw new Error(`row ${index + 1}: ${user.refused}`);
    return user;
  });
}
