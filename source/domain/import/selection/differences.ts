import { changedAttributes } from '../../digests/user-content.ts';
import type { PoolUser } from '../../model.ts';
import type { MeantUser } from './asked.ts';
import type { Contact } from './attributes.ts';
import { lineAbout } from './decisions.ts';
import type { Decision, GroupDecision, UserDecision } from './decisions.ts';
import { selectionDifferenceLine } from './report.ts';
import type { SelectionDifference } from './report.ts';

/** The two sides of the users who were decided about. */
export interface Sides {
  /** By `sub` in the backup. */
  readonly backup: ReadonlyMap<string, MeantUser>;
  /** By `sub` in the pool. */
  readonly accounts: ReadonlyMap<string, PoolUser>;
  /** By `sub` in the backup: addresses by which somebody else signs in by now. */
  readonly taken: ReadonlyMap<string, readonly Contact[]>;
}

type Row = Omit<SelectionDifference, 'field' | 'inPool' | 'inBackup'>;

/** The lines of differences.csv: at least one for everything that was decided about. */
export function* differenceLines(decisions: readonly Decision[], sides: Sides): Generator<string, void, undefined> {
  for (const decision of decisions) {
    const fields = fieldsOf(decision, sides);
    const row: Row = {
      ...lineAbout(decision),
      poolSub: decision.kind === 'group' ? '' : (decision.poolSub ?? ''),
      what: whatOf(decision, sides),
    };
    if (fields.length === 0) yield selectionDifferenceLine({ ...row, field: '', inPool: '', inBackup: '' });
    for (const [field, inPool, inBackup] of fields) yield selectionDifferenceLine({ ...row, field, inPool, inBackup });
  }
}

/** Why it is not as in the backup, or what will be missing; what is set the fields tell. */
function whatOf(decision: Decision, { taken }: Sides): string {
  const addresses = decision.kind === 'user' ? (taken.get(decision.sub) ?? []) : [];
  const told = decision.what === '' ? [] : decision.what.split('; ');
  return [
    ...(isSet(decision) ? told.slice(1) : told),
    ...addresses.map((contact) => `${contact}: another user of the pool signs in by it, and keeps it`),
  ].join('; ');
}

/** Then the first that is told is what is set. */
const isSet = (decision: Decision): boolean =>
  (decision.kind === 'user' && (decision.set ?? decision.links) !== undefined) ||
  (decision.kind === 'group' && decision.set !== undefined);

type Field = readonly [field: string, inPool: string, inBackup: string];

function fieldsOf(decision: Decision, sides: Sides): readonly Field[] {
  if (decision.kind === 'group') return groupFields(decision);
  if (decision.kind === 'membership')
    return decision.op === undefined
      ? []
      : [['membership', decision.op === 'add' ? 'no' : 'yes', decision.op === 'add' ? 'yes' : 'no']];
  return userFields(decision, sides);
}

const groupFields = ({ make, set }: GroupDecision): Field[] => [
  ...Object.entries(make ?? {}).map(([field, value]): Field => [field, '', String(value)]),
  ...(set ?? []).map(({ field, before, after }): Field => [field, String(before ?? ''), String(after ?? '')]),
];

/** Of an account that both sides have, or whose name is somebody else's, everything that differs; of a new one what it gets. */
function userFields(decision: UserDecision, { backup, accounts }: Sides): Field[] {
  const { sub, poolSub, result, make, prelink, set, links } = decision;
  const account = accounts.get(poolSub ?? '');
  const held = backup.get(sub)?.user.attributes.identities ?? '';
  const linked: Field[] =
    (links ?? prelink?.links) === undefined ? [] : [['identities', account?.attributes.identities ?? '', held]];
  const made = make?.user.attributes ?? prelink?.attributes;
  const isDisabled = backup.get(sub)?.user.enabled === false;
  if (made !== undefined)
    return [
      ...Object.entries(made).map(([name, value]): Field => [name, '', value]),
      ...linked,
      ...(isDisabled ? [['enabled', '', 'false'] as const] : []),
    ];
  if (account === undefined) return [];
  const found = backup.get(sub);
  if (found === undefined)
    return [
      ...(set?.attributes ?? []).map(({ name, value }): Field => [name, account.attributes[name] ?? '', value ?? '']),
      ...(set?.enabled === undefined ? [] : [['enabled', String(account.enabled), String(set.enabled)] as const]),
    ];
  const { user } = found;
  return [
    ...changedAttributes(user.attributes, account.attributes).map((name): Field => [
      name,
      account.attributes[name] ?? '',
      user.attributes[name] ?? '',
    ]),
    ...linked,
    ...(user.enabled === account.enabled ? [] : [['enabled', String(account.enabled), String(user.enabled)] as const]),
    // By these a person tells whose account it is; nobody writes them.
    ...(result === 'collision'
      ? [['status', account.status, user.status] as const, ['created', account.created, user.created] as const]
      : []),
  ];
}
