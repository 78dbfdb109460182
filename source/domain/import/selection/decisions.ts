import * as v from 'valibot';
import { externalIdentityShape, prelinkShape } from '../plan/identity-plan.ts';
import { restoreUserShape } from '../plan/plan-model.ts';
import { countShape, subShape } from '../../state/shape.ts';
import type { Stored } from '../../state/shape.ts';
import { SELECTION_RESULTS } from './report.ts';
import type { ResultRow } from './report.ts';

const valueShape = v.nullable(v.string());

const { groups: _decidedApart, ...prelinked } = prelinkShape.entries;
const prelinkedUserShape = v.object(prelinked);

const attributeWantedShape = v.object({
  name: v.string(),
  /** What it shall be; null: the attribute shall be gone. */
  value: valueShape,
  /** Only where the pool still holds this, as an undo asks; absent: whatever it holds. */
  replaces: v.exactOptional(valueShape),
});
/** One attribute that an account shall have. */
export type AttributeWanted = Stored<typeof attributeWantedShape>;

const settingShape = v.nullable(v.union([v.string(), countShape]));
const groupSettingShape = v.object({
  field: v.picklist(['description', 'precedence']),
  before: settingShape,
  after: settingShape,
  /** As of an attribute. */
  replaces: v.exactOptional(settingShape),
});
/** One setting of a group that changes. */
export type GroupSetting = Stored<typeof groupSettingShape>;

const settled = {
  /** What becomes of it if nothing goes wrong; already the end where there is nothing to do. */
  result: v.picklist(SELECTION_RESULTS),
  what: v.string(),
  /** The run that it was read from; empty where there is none. */
  run: v.string(),
};
const ofUser = {
  /** In the backup. */
  sub: v.string(),
  name: v.string(),
  /** Of the account in the pool; absent as long as there is none. */
  poolSub: v.exactOptional(subShape),
};

export const decisionShape = v.variant('kind', [
  v.object({
    kind: v.literal('group'),
    group: v.string(),
    ...settled,
    /** It is created so. */
    make: v.exactOptional(
      v.object({
        description: v.exactOptional(v.string()),
        precedence: v.exactOptional(countShape),
        roleArn: v.exactOptional(v.string()),
      }),
    ),
    set: v.exactOptional(v.array(groupSettingShape)),
    /** The role that the group has and keeps: every write of settings gives it again. */
    keepsRole: v.exactOptional(v.string()),
  }),
  v.object({
    kind: v.literal('user'),
    ...ofUser,
    ...settled,
    /** The user is created so: one by one and why, or by an import job. */
    make: v.exactOptional(
      v.object({
        user: restoreUserShape,
        why: v.string(),
        /** Of an import job: data row of its CSV, from 1. */
        row: v.exactOptional(v.object({ chunk: countShape, line: countShape })),
      }),
    ),
    /** The account gets these values. */
    set: v.exactOptional(
      v.object({ attributes: v.array(attributeWantedShape), enabled: v.exactOptional(v.boolean()) }),
    ),
    /** A user of an identity provider is made so before the next sign-in. */
    prelink: v.exactOptional(prelinkedUserShape),
    /** The account is linked to these, once everything else is written. */
    links: v.exactOptional(v.array(externalIdentityShape)),
    /** Something of the user cannot come back whatever happens; `what` says what. */
    lacks: v.exactOptional(v.literal(true)),
  }),
  v.object({
    kind: v.literal('membership'),
    ...ofUser,
    group: v.string(),
    ...settled,
    op: v.exactOptional(v.picklist(['add', 'remove'])),
  }),
]);
/** What is decided about one user, group or membership; one JSON line each, groups first, memberships last. */
export type Decision = Stored<typeof decisionShape>;
/** Of a group. */
export type GroupDecision = Extract<Decision, { readonly kind: 'group' }>;
/** Of a user. */
export type UserDecision = Extract<Decision, { readonly kind: 'user' }>;
/** Of a membership. */
export type MembershipDecision = Extract<Decision, { readonly kind: 'membership' }>;

/** What every line of a selection's files says of a decision. */
export const lineAbout = (decision: Decision): Pick<ResultRow, 'sub' | 'name' | 'group' | 'result' | 'run'> => ({
  sub: decision.kind === 'group' ? '' : decision.sub,
  name: decision.kind === 'group' ? '' : decision.name,
  group: decision.kind === 'user' ? '' : decision.group,
  result: decision.result,
  run: decision.run,
});

/** The selection makes the user. */
export const isMade = ({ make, prelink }: Pick<UserDecision, 'make' | 'prelink'>): boolean =>
  (make ?? prelink) !== undefined;

/** In which row of an import job the user is, where one is to bring it. */
export const rowOf = (decision: Decision): NonNullable<UserDecision['make']>['row'] =>
  decision.kind === 'user' ? decision.make?.row : undefined;

/** Whether anything is to be written for it. */
export const isWork = (decision: Decision): boolean => {
  switch (decision.kind) {
    case 'membership':
      return decision.op !== undefined;
    case 'group':
      return (decision.make ?? decision.set) !== undefined;
    case 'user':
      return isMade(decision) || (decision.set ?? decision.links) !== undefined;
  }
};
