import { SeededRandom } from '../demo/seed/random.ts';
import { FAULT_KINDS, SHORT_PAGES } from './faults.ts';
import type { FaultKind } from './faults.ts';
import { PRIMARY, SECONDARY } from '../deploy/regions.ts';
import type { Region } from '../deploy/regions.ts';
import { ATTEMPTS, DAMAGES } from './mass-damage.ts';
import type { Damage, DamagePlan } from './mass-damage.ts';
import { selectionPlanOf, tellSelection } from './selection/plan.ts';
import type { SelectionPlan } from './selection/plan.ts';
import { SIGN_INS } from './sign-in.ts';
import type { SignIn } from './sign-in.ts';

/** What people and the rest of the world do while a workflow runs. */
const EXPORT_EVENTS = [
  'none',
  'pool changes',
  'stopped by hand',
  'two starts at once',
  'a second start',
  'backup Region down',
] as const;
const IMPORT_EVENTS = [
  'none',
  'stopped by hand',
  'two starts at once',
  'a second start',
  'primary Region down',
  'upload URL expires',
  'log role cannot be assumed',
] as const;

/** One seed's run: an export under faults and a restore under faults. */
export interface ChaosPlan {
  readonly seed: number;
  readonly signIn: SignIn;
  readonly region: Region;
  readonly exportFaults: readonly FaultKind[];
  readonly exportEvent: (typeof EXPORT_EVENTS)[number];
  readonly importFaults: readonly FaultKind[];
  readonly importEvent: (typeof IMPORT_EVENTS)[number];
  /** The restore reads the table, or the snapshot of the last run. */
  readonly importFrom: 'table' | 'snapshot';
  /** Between the export and the restore the pool is damaged, and exported again and again. */
  readonly damage: DamagePlan | undefined;
  /** After an accident in the living pool, single users and groups are restored into it, and that is undone. */
  readonly selection: SelectionPlan | undefined;
  /** Strangers, users and administrators are at work in the new pool while it is being restored. */
  readonly people: boolean;
}

const FAULTS_AT_A_TIME = 3;
/** Shares of the seeds with people in the new pool (a minute or two longer), and with a damaged pool (less than one). */
const WITH_PEOPLE = 0.12;
const WITH_DAMAGE = 0.15;
/** Every so manyth seed restores single users and groups, too: a minute more. */
const SELECTIONS_APART = 4;

/** The plan of a seed: always the same. Consecutive seeds go through all kinds of faults and events in turn. */
export function planOf(seed: number): ChaosPlan {
  const random = new SeededRandom(seed);
  const exportEvent = EXPORT_EVENTS[seed % EXPORT_EVENTS.length] as ChaosPlan['exportEvent'];
  const more = new SeededRandom(seed * 43 + 11).next();
  const importEvent = IMPORT_EVENTS[seed % IMPORT_EVENTS.length] as ChaosPlan['importEvent'];
  return {
    seed,
    signIn: signInOf(seed),
    region: importEvent === 'primary Region down' || random.chance(0.5) ? SECONDARY : PRIMARY,
    // What changes meanwhile must fall between two pages.
    exportFaults: faultsFor('export', seed, random, exportEvent === 'pool changes' ? [SHORT_PAGES] : []),
    exportEvent,
    importFaults: faultsFor('import', seed, random),
    importEvent,
    importFrom: seed % 3 === 1 ? 'snapshot' : 'table',
    people: more < WITH_PEOPLE,
    selection: seed % SELECTIONS_APART === 2 ? selectionPlanOf(seed) : undefined,
    damage: more >= WITH_PEOPLE && more < WITH_PEOPLE + WITH_DAMAGE ? damageOf(seed) : undefined,
  };
}

/** One in eight pools takes two kinds of addresses; the others go through the other ways in turn. */
const signInOf = (seed: number): SignIn => (seed % 8 === 5 ? 'email-phone' : (OTHERS[seed % OTHERS.length] as SignIn));
const OTHERS = SIGN_INS.filter((signIn) => signIn !== 'email-phone');

/** The kinds of damage by turns; the exports by chance; of those that are allowed, the first is cut short. */
function damageOf(seed: number): DamagePlan {
  const random = new SeededRandom(seed * 17 + 3);
  return {
    damage: DAMAGES[Math.floor(seed / 3) % DAMAGES.length] as Damage,
    refused: [random.pick(ATTEMPTS)],
    allowed: ['stopped while it changes the table', ...(random.chance(0.5) ? [random.pick(ATTEMPTS)] : [])],
  };
}

/** The same seed, of which only the export and the restore of single users and groups are run. */
export const onlySelection = (seed: number): ChaosPlan => ({
  ...planOf(seed),
  damage: undefined,
  people: false,
  selection: selectionPlanOf(seed),
});

/** Two kinds by turns, the others by chance. */
function faultsFor(
  during: 'export' | 'import',
  seed: number,
  random: SeededRandom,
  always: readonly string[] = [],
): FaultKind[] {
  const kinds = FAULT_KINDS.filter((kind) => kind.during === during || kind.during === 'both');
  const byTurns = [seed, seed + Math.floor(kinds.length / 2)].map((turn) => kinds[turn % kinds.length] as FaultKind);
  const chosen = new Set(byTurns);
  while (chosen.size < FAULTS_AT_A_TIME) chosen.add(random.pick(kinds));
  return kinds.filter((kind) => chosen.has(kind) || always.includes(kind.name));
}

export const tellPlan = ({
  seed,
  signIn,
  region,
  exportFaults,
  exportEvent,
  importFaults,
  importEvent,
  importFrom,
  damage,
  selection,
  people,
}: ChaosPlan): string =>
  [
    `seed ${seed}: pool with ${signIn} sign-in`,
    `  export: ${[...exportFaults.map(({ name }) => name), ...(exportEvent === 'none' ? [] : [exportEvent])].join('; ')}`,
    ...(damage === undefined ? [] : [`  ${tellDamage(damage)}`]),
    ...(selection === undefined ? [] : [tellSelection(selection)]),
    `  import in ${region} from the ${importFrom}: ${[...importFaults.map(({ name }) => name), ...(importEvent === 'none' ? [] : [importEvent]), ...(people ? ['strangers sign up and people change things'] : [])].join('; ')}`,
  ].join('\n');

const tellDamage = ({ damage, refused, allowed }: DamagePlan): string =>
  `then ${damage}: exports that a guard refuses (${refused.join('; ')}), the import, and exports that are allowed (${allowed.join('; ')})`;
