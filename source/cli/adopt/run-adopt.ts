import { callersAccount } from '../../adapters/operator/caller.ts';
import { legacyTable, lookAtTable } from '../../adapters/operator/legacy-table.ts';
import { bucketReader, bucketWriter } from '../../adapters/operator/stored.ts';
import { adoptedBackup } from '../../domain/adopt/adopted-backup.ts';
import type { AdoptedBackup } from '../../domain/adopt/adopted-backup.ts';
import type { LegacyExport } from '../../domain/adopt/legacy-item.ts';
import type { LegacyFacts, Remarkable } from '../../domain/adopt/legacy-survey.ts';
import { readLegacy } from '../../domain/adopt/read-legacy.ts';
import { writeAdopted } from '../../domain/adopt/write-adopted.ts';
import { countsText, totalOf } from '../../domain/backup/counts.ts';
import { ADOPTED_PREFIX, placeText } from '../../domain/backup/snapshot/place.ts';
import { counted } from '../../domain/counted.ts';
import { Pacer } from '../../domain/pacing/pacer.ts';
import { reportLine } from '../../domain/report-line.ts';
import build from '../../../package.json' with { type: 'json' };
import { CliError } from '../cli-error.ts';
import type { CliContext, CommandAction } from '../context.ts';
import { explained } from '../explain.ts';
import type { Block } from '../output/output.ts';
import { writeAskedFile } from '../private-file.ts';
import { typed } from '../program.ts';
import type { TypedPlace } from '../program.ts';
import { chosenRegion, openSession } from '../session.ts';
import { factBlocks, factData } from './show-facts.ts';

interface AdoptGiven {
  readonly table: string;
  readonly withOlder?: true;
  readonly dryRun?: true;
  readonly save?: string;
  readonly yes?: true;
}

/** Pages of 1 MB: at most 2,560 read units per second, a sixteenth of what a table on demand takes at once in the smallest accounts. */
const PAGES_PER_SECOND = 10;
const REMARKABLE_HEADER = 'sub,sign_in_name,group,found\n';

/** Says what a table of the retired solution holds, and writes it as a snapshot where that is agreed to. */
export const runAdopt: CommandAction = async (context, { options }) => {
  const given = options as unknown as AdoptGiven;
  const place: TypedPlace = options;
  const { output, clock, prompts } = context;
  if (given.dryRun !== true && given.yes !== true && !output.interactive)
    throw new CliError('usage', {
      thing: '--yes',
      found: 'nobody can be asked here, and it was not given',
      next: 'Nothing was written. Look first with --dry-run, then give --yes.',
    });
  assertTableName(given);
  const region = await chosenRegion(context, place);
  const bucket = given.dryRun === true ? undefined : await bucketOfLaunch(context, place, region);
  const at = { region, place };
  const last = await lastExport(context, given, at);
  const remarkable: Remarkable[] = [];
  const backup = await readBackup(context, given, { region, last }, (about) => {
    if (given.save !== undefined) remarkable.push(about);
  });
  assertUndisturbed(given, last, await lastExport(context, given, at));
  if (given.save !== undefined)
    await writeAskedFile(context, given.save, [REMARKABLE_HEADER, ...remarkable.map(remarkableLine)].join(''));
  const { facts, manifest } = backup;
  const blocks: Block[] = [
    ...factBlocks(facts, { table: given.table, now: clock.now() }),
    ...(given.save === undefined
      ? []
      : [{ lines: [`${given.save} names them: personal data, readable by you alone.`] }]),
  ];
  const data = { table: given.table, region, ...factData(facts) };
  if (bucket === undefined) {
    output.summary({ blocks, data: { dry_run: true, ...data }, next: [typed(place, adoptCommand(given))] });
    return 'complete';
  }
  assertAnything(given, facts);
  const snapshot = placeText({ bucket, base: ADOPTED_PREFIX });
  if (given.yes !== true) {
    output.status({ text: `Read ${given.table}.`, lasting: true, blocks });
    if (!(await prompts.confirm(`Write ${countsText(facts.adopted)} as a snapshot to ${snapshot}?`)))
      throw new CliError('refused', {
        thing: `Adoption of ${given.table}`,
        found: 'it was not agreed to',
        next: 'Nothing was written.',
      });
  }
  const written = await write(context, backup, { region, bucket });
  const { runId } = manifest;
  output.summary({
    blocks: [
      ...(given.yes === true ? blocks : []),
      {
        heading: written ? 'Written as a snapshot' : 'Written before, and still there',
        rows: [
          { label: 'run', value: runId },
          { label: 'snapshot', value: snapshot },
        ],
        lines: [
          'It stays until you delete it. No settings of the pool are known from it: a dry run says what could not be checked.',
        ],
      },
    ],
    data: { ...data, run_id: runId, snapshot, written },
    next: [
      typed(place, `diff ${runId}`),
      typed(place, `import --to <new pool> --run ${runId} --snapshot ${snapshot} --dry-run`),
    ],
  });
  return 'complete';
};

