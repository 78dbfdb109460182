import { toSvg } from './drawing.ts';
import type { Area, DrawnBox, Drawing, DrawnLine } from './drawing.ts';

export interface TemplateResource {
  readonly Type: string;
  readonly Condition?: string;
}
export type Resources = Readonly<Record<string, TemplateResource>>;

/** What the picture names, with its type and the condition of the StackSet template under which it exists. */
const NAMED: readonly (readonly [name: string, type: string, condition?: string])[] = [
  ['ExportWorkflow', 'AWS::StepFunctions::StateMachine', 'IsPrimaryRegion'],
  ['ExportSchedule', 'AWS::Events::Rule', 'IsPrimaryRegion'],
  ['VerifySchedule', 'AWS::Events::Rule', 'IsBackupRegion'],
  ['ImportWorkflow', 'AWS::StepFunctions::StateMachine'],
  ['VerifyWorkflow', 'AWS::StepFunctions::StateMachine'],
  ['DrillWorkflow', 'AWS::StepFunctions::StateMachine'],
  ['MappingFileBucket', 'AWS::S3::Bucket'],
  ['WorkflowTopic', 'AWS::SNS::Topic'],
];
const SMALL = { size: 12, className: 'muted' } as const;
const FRAME = { width: 375, height: 572 };
const BOX = { width: 150, height: 34 };
const [MARGIN, BETWEEN] = [20, 100];
/** The upper edges of the rows of boxes. */
const ROW = { pool: 70, start: 132, kept: 226, work: 306, result: 368, drill: 438, topic: 502 };

/** Draws the two Regions with what the two templates put into them, as SVG. */
export const regionsPicture = (main: Resources, stackSet: Resources): string => toSvg(regionsDrawing(main, stackSet));

/**
 * The two Regions, with counts from the templates themselves.
 * @throws Error when a resource that the picture names is renamed, or exists in another Region than the picture says
 */
export function regionsDrawing(main: Resources, stackSet: Resources): Drawing {
  if (main['BackupTable']?.Type !== 'AWS::DynamoDB::Table') throw new Error('The main template has no BackupTable.');
  for (const [name, type, condition] of NAMED) {
    const found = stackSet[name];
    if (found?.Type !== type) throw new Error(`The StackSet template has no ${name} of type ${type}.`);
    if (found.Condition !== condition)
      throw new Error(`${name} has the condition ${found.Condition}, the picture expects ${condition}.`);
  }
  const primary = region(MARGIN, true, counts(stackSet, 'IsBackupRegion'));
  const backup = region(MARGIN + FRAME.width + BETWEEN, false, counts(stackSet, 'IsPrimaryRegion'));
  const y = ROW.kept + BOX.height / 2;
  return {
    title: 'Backup from the primary Region, restore in either',
    width: 2 * (MARGIN + FRAME.width) + BETWEEN,
    height: 2 * MARGIN + FRAME.height,
    boxes: [...primary.boxes, ...backup.boxes],
    texts: [
      ...primary.texts,
      ...backup.texts,
      { x: MARGIN + FRAME.width + BETWEEN / 2, y: y - 12, lines: ['replication'], ...SMALL },
    ],
    lines: [
      ...primary.lines,
      ...backup.lines,
      {
        from: 'BackupTable',
        to: 'replica',
        points: [
          { x: primary.table.x + BOX.width, y },
          { x: backup.table.x, y },
        ],
      },
    ],
  };
}

/** How much of each kind the Region has: everything but what exists under the condition of the other Region. */
function counts(stackSet: Resources, otherRegion: string): string[] {
  const named = Object.entries(stackSet).filter(([, { Condition }]) => Condition !== otherRegion);
  const of = (type: string, part = ''): number =>
    named.filter(([name, { Type }]) => Type === type && name.includes(part)).length;
  const deadLetter = of('AWS::SQS::Queue', 'DeadLetter');
  return [
    `${of('AWS::Lambda::Function')} functions, each with its own role; ${of('AWS::S3::Bucket')} buckets`,
    `${of('AWS::SQS::Queue') - deadLetter} queues and ${deadLetter} dead-letter queues`,
  ];
}

type Parts = Pick<Drawing, 'boxes' | 'texts' | 'lines'>;

const box = (x: number, y: number, text: string, className: string): DrawnBox => ({ x, y, text, className, ...BOX });
const middle = (x: number): number => x + BOX.width / 2;
/** A line straight up or down. */
const vertical = (from: string, to: string, x: number, y: number, end: number): DrawnLine => ({
  from,
  to,
  points: [
    { x, y },
    { x, y: end },
  ],
});

