import { isSeen, Mark } from '../../comparison/mark.ts';
import { countedAll } from '../../counted.ts';
import { Bitmap } from '../../digests/digest-table.ts';
import { readNdjson } from '../../state/ndjson.ts';
import { lossesOf } from '../plan/attribute-loss.ts';
import type { FailureRow } from '../plan/csv-rows.ts';
import { NO_RECOVERY, NOT_OFFERED, OFFERED_TO_NOBODY, recoveryAddresses } from '../csv/recovery.ts';
import { failureShape, failuresPrefix } from '../plan/failures.ts';
import { excludedRows } from '../plan/excluded-rows.ts';
import type { PlannedGroup } from '../plan/plan-model.ts';
import type { CheckRun } from '../reconcile/check-run.ts';
import { itemsOf, userSources } from '../reconcile/walk.ts';
import type { UserNotes } from '../reconcile/notes.ts';
import { hasNoPassword, isNotOffered } from '../reconcile/plan-marks.ts';
import { CHANGED_SINCE, groupRefusal, KEPT_AS_CHANGED, NOTHING_INSTEAD, problemRows } from './problem-rows.ts';
import type { DifferingAttributes } from './problem-rows.ts';

const CREATED = 'created one by one with a permanent random password that nobody knows';
const NEW_STATUS = 'status CONFIRMED; the user sets a password by "forgot password"';
const CONFIRMED = 'status CONFIRMED';
const NO_ADDRESS =
  'status CONFIRMED; no address is verified, so the user cannot sign in before an administrator sets a permanent password or verifies an address';

/**
 * Every user and membership that is not restored exactly as an import job would restore it, with its reason: users left
 * out by rule, missing or different ones, missing memberships, differing groups, what somebody changed since, and users who
 * were created one by one.
 */
export async function* failureRows(
  check: CheckRun,
  notes: ReadonlyMap<number, UserNotes>,
  differing: DifferingAttributes,
): AsyncGenerator<FailureRow, void, undefined> {
  const { run } = check;
  yield* excludedRows(run.deps.objects, run.plan, { instead: NOTHING_INSTEAD, changed: 'the user is not restored' });
  yield* lossRows(check);
  yield* problemRows(check, notes, differing);
  yield* createdRows(check);
  yield* recoveryRows(check);
  const changed = new Set(check.state.groupsChanged);
  for (const index of check.state.groupProblems) {
    const { name } = run.groups[index] as PlannedGroup;
    if (changed.has(index)) {
      yield {
        restored: '',
        sub: '',
        name: '',
        line: '',
        reason: CHANGED_SINCE,
        instead: KEPT_AS_CHANGED,
        changed: `group ${name}`,
      };
      continue;
    }
    const refused = run.groupCreation.refusalOf(index);
    yield {
      restored: '',
      sub: '',
      name: '',
      line: '',
      reason: refused === undefined ? 'GroupMissingOrDifferent' : groupRefusal(name, refused),
      instead: refused === undefined ? 'updated once' : 'tried once more',
      changed: `group ${name}`,
    };
  }
}

/** What users were restored without; of those who are not there it is told that they are missing. */
async function* lossRows({ run, marks }: CheckRun): AsyncGenerator<FailureRow, void, undefined> {
  for await (const { sub, name, attribute, reason, detail } of lossesOf(run.deps.objects, run.plan)) {
    const ordinal = marks.ordinalOf(name);
    if (ordinal === undefined || !isSeen(marks.users[ordinal] as number)) continue;
    yield {
      restored: 'yes',
      sub,
      name,
      line: '',
      reason: `${reason}: ${detail}`,
      instead: reason === 'SignInUnknown' ? 'restored with this name' : 'restored without it',
      changed: reason === 'SignInUnknown' ? `perhaps another ${attribute}` : `different: ${attribute}`,
    };
  }
}

/** Once per user, also when a crash recorded it twice; not for those of whom their missing password is told. */
async function* createdRows({ run, marks }: CheckRun): AsyncGenerator<FailureRow, void, undefined> {
  const told = new Bitmap(marks.userCount);
  for await (const key of run.deps.objects.list(failuresPrefix(run.plan.newUserPoolId, run.plan.restoreId))) {
    for await (const { kind, sub, name, reason } of readNdjson(run.deps.objects, key, failureShape)) {
      const ordinal = kind === 'created' ? marks.ordinalOf(name) : undefined;
      const mark = ordinal === undefined ? 0 : (marks.users[ordinal] as number);
      if (ordinal === undefined || told.has(ordinal) || !isSeen(mark) || hasNoPassword(mark)) continue;
      told.set(ordinal);
      yield {
        restored: 'yes',
        sub,
        name,
        line: '',
        reason,
        instead: CREATED,
        changed: (mark & Mark.unverified) !== 0 ? NO_ADDRESS : isNotOffered(mark) ? CONFIRMED : NEW_STATUS,
      };
    }
  }
}

/** Who cannot set a new password, though an address is verified; one row for all where the pool lets nobody. */
async function* recoveryRows(check: CheckRun): AsyncGenerator<FailureRow, void, undefined> {
  const { run, marks } = check;
  const concerned = marks.countUsers(isNotOffered);
  if (concerned === 0) return;
  const row = { line: '', reason: NO_RECOVERY, instead: NOTHING_INSTEAD };
  if (recoveryAddresses(run.plan).length === 0) {
    yield {
      ...row,
      restored: '',
      sub: '',
      name: '',
      changed: `${countedAll(concerned, 'user')}: ${OFFERED_TO_NOBODY}`,
    };
    return;
  }
  for (const source of userSources(check, isNotOffered))
    for await (const item of itemsOf(run, source)) {
      const ordinal = 'user' in item ? marks.ordinalOf(item.user.name) : undefined;
      if (!('user' in item) || ordinal === undefined || !isNotOffered(marks.users[ordinal] as number)) continue;
      yield { ...row, restored: 'yes', sub: item.user.sub, name: item.user.name, changed: NOT_OFFERED };
    }
}
