import { bucketReader } from '../../adapters/operator/stored.ts';
import { inOptions } from '../../domain/operator/in-options.ts';
import { failureGroups } from '../../domain/operator/failure-groups.ts';
import type { FailureGroup } from '../../domain/operator/failure-groups.ts';
import type { ObjectStore } from '../../domain/ports.ts';
import { counted, number } from '../../domain/counted.ts';
import { CliError } from '../cli-error.ts';
import type { CliContext, CommandAction } from '../context.ts';
import { explained } from '../explain.ts';
import type { Block } from '../output/output.ts';
import { assertTwoFiles, writeAskedFile } from '../private-file.ts';
import { findReport } from './find-report.ts';
import type { FoundReport } from './find-report.ts';

interface ReportGiven {
  readonly save?: string;
  readonly subMap?: string;
}

/** Shows why users were not restored or differ, and writes the files that were asked for. */
export const runReport: CommandAction = async (context, { args, options }) => {
  const { save, subMap } = options as ReportGiven;
  assertTwoFiles({ '--save': save, '--sub-map': subMap });
  const found = await findReport(context, { args, options });
  const objects = bucketReader(context.clients.s3(found.region), found.bucket);
  const rows = found.rows ?? (await read(objects, found, found.rowsKey));
  if (rows === undefined && (await read(objects, found, found.withoutRowsKey)) === undefined) throw noRows(found);
  const groups = rows === undefined ? [] : failureGroups(rows);
  const files = [
    ...(save === undefined ? [] : [await written(context, found, { path: save, content: rows, key: found.rowsKey })]),
    ...(subMap === undefined
      ? []
      : [
          await written(context, found, {
            path: subMap,
            content: await read(objects, found, found.subMapKey),
            key: found.subMapKey,
          }),
        ]),
  ];
  const all = groups.reduce((sum, { rows: count }) => sum + count, 0);
  const where = `s3://${found.bucket}/${found.rowsKey}`;
  context.output.summary({
    blocks: [
      {
        heading: `${found.about}: ${counted(all, 'row')}`,
        lines: all === 0 ? ['Nobody is missing, different or restored in another way.'] : [],
      },
      ...(all === 0 ? [] : groupBlocks(groups)),
      {
        lines: [
          ...files.map(({ path }) => `Written: ${path} (personal data; only you can read it).`),
          ...(rows === undefined ? [] : [`Rows: ${where}`]),
        ],
      },
    ],
    data: {
      about: found.about,
      region: found.region,
      bucket: found.bucket,
      rows: all,
      reasons: groups.map(({ reason, instead, rows: count }) => ({ reason, done_instead: instead, rows: count })),
      ...(rows === undefined ? {} : { rows_key: found.rowsKey }),
      files: files.map(({ path }) => path),
    },
  });
  return 'complete';
};

/** Without rows and without the report itself nothing says that nobody is missing. */
const noRows = ({ about, rowsKey }: FoundReport): CliError =>
  new CliError('notFound', {
    thing: about,
    found: `it has no ${rowsKey.split('/').at(-1) ?? 'rows'}: it runs, has stopped before it had a result, or its files have expired`,
    next: 'Follow an execution that runs by attach; start again what has stopped or expired.',
  });

/** One block for what was done instead, and in it the reasons. */
function groupBlocks(groups: readonly FailureGroup[]): readonly Block[] {
  const byInstead = new Map<string, FailureGroup[]>();
  for (const group of groups) byInstead.set(group.instead, [...(byInstead.get(group.instead) ?? []), group]);
  return [...byInstead].map(([instead, inIt]) => ({
    heading: instead === '' ? 'By reason' : `Done instead: ${inOptions('ImportWorkflow', instead)}`,
    rows: inIt.map(({ reason, rows }) => ({ label: reason, value: number(rows) })),
  }));
}

async function read(
  objects: Pick<ObjectStore, 'get'>,
  { bucket }: FoundReport,
  key: string | undefined,
): Promise<Uint8Array | undefined> {
  if (key === undefined) return undefined;
  try {
    return (await objects.get(key))?.body;
  } catch (error) {
    throw explained(`s3://${bucket}/${key}`, error);
  }
}

async function written(
  context: CliContext,
  { about }: FoundReport,
  {
    path,
    content,
    key,
  }: { readonly path: string; readonly content: Uint8Array | undefined; readonly key: string | undefined },
): Promise<{ readonly path: string }> {
  if (content === undefined)
    throw new CliError('notFound', {
      thing: about,
      found: `it has no ${key?.split('/').at(-1) ?? 'such file'}`,
      next: 'Leave the option out; a dry run and a comparison have no sub-map.csv, and one without differences no rows.',
    });
  await writeAskedFile(context, path, content);
  return { path };
}