/** A line from one box to the one beside it, whichever of them stands on the left. */
function across(from: string, to: string, x: number, end: number, row: number): DrawnLine {
  const y = row + BOX.height / 2;
  const isRight = end > x;
  return {
    from,
    to,
    points: [
      { x: isRight ? x + BOX.width : x, y },
      { x: isRight ? end : end + BOX.width, y },
    ],
  };
}

/** One Region; its table stands on the side of the other Region. */
function region(left: number, isPrimary: boolean, summary: readonly string[]): Parts & { readonly table: Area } {
  const sides = [left + 18, left + FRAME.width - 18 - BOX.width] as const;
  const [tableX, otherX] = isPrimary ? [sides[1], sides[0]] : sides;
  const table = box(tableX, ROW.kept, 'BackupTable', 'green');
  const backup = { x: left + 9, y: ROW.kept - 28, width: FRAME.width - 18, height: 72, className: 'legend' };
  const title = isPrimary ? 'Primary Region' : 'Backup Region';
  const only = isPrimary ? exporting(tableX, otherX, backup) : verifying(tableX, otherX, backup);
  return {
    table,
    boxes: [
      { x: left, y: MARGIN, ...FRAME, className: 'frame' },
      backup,
      table,
      box(otherX, ROW.kept, 'snapshots in S3', 'green'),
      box(tableX, ROW.work, 'ImportWorkflow', 'blue'),
      box(otherX, ROW.work, 'VerifyWorkflow', 'blue'),
      box(tableX, ROW.result, 'new user pool', 'pink'),
      box(tableX, ROW.drill, 'DrillWorkflow', 'blue'),
      box(otherX, ROW.drill, 'pool of a drill', 'pink'),
      { ...box(sides[0], ROW.topic, 'WorkflowTopic: e-mail from each workflow', 'grey'), width: FRAME.width - 36 },
      ...only.boxes,
    ],
    texts: [
      { x: left + 16, y: 42, lines: [title], size: 16, weight: 600, anchor: 'start' },
      { x: backup.x + 9, y: backup.y + 14, lines: ['Backup'], ...SMALL, anchor: 'start' },
      { x: left + FRAME.width / 2, y: ROW.topic + BOX.height + 24, lines: summary, ...SMALL },
      ...only.texts,
    ],
    lines: [
      vertical('Backup', 'ImportWorkflow', middle(tableX), backup.y + backup.height, ROW.work),
      vertical('Backup', 'VerifyWorkflow', middle(otherX), backup.y + backup.height, ROW.work),
      vertical('ImportWorkflow', 'new user pool', middle(tableX), ROW.work + BOX.height, ROW.result),
      across('DrillWorkflow', 'pool of a drill', tableX, otherX, ROW.drill),
      ...only.lines,
    ],
  };
}

/** What only the primary Region has: the pool, and ExportWorkflow with its schedule. */
const exporting = (tableX: number, otherX: number, backup: Area): Parts => ({
  boxes: [
    box(tableX, ROW.pool, 'user pool', 'pink'),
    box(tableX, ROW.start, 'ExportWorkflow', 'blue'),
    box(otherX, ROW.start, 'ExportSchedule', 'yellow'),
  ],
  texts: [{ x: middle(otherX), y: ROW.start - 12, lines: ['every hour to every 30 days'], ...SMALL }],
  lines: [
    vertical('user pool', 'ExportWorkflow', middle(tableX), ROW.pool + BOX.height, ROW.start),
    vertical('ExportWorkflow', 'Backup', middle(tableX), ROW.start + BOX.height, backup.y),
    across('ExportSchedule', 'ExportWorkflow', otherX, tableX, ROW.start),
  ],
});

/** What only the backup Region has: the schedule of VerifyWorkflow, which keeps the snapshots of this Region. */
const verifying = (tableX: number, otherX: number, backup: Area): Parts => ({
  boxes: [box(otherX, ROW.result, 'VerifySchedule', 'yellow')],
  texts: [
    { x: middle(otherX), y: ROW.result + BOX.height + 12, lines: ['every hour'], ...SMALL },
    {
      x: (tableX + otherX + BOX.width) / 2,
      y: ROW.start + BOX.height / 2,
      lines: ['A restore here needs nothing', 'of the primary Region.'],
      ...SMALL,
    },
  ],
  lines: [
    vertical('VerifySchedule', 'VerifyWorkflow', middle(otherX), ROW.result, ROW.work + BOX.height),
    vertical('VerifyWorkflow', 'snapshots in S3', middle(otherX) + 40, ROW.work, backup.y + backup.height - 10),
  ],
});
