import { arrow, label, rectangle, svgDocument } from './svg.ts';

export interface TemplateResource {
  readonly Type: string;
  readonly Condition?: string;
}
export type Resources = Readonly<Record<string, TemplateResource>>;

/** What the picture names; each is looked up in the templates, so a renamed resource breaks the drawing. */
const PRIMARY_ONLY = ['ExportWorkflow'];
const BOTH = ['ImportWorkflow'];

/** Draws the two Regions with what the two templates put into them: counts come from the templates themselves. */
export function regionsPicture(main: Resources, stackSet: Resources): string {
  for (const name of [...PRIMARY_ONLY, ...BOTH])
    if (stackSet[name]?.Type !== 'AWS::StepFunctions::StateMachine')
      throw new Error(`The StackSet template has no state machine ${name}.`);
  for (const name of PRIMARY_ONLY)
    if (stackSet[name]?.Condition === undefined) throw new Error(`${name} must exist in the primary Region only.`);
  if (main['BackupTable']?.Type !== 'AWS::DynamoDB::Table') throw new Error('The main template has no BackupTable.');
  const primary = Object.entries(stackSet);
  const secondary = primary.filter(([, { Condition }]) => Condition === undefined);
  return svgDocument(900, 470, 'Backup from the primary Region, restore in either', [
    ...region(20, 'Primary Region', true, counts(primary)),
    ...region(470, 'Backup Region', false, counts(secondary)),
    arrow('M330 258 H568'),
    label(449, 250, 'replication', { size: 12 }),
  ]);
}

const counts = (named: readonly (readonly [string, TemplateResource])[]): string => {
  const of = (type: string): number => named.filter(([, { Type }]) => Type === type).length;
  const deadLetter = named.filter(
    ([name, { Type }]) => Type === 'AWS::SQS::Queue' && name.includes('DeadLetter'),
  ).length;
  return [
    `${of('AWS::Lambda::Function')} functions, each with its own role`,
    `${of('AWS::SQS::Queue') - deadLetter} queues and ${deadLetter} dead-letter queues`,
    `${of('AWS::S3::Bucket')} buckets, ${of('AWS::SNS::Topic')} topic`,
  ].join('|');
};

function region(x: number, title: string, isPrimary: boolean, summary: string): string[] {
  const middle = x + 205;
  const inner = x + 100;
  return [
    rectangle({ x, y: 20, width: 410, height: 430 }, '#fafbfd', '#9aa7b8'),
    label(x + 16, 46, title, { size: 16, weight: 600, anchor: 'start' }),
    ...(isPrimary
      ? [
          ...box(inner, 62, 'User pool', '#fdeef3', '#b73a72'),
          arrow(`M${middle} 102 V122`),
          ...box(inner, 124, 'ExportWorkflow', '#e8f1fc', '#2f6fb7'),
          label(middle + 112, 148, 'on a schedule', { size: 11, anchor: 'start' }),
          arrow(`M${middle} 164 V236`),
        ]
      : []),
    ...box(inner, 238, isPrimary ? 'BackupTable' : 'BackupTable (replica)', '#e6f6ea', '#2f8a4c'),
    arrow(`M${middle} 278 V298`),
    ...box(inner, 300, 'ImportWorkflow', '#e8f1fc', '#2f6fb7'),
    arrow(`M${middle} 340 V360`),
    ...box(inner, 362, 'new, empty user pool', '#fdeef3', '#b73a72'),
    label(middle, 424, summary.split('|').slice(0, 1).join(''), { size: 11, fill: '#48566a' }),
    label(middle, 440, summary.split('|').slice(1).join(', '), { size: 11, fill: '#48566a' }),
  ];
}

const box = (x: number, y: number, text: string, fill: string, stroke: string): string[] => [
  rectangle({ x, y, width: 210, height: 40 }, fill, stroke),
  label(x + 105, y + 25, text, { weight: 500 }),
];