/** DynamoDB answers another name with a sentence about its own parameter. */
const TABLE_NAME = /^[\w.-]{3,255}$/;
function assertTableName({ table }: AdoptGiven): void {
  if (TABLE_NAME.test(table)) return;
  throw new CliError('usage', {
    thing: '--table',
    found: `"${table}" is no name of a table`,
    next: 'Give the name as DynamoDB shows it: 3 to 255 letters, digits, dots, dashes and underscores.',
  });
}

/** An export that has ended meanwhile may have deleted what the scan had not come to: nothing of it is one state of the pool. */
function assertUndisturbed({ table }: AdoptGiven, before: LegacyExport, after: LegacyExport): void {
  if (after.exportedAt === before.exportedAt) return;
  throw new CliError('refused', {
    thing: `Table ${table}`,
    found: `an export of the retired solution ended while it was read (latest-export-timestamp is ${new Date(after.exportedAt).toISOString()}, was ${new Date(before.exportedAt).toISOString()})`,
    next: 'Nothing was written. Wait until its ExportWorkflow has ended, or disable its schedule, then repeat the command.',
  });
}

/** A restore from nothing would bring nobody back. */
function assertAnything({ table }: AdoptGiven, { adopted, older }: LegacyFacts): void {
  if (totalOf(adopted) > 0) return;
  throw new CliError('refused', {
    thing: `Table ${table}`,
    found:
      totalOf(older) === 0
        ? 'it holds no users, groups and memberships'
        : `it holds nothing that the last complete export confirmed, and ${countsText(older)} of earlier ones`,
    next:
      totalOf(older) === 0
        ? 'Nothing was written. Check --table and --region.'
        : 'Nothing was written. Give --with-older to take what is older.',
  });
}

const adoptCommand = ({ table, withOlder }: AdoptGiven): string =>
  `adopt --table ${table}${withOlder === true ? ' --with-older' : ''}`;

const remarkableLine = ({ sub, signInName, group, found }: Remarkable): string =>
  reportLine([sub, signInName, group, found]);

/** The mapping-file bucket of the launch in the table's Region: a restore reads it there. */
async function bucketOfLaunch(context: CliContext, place: TypedPlace, region: string): Promise<string> {
  const { installation } = await openSession(context, place, { settled: true });
  const there = installation.regions.find((one) => one.region === region);
  if (there !== undefined) return there.bucket;
  throw new CliError('notFound', {
    thing: `Launch ${installation.stackName}`,
    found: `it has no bucket in ${region}`,
    next: `Work in one of its Regions: ${installation.regions.map((one) => one.region).join(', ')}.`,
  });
}

async function lastExport(
  { clients }: CliContext,
  { table }: AdoptGiven,
  { region, place }: { readonly region: string; readonly place: TypedPlace },
): Promise<LegacyExport> {
  const thing = `Table ${table} in ${region}`;
  const found = await lookAtTable(clients.dynamoDb(region), table).catch((error: unknown) => {
    throw explained(thing, error);
  });
  if (typeof found === 'object') return found.last;
  throw {
    absent: new CliError('notFound', {
      thing,
      found: 'there is no such table',
      next: 'Check --table, and --region: the Region in which it lies, of the pool or of its replica.',
    }),
    ours: new CliError('refused', {
      thing,
      found: 'it is a table of this product, not of the retired solution',
      next: `Restore from it as it is: ${typed(place, `import --to <new pool> --table ${table}`)}`,
    }),
    other: new CliError('refused', {
      thing,
      found:
        'it has no item latest-export-timestamp: it is no table of the retired solution, or none of its exports ever ended',
      next: 'Check --table. If the pool still exists, launch beside it: the first export of its own needs no adoption.',
    }),
  }[found];
}

async function readBackup(
  context: CliContext,
  { table, withOlder }: AdoptGiven,
  { region, last }: { readonly region: string; readonly last: LegacyExport },
  tell: (about: Remarkable) => void,
): Promise<AdoptedBackup> {
  const { clients, clock, output } = context;
  const pacer = new Pacer({ callsPerSecond: PAGES_PER_SECOND, clock });
  const source = legacyTable(clients.dynamoDb(region), table, { pacer, clock });
  try {
    const content = await readLegacy(source, last, (items) =>
      output.status({ text: `Reading ${table}: ${counted(items, 'item')}`, data: { items } }),
    );
    return adoptedBackup(content, { withOlder: withOlder === true, softwareVersion: `v${build.version}`, tell });
  } catch (error) {
    throw explained(`Table ${table} in ${region}`, error);
  }
}

async function write(
  { clients, output }: CliContext,
  backup: AdoptedBackup,
  { region, bucket }: { readonly region: string; readonly bucket: string },
): Promise<boolean> {
  const client = clients.s3(region);
  const of = Math.max(1, totalOf(backup.facts.adopted));
  try {
    const owner = await callersAccount(clients.sts(region));
    return await writeAdopted(
      { ...bucketReader(client, bucket), ...bucketWriter(client, bucket, owner) },
      backup,
      (items) => output.status({ text: 'Writing the snapshot', percentDone: (100 * items) / of, data: { items, of } }),
    );
  } catch (error) {
    throw explained(`s3://${bucket}/${ADOPTED_PREFIX}`, error);
  }
}
