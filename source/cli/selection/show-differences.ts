import type { SelectedThing } from '../../domain/operator/selection/selected-things.ts';
import { fieldCounts, isWritten, reasonCounts } from '../../domain/operator/selection/selected-things.ts';
import { inOptions } from '../../domain/operator/in-options.ts';
import { wordsFor } from '../../domain/operator/selection/words.ts';
import { counted, number } from '../../domain/counted.ts';
import type { Block, Row, Tone } from '../output/output.ts';

/** Users and groups that are shown one by one; of more only counts. */
export const FEW = 20;
/** Fields that are counted by name. */
const FIELDS_SHOWN = 20;

/** The two sides of a difference, in words. */
export interface SideWords {
  readonly pool: string;
  readonly backup: string;
}
/** Of a restore; an undo has what the pool holds now and what it held before. */
export const RESTORE_SIDES: SideWords = { pool: 'in the pool', backup: 'in the backup' };
export const UNDO_SIDES: SideWords = { pool: 'now', backup: 'before' };

const TONES: Partial<Record<SelectedThing['result'], Tone>> = {
  collision: 'bad',
  notInBackup: 'bad',
  failed: 'bad',
  gone: 'warning',
  changedSince: 'warning',
  created: 'good',
  updated: 'good',
  undone: 'good',
};

/** What would be written: by user and field where they are few, else in counts. */
export function differenceBlocks(things: readonly SelectedThing[], sides: SideWords): readonly Block[] {
  const heads = things.filter(({ kind }) => kind !== 'membership');
  if (heads.length > FEW) return countBlocks(things);
  const owned = new Set<SelectedThing>();
  const blocks = heads.map((head) => {
    const memberships = things.filter(
      ({ kind, sub, group }) =>
        kind === 'membership' && (head.kind === 'user' ? sub === head.sub : group === head.group),
    );
    for (const membership of memberships) owned.add(membership);
    return headBlock(head, memberships, sides);
  });
  const others = things.filter((thing) => thing.kind === 'membership' && !owned.has(thing));
  return [
    ...blocks,
    ...(others.length === 0 ? [] : [{ heading: 'Memberships', rows: membershipRows(others, 'user') }]),
  ];
}

function headBlock(head: SelectedThing, memberships: readonly SelectedThing[], sides: SideWords): Block {
  const name = head.kind === 'group' ? `Group ${head.group}` : nameOf(head);
  return {
    heading: `${name}: ${wordsFor(head.result, head.kind).planned}`,
    rows: [
      ...head.fields.map((field) => fieldRow(field, sides)),
      ...membershipRows(memberships, head.kind === 'user' ? 'group' : 'user'),
    ],
    ...linesOf([head.what === '' ? '' : sentence(head.what), head.run === '' ? '' : `As in the run ${head.run}.`]),
  };
}

const linesOf = (lines: readonly string[]): { readonly lines?: readonly string[] } => {
  const some = lines.filter((line) => line !== '');
  return some.length === 0 ? {} : { lines: some };
};

/** Why, or what will be missing: to whoever types commands. */
const told = (what: string): string => inOptions('ImportWorkflow', what);

const sentence = (what: string): string => {
  const text = told(what);
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`;
};

/** How a user is called: the name with the sub, of whom the backup has one. */
export const nameOf = ({ name, sub }: Pick<SelectedThing, 'name' | 'sub'>): string =>
  name === '' ? sub : sub === '' || sub === name ? name : `${name} (sub ${sub})`;

const shown = (value: string): string => (value === '' ? 'nothing' : value);

/** One field with both sides. */
export const fieldRow = ({ field, inPool, inBackup }: SelectedThing['fields'][number], sides: SideWords): Row => ({
  label: field,
  value: `${sides.pool}: ${shown(inPool)}; ${sides.backup}: ${shown(inBackup)}`,
});

function membershipRows(memberships: readonly SelectedThing[], by: 'user' | 'group'): readonly Row[] {
  if (memberships.length > FEW) return countRows(memberships);
  return memberships.map((one) => ({
    label: by === 'group' ? `group ${one.group}` : nameOf(one),
    value: withReason(wordsFor(one.result, 'membership').planned, one.what),
    ...toneOf(one.result),
  }));
}

/** How a result is to be taken. */
export const toneOf = (result: SelectedThing['result']): { readonly tone?: Tone } => {
  const tone = TONES[result];
  return tone === undefined ? {} : { tone };
};

/** What becomes of it, and why. */
export const withReason = (words: string, why: string): string => (why === '' ? words : `${words}: ${told(why)}`);

const countRows = (things: readonly SelectedThing[]): readonly Row[] =>
  reasonCounts(things).map(({ kind, result, reason, count }) => ({
    label: counted(count, kind),
    value: withReason(wordsFor(result, kind).planned, reason),
    ...toneOf(result),
  }));

function countBlocks(things: readonly SelectedThing[]): readonly Block[] {
  const fields = fieldCounts(things.filter(({ kind }) => kind !== 'membership'));
  const lacking = things.filter((thing) => thing.kind === 'user' && thing.what !== '' && isWritten(thing)).length;
  return [
    {
      heading: 'What differs',
      rows: countRows(things),
      ...linesOf([
        lacking === 0 ? '' : `${counted(lacking, 'user')} not quite as in the backup: differences.csv says why.`,
      ]),
    },
    ...(fields.length === 0
      ? []
      : [
          {
            heading: 'Fields that differ',
            rows: fields.slice(0, FIELDS_SHOWN).map(([field, count]) => ({ label: field, value: number(count) })),
            ...(fields.length > FIELDS_SHOWN ? { lines: [`and ${fields.length - FIELDS_SHOWN} more`] } : {}),
          },
        ]),
  ];
}
